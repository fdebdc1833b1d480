// SPDX-License-Identifier: BSD-2-Clause
#include <cstdio>

#include "tests/cycles/traffic.hpp"

namespace graft::test {

void Loop::create(const char* name, bool (*turn)(void*), void* arg) {
  turn_ = turn;
  arg_ = arg;
  // Below the test's own thread, which they would keep from running.
  if (!threaded::create_thread(name, threaded::kBackgroundPriority, run, this)) {
    printf("no memory for a thread\n");
    threaded::exit(false);
  }
}

void Loop::run(void* opaque) {
  auto* self = static_cast<Loop*>(opaque);
  for (;;) {
    self->go_.acquire();
    while (self->running_) {
      if (!self->turn_(self->arg_)) threaded::sleep_ns(100'000);
      // A round of traffic is shorter than a time slice or two.
      threaded::yield();
    }
    self->halted_.release();
  }
}

bool Loop::halt() {
  constexpr uint64_t kPatienceNs = 10'000'000'000;
  running_ = false;
  return halted_.acquire(threaded::now_ns() + kPatienceNs);
}

}  // namespace graft::test
