// SPDX-License-Identifier: BSD-2-Clause
/// Timers of a world: deadlines in nanoseconds, expired in the exact order of deadline, then of arming.
#ifndef GRAFT_GLUE_WORLD_TIMER_HPP
#define GRAFT_GLUE_WORLD_TIMER_HPP

#include <graft/osenv.h>
#include <stdint.h>

#include <boost/intrusive/set.hpp>

namespace graft {

/// Armed by World::arm(). The function runs like an interrupt handler: in world context with the virtual interrupt flag
/// off; it may wake fibers, raise work and arm timers, and must neither block nor make upcalls.
class Timer {
 public:
  using Function = void (*)(void* arg);

  Timer(Function fn, void* arg) : fn_(fn), arg_(arg) {}
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  bool is_armed() const { return hook_.is_linked(); }
  uint64_t deadline_ns() const { return deadline_ns_; }

 private:
  friend class TimerQueue;

  boost::intrusive::set_member_hook<> hook_;
  uint64_t deadline_ns_ = 0;
  uint64_t sequence_ = 0;
  Function fn_;
  void* arg_;

  struct Earlier {
    bool operator()(const Timer& a, const Timer& b) const {
      return a.deadline_ns_ != b.deadline_ns_ ? a.deadline_ns_ < b.deadline_ns_ : a.sequence_ < b.sequence_;
    }
  };

 public:
  using Set =
      boost::intrusive::set<Timer,
                            boost::intrusive::member_hook<Timer, boost::intrusive::set_member_hook<>, &Timer::hook_>,
                            boost::intrusive::compare<Earlier>, boost::intrusive::constant_time_size<false>>;
};

class TimerQueue {
 public:
  /// Arms a timer, or moves it. @returns true if it is now the first to expire
  bool arm(Timer& timer, uint64_t deadline_ns) {
    cancel(timer);
    timer.deadline_ns_ = deadline_ns;
    timer.sequence_ = ++sequence_;
    set_.insert(timer);
    return &*set_.begin() == &timer;
  }

  /// @returns true if it was armed
  bool cancel(Timer& timer) {
    if (!timer.is_armed()) return false;
    set_.erase(set_.iterator_to(timer));
    return true;
  }

  /// Cancels every timer.
  void clear() { set_.clear(); }

  /// Deadline of the first timer, GRAFT_FOREVER if none is armed.
  uint64_t next_deadline_ns() const { return set_.empty() ? GRAFT_FOREVER : set_.begin()->deadline_ns_; }

  /// Runs the timers due at `now_ns`, each once: one that arms itself again for the past waits for the next call.
  /// @returns how many ran
  uint32_t expire(uint64_t now_ns) {
    uint32_t count = 0;
    uint64_t last = sequence_;
    for (auto it = set_.begin(); it != set_.end() && it->deadline_ns_ <= now_ns; it = set_.begin()) {
      if (it->sequence_ > last) break;
      Timer& timer = *it;
      set_.erase(it);
      timer.fn_(timer.arg_);
      ++count;
    }
    return count;
  }

 private:
  Timer::Set set_;
  uint64_t sequence_ = 0;
};

}  // namespace graft

#endif
