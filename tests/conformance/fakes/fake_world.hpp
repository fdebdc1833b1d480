// SPDX-License-Identifier: BSD-2-Clause
/// FakeWorld: deferred work of fake devices on the test's only thread. What a device does later it posts here; upcalls
/// run inside run(), one at a time, and blocking methods called from one are refused.
#ifndef GRAFT_TESTS_CONFORMANCE_FAKES_FAKE_WORLD_HPP
#define GRAFT_TESTS_CONFORMANCE_FAKES_FAKE_WORLD_HPP

#include <deque>
#include <functional>

namespace graft::fakes {

class FakeWorld {
 public:
  void post(std::function<void()> work) { work_.push_back(std::move(work)); }

  /// Does everything posted, and what that posts. Says whether there was anything. Nested calls do nothing.
  bool run() {
    if (running_) return false;
    running_ = true;
    bool any = false;
    for (; !work_.empty(); any = true) {
      const auto work = std::move(work_.front());
      work_.pop_front();
      work();
    }
    running_ = false;
    return any;
  }

  /// Calls out of the world.
  template <class Fn>
  auto upcall(Fn fn) {
    struct Scope {
      int& depth;
      explicit Scope(int& d) : depth(d) { ++depth; }
      ~Scope() { --depth; }
    } scope(upcall_depth_);
    return fn();
  }
  [[nodiscard]] bool in_upcall() const { return upcall_depth_ > 0; }

 private:
  std::deque<std::function<void()>> work_;
  bool running_ = false;
  int upcall_depth_ = 0;
};

}  // namespace graft::fakes

#endif
