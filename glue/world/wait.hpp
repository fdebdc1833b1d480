// SPDX-License-Identifier: BSD-2-Clause
/// Waiting in fibers: queues of waiters and events.
#ifndef GRAFT_GLUE_WORLD_WAIT_HPP
#define GRAFT_GLUE_WORLD_WAIT_HPP

#include <boost/intrusive/list.hpp>

#include "glue/world/world.hpp"

namespace graft {

/// Fibers that wait for something, first come, first woken.
class WaitQueue {
 public:
  explicit WaitQueue(World& world) : world_(world) {}
  WaitQueue(const WaitQueue&) = delete;
  WaitQueue& operator=(const WaitQueue&) = delete;

  /// Blocks until a wake_*() reaches this fiber. The caller checks its condition before, without a safe point between.
  /// @context fiber  @blocks may  @errors TIMEDOUT: the clock reached `deadline_ns` first
  graft_error_t wait(uint64_t deadline_ns = GRAFT_FOREVER);

  /// @context world, handlers too  @returns false if nobody waits
  bool wake_one();
  void wake_all() {
    while (wake_one()) {
    }
  }
  bool empty() const { return waiters_.empty(); }

 private:
  struct Waiter : boost::intrusive::list_base_hook<> {
    Fiber* fiber;
    bool woken = false;
  };

  World& world_;
  boost::intrusive::list<Waiter, boost::intrusive::constant_time_size<false>> waiters_;
};

/// A flag to wait for: stays set until reset().
class Event {
 public:
  explicit Event(World& world) : queue_(world) {}

  bool is_set() const { return set_; }
  /// @context world, handlers too
  void set() {
    set_ = true;
    queue_.wake_all();
  }
  void reset() { set_ = false; }
  /// @context fiber  @blocks may  @errors TIMEDOUT
  graft_error_t wait(uint64_t deadline_ns = GRAFT_FOREVER) {
    while (!set_) {
      if (graft_error_t error = queue_.wait(deadline_ns); error != GRAFT_OK) return set_ ? GRAFT_OK : error;
    }
    return GRAFT_OK;
  }

 private:
  WaitQueue queue_;
  bool set_ = false;
};

}  // namespace graft

#endif
