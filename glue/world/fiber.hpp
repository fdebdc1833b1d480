// SPDX-License-Identifier: BSD-2-Clause
/// A fiber: a thread of execution of a world with a stack of its own, switched cooperatively.
#ifndef GRAFT_GLUE_WORLD_FIBER_HPP
#define GRAFT_GLUE_WORLD_FIBER_HPP

#include <stddef.h>
#include <stdint.h>

#include <boost/intrusive/list.hpp>
#include <boost/intrusive/slist.hpp>

#include "glue/world/asan.hpp"
#include "glue/world/cpu_state.h"
#include "glue/world/host.hpp"

namespace graft {

class World;

enum class FiberState : uint8_t {
  kRunnable,  ///< in the run queue
  kRunning,
  kBlocked,  ///< until World::make_runnable()
  kExited,   ///< its stack lies in the pool
};

class Fiber {
 public:
  /// Instrumented frames are several times as large.
  static constexpr size_t kStackBytes = asan::kEnabled ? 128 * 1024 : 16 * 1024;
  static constexpr size_t kStackPages = kStackBytes / GRAFT_PAGE_BYTES;

  const char* name() const { return name_; }
  FiberState state() const { return state_; }

  /// The environment's own object for this fiber, such as its task structure. Survives in a pooled stack, so that an
  /// environment can use the object again. Change it of the running fiber by World::set_env() only.
  void* env(unsigned environment) const { return env_[environment]; }
  void set_env(unsigned environment, void* value) { env_[environment] = value; }

  /// Lowest byte of the stack; null for the host task. Aligned to kStackBytes.
  void* stack_base() const { return stack_base_; }
  /// Bytes of it that frames may use.
  size_t stack_bytes() const { return stack_base_ ? kStackBytes - kHeaderBytes : 0; }
  /// Most bytes that were ever used; walks the untouched part, so for diagnosis only.
  size_t stack_high_water_bytes() const;

  /// True for the context of a host thread that holds the executor role without being a fiber.
  bool is_host_task() const { return stack_base_ == nullptr; }

 private:
  friend class World;
  friend class FiberPool;

  static constexpr size_t kHeaderBytes = 256;
  static constexpr uint64_t kCanary = 0x5ca1ab1e0ddba11eull;
  static constexpr size_t kCanaryWords = 8;

  bool canary_intact() const;
  void write_canary();

  boost::intrusive::list_member_hook<> queue_hook_;  ///< run queue
  boost::intrusive::list_member_hook<> all_hook_;    ///< every live fiber; the pool of free ones
  void* sp_ = nullptr;
  void* stack_base_ = nullptr;
  unsigned long irq_enabled_ = 1;
  void* env_[GRAFT_ENVIRONMENTS] = {};
  void (*fn_)(void*) = nullptr;
  void* arg_ = nullptr;
  const char* name_ = "";
  FiberState state_ = FiberState::kExited;

  // What AddressSanitizer wants to know of each stack.
  void* fake_stack_ = nullptr;
  const void* asan_bottom_ = nullptr;
  size_t asan_bytes_ = 0;

 public:
  using RunQueue = boost::intrusive::list<
      Fiber, boost::intrusive::member_hook<Fiber, boost::intrusive::list_member_hook<>, &Fiber::queue_hook_>,
      boost::intrusive::constant_time_size<true>>;
  using AllList = boost::intrusive::list<
      Fiber, boost::intrusive::member_hook<Fiber, boost::intrusive::list_member_hook<>, &Fiber::all_hook_>,
      boost::intrusive::constant_time_size<true>>;
};

/// Stacks that wait for their next fiber. The Fiber object lies at the upper end of its stack.
class FiberPool {
 public:
  /// Gives a fiber from the pool or on new pages; null if memory ran out.
  Fiber* take(Host& host);
  /// Takes an exited fiber; gives its pages back if the pool is full.
  void put(Host& host, Fiber* fiber);
  /// Gives every pooled stack back to the host. `before_free` sees each fiber first.
  void drain(Host& host, void (*before_free)(void* arg, Fiber* fiber), void* arg);

  /// Bytes of stacks held, pooled or in use.
  uint64_t bytes() const { return bytes_; }

 private:
  static constexpr size_t kKeep = 64;

  Fiber::AllList free_;
  uint64_t bytes_ = 0;
};

}  // namespace graft

#endif
