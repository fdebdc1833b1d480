// SPDX-License-Identifier: BSD-2-Clause
// clock, timer, wake.
#include <initializer_list>

#include "glue/ladder/climb.hpp"

namespace graft::ladder {
namespace {

/// A park that is woken at once, or whose deadline is close, ends long before this.
constexpr uint64_t kLongNs = 2'000 * kMsNs;

}  // namespace

Verdict check_clock(Climb& climb) {
  constexpr uint64_t kReadsLeast = 20'000;
  constexpr uint64_t kReadsMost = 2'000'000;
  constexpr uint64_t kEnough = 5 * kMsNs;
  climb.begin("clock_now_ns");
  const uint64_t start = climb.now();
  uint64_t last = start, reads = 0;
  for (; reads < kReadsLeast || (reads < kReadsMost && last - start < kEnough); ++reads) {
    const uint64_t now = climb.now();
    LADDER_RULE(now >= last, "clock_now_ns", "it never goes back");
    last = now;
  }
  LADDER_RULE(last != start, "clock_now_ns", "it advances while a program runs");
  // Reading a clock takes more than half a nanosecond and less than 10 ms everywhere.
  LADDER_RULE(last - start >= reads / 2, "clock_now_ns", "it counts nanoseconds, not a coarser unit");
  LADDER_RULE((last - start) / reads < 10 * kMsNs, "clock_now_ns", "it counts nanoseconds, not a finer unit");
  return kPassed;
}

Verdict check_timer(Climb& climb) {
  const graft_osenv_t& env = climb.env;
  climb.begin("thread_park");
  env.thread_park(env.host, 0);
  env.thread_park(env.host, climb.now());

  uint64_t early = 0;
  for (const uint64_t duration : {1 * kMsNs, 10 * kMsNs, 50 * kMsNs}) {
    const uint64_t deadline = climb.now() + duration;
    while (climb.now() < deadline) {
      env.thread_park(env.host, deadline);
      early += climb.now() < deadline;
    }
    LADDER_RULE(climb.now() < deadline + kLongNs, "thread_park", "it returns when the clock reaches the deadline");
  }
  if (early < 1000) return kPassed;
  climb.is_stackless = true;
  return skipped("thread_park returns at once, as on a host that never blocks: deadlines are its loop's to keep");
}

Verdict check_wake(Climb& climb) {
  const graft_osenv_t& env = climb.env;
  climb.begin("thread_self");
  void* const self = climb.self();
  LADDER_RULE(self != nullptr, "thread_self", "it is never null");
  LADDER_RULE(climb.self() == self, "thread_self", "a thread has one name");
  if (climb.is_stackless) {
    climb.begin("thread_unpark");
    climb.was_woken(false);
    climb.unpark(self);
    if (climb.options.was_woken == nullptr) return skipped("thread_park returns at once, and no was_woken() tells");
    LADDER_RULE(climb.was_woken(true), "thread_unpark", "on a host that never blocks it makes the loop run the world");
    LADDER_RULE(!climb.was_woken(false), "thread_unpark", "nothing wakes the loop without it");
    return kPassed;
  }

  climb.begin("thread_unpark");
  for (int i = 0; i < 10; ++i) {
    climb.unpark(self);
    const uint64_t start = climb.now();
    env.thread_park(env.host, start + kLongNs);
    LADDER_RULE(climb.now() - start < kLongNs, "thread_unpark", "a permit given before thread_park() is not lost");
  }
  // One early return may have no reason; one each time has.
  constexpr int kRounds = 8;
  int early = 0;
  for (int i = 0; i < kRounds; ++i) {
    climb.unpark(self);
    climb.unpark(self);
    env.thread_park(env.host, climb.now() + kLongNs);
    const uint64_t deadline = climb.now() + 2 * kMsNs;
    env.thread_park(env.host, deadline);
    early += climb.now() < deadline;
  }
  LADDER_RULE(early < kRounds, "thread_unpark", "there is one permit: two unparks end one park");
  return kPassed;
}

}  // namespace graft::ladder
