// SPDX-License-Identifier: BSD-2-Clause
/// A fake host with one thread and a clock that only the test and thread_park() move: the same run every time.
#ifndef GRAFT_TESTS_FAKES_OSENV_MANUAL_HOST_HPP
#define GRAFT_TESTS_FAKES_OSENV_MANUAL_HOST_HPP

#include <functional>

#include "tests/fakes/osenv/fake_host.hpp"

namespace graft::fakes {

class ManualHost : public FakeHost {
 public:
  explicit ManualHost(const Options& options = {}) : FakeHost(options) {}

  uint64_t now_ns() const { return now_ns_; }
  /// Moves the clock; events on the way happen at their times, as if at interrupt level.
  void advance_to(uint64_t now_ns);
  void advance(uint64_t duration_ns) { advance_to(now_ns_ + duration_ns); }
  /// Each look at the clock moves it by so much, so that polling loops end.
  void set_step_ns(uint64_t step_ns) { step_ns_ = step_ns; }
  /// Something that happens when the clock reaches `at_ns`.
  void at(uint64_t at_ns, std::function<void()> event) { events_.emplace(at_ns, std::move(event)); }

  /// Wakes since the last look: for a stackless host, "run the world".
  uint64_t unparks() const { return unparks_; }
  /// Which thread the code that runs now is, for tests that act as a second one.
  void set_thread(void* thread) { thread_ = thread; }

 protected:
  uint64_t clock_now_ns() override;
  void* thread_self() override { return thread_; }
  void park(uint64_t deadline_ns) override;
  void unpark(void* thread) override;

 private:
  bool run_next_event(uint64_t until_ns);

  uint64_t now_ns_ = 1'000'000;
  uint64_t step_ns_ = 0;
  bool permit_ = false;
  uint64_t unparks_ = 0;
  void* thread_ = this;
  std::multimap<uint64_t, std::function<void()>> events_;
};

}  // namespace graft::fakes

#endif
