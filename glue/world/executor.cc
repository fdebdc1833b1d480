// SPDX-License-Identifier: BSD-2-Clause
#include "glue/world/executor.hpp"

namespace graft {

void Executor::acquire_slow(Host& host, void* self) {
  Waiter waiter{nullptr, self, false};
  uintptr_t state = state_.load(std::memory_order_relaxed);
  for (;;) {
    if (state == kFree) {
      if (state_.compare_exchange_weak(state, kHeld, std::memory_order_seq_cst)) break;
      continue;
    }
    waiter.next = reinterpret_cast<Waiter*>(state & ~kFlags);
    uintptr_t pushed = reinterpret_cast<uintptr_t>(&waiter) | (state & kFlags);
    if (!state_.compare_exchange_weak(state, pushed, std::memory_order_seq_cst)) continue;
    while (!waiter.granted.load(std::memory_order_acquire)) host.park(GRAFT_FOREVER);
    break;
  }
  owner_.store(self, std::memory_order_relaxed);
}

void Executor::hand_over(Host& host) {
  if (queue_ == nullptr) {
    uintptr_t state = state_.exchange(kHeld, std::memory_order_seq_cst);
    auto* newest = reinterpret_cast<Waiter*>(state & ~kFlags);
    while (newest != nullptr) {
      Waiter* next = newest->next;
      newest->next = queue_;
      queue_ = newest;
      newest = next;
    }
  }
  Waiter* oldest = queue_;
  queue_ = oldest->next;
  if (queue_ != nullptr) {
    state_.fetch_or(kQueued, std::memory_order_seq_cst);
  } else {
    state_.fetch_and(~kQueued, std::memory_order_seq_cst);
  }
  // The node lies on the waiter's stack and is gone as soon as the waiter sees the grant.
  void* thread = oldest->thread;
  oldest->granted.store(true, std::memory_order_release);
  host.unpark(thread);
}

}  // namespace graft
