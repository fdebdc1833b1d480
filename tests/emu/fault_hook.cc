// SPDX-License-Identifier: BSD-2-Clause
#include "tests/emu/fault_hook.h"

#include "linux-emu/boundary/environment.h"
#include "linux-emu/kit/environment.hpp"

void graft_emu_fail_allocations(uint64_t nth, uint64_t count) {
  graft::WorldScope scope(graft::lx::world());
  lx_fail_allocations(nth, count);
}
