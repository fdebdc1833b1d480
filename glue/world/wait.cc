// SPDX-License-Identifier: BSD-2-Clause
#include "glue/world/wait.hpp"

namespace graft {

graft_error_t WaitQueue::wait(uint64_t deadline_ns) {
  Waiter waiter;
  waiter.fiber = world_.current_fiber();
  waiters_.push_back(waiter);
  bool expired = false;
  while (!waiter.woken && !expired) {
    if (deadline_ns == GRAFT_FOREVER) {
      world_.block();
    } else {
      expired = world_.sleep_until(deadline_ns);
    }
  }
  if (waiter.woken) return GRAFT_OK;
  waiters_.erase(waiters_.iterator_to(waiter));
  return GRAFT_E_TIMEDOUT;
}

bool WaitQueue::wake_one() {
  if (waiters_.empty()) return false;
  Waiter& waiter = waiters_.front();
  waiters_.pop_front();
  waiter.woken = true;
  world_.make_runnable(waiter.fiber);
  return true;
}

}  // namespace graft
