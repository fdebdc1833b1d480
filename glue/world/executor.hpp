// SPDX-License-Identifier: BSD-2-Clause
/// The executor role: at most one host thread runs world context. A queue lock whose waiters park in the host.
#ifndef GRAFT_GLUE_WORLD_EXECUTOR_HPP
#define GRAFT_GLUE_WORLD_EXECUTOR_HPP

#include <stdint.h>

#include <atomic>

#include "glue/world/host.hpp"

namespace graft {

class Executor {
 public:
  /// The host thread that holds the role, or null. Any thread may compare it with itself.
  void* owner() const { return owner_.load(std::memory_order_relaxed); }

  /// Takes the role if it is free. @context thread  @blocks never
  bool try_acquire(void* self) {
    uintptr_t expected = kFree;
    if (!state_.compare_exchange_strong(expected, kHeld, std::memory_order_seq_cst)) return false;
    owner_.store(self, std::memory_order_relaxed);
    return true;
  }

  /// Takes the role, parking while another thread has it; first come, first served. @context thread  @blocks may
  /// @returns true if it had to wait
  bool acquire(Host& host, void* self) {
    if (try_acquire(self)) return false;
    acquire_slow(host, self);
    return true;
  }

  /// Gives the role up, to the thread that waited longest if any does. Full barrier: what another thread published
  /// before it saw the role held is visible after this. @context executor  @blocks never
  void release(Host& host) {
    owner_.store(nullptr, std::memory_order_relaxed);
    uintptr_t expected = kHeld;
    if (!state_.compare_exchange_strong(expected, kFree, std::memory_order_seq_cst)) hand_over(host);
  }

  /// Says whether somebody waits. @context executor
  bool contended() const { return state_.load(std::memory_order_relaxed) != kHeld; }

  /// Says whether some thread has the role at this moment; a full barrier precedes the look. @context thread+irq
  bool held() const {
    std::atomic_thread_fence(std::memory_order_seq_cst);
    return (state_.load(std::memory_order_seq_cst) & kHeld) != 0;
  }

 private:
  // state_: 0, or kHeld with kQueued (queue_ is not empty) and the address of the newest waiter that is not in queue_.
  static constexpr uintptr_t kFree = 0;
  static constexpr uintptr_t kHeld = 1;
  static constexpr uintptr_t kQueued = 2;
  static constexpr uintptr_t kFlags = kHeld | kQueued;

  struct Waiter {
    Waiter* next;
    void* thread;
    std::atomic<bool> granted;
  };

  void acquire_slow(Host& host, void* self);
  void hand_over(Host& host);

  std::atomic<uintptr_t> state_{kFree};
  std::atomic<void*> owner_{nullptr};
  Waiter* queue_ = nullptr;  ///< oldest first; the executor's
};

}  // namespace graft

#endif
