// SPDX-License-Identifier: BSD-2-Clause
#include "tests/fakes/osenv/manual_host.hpp"

#include <cstdio>
#include <cstdlib>

namespace graft::fakes {

bool ManualHost::run_next_event(uint64_t until_ns) {
  if (events_.empty() || events_.begin()->first > until_ns) return false;
  auto node = events_.extract(events_.begin());
  if (node.key() > now_ns_) now_ns_ = node.key();
  node.mapped()();
  return true;
}

void ManualHost::advance_to(uint64_t now_ns) {
  while (run_next_event(now_ns)) {
  }
  if (now_ns > now_ns_) now_ns_ = now_ns;
}

uint64_t ManualHost::clock_now_ns() {
  if (step_ns_ != 0) advance_to(now_ns_ + step_ns_);
  return now_ns_;
}

void ManualHost::park(uint64_t deadline_ns) {
  while (!permit_) {
    if (run_next_event(deadline_ns)) continue;
    if (deadline_ns == GRAFT_FOREVER) {
      std::fprintf(stderr, "deadlock: the only thread parks for ever\n");
      std::abort();
    }
    if (deadline_ns > now_ns_) now_ns_ = deadline_ns;
    return;
  }
  permit_ = false;
}

void ManualHost::unpark(void*) {
  permit_ = true;
  ++unparks_;
}

}  // namespace graft::fakes
