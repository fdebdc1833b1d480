// SPDX-License-Identifier: GPL-2.0-only
// boundary/timer.h and the clock, on the world's timers.
#include "linux-emu/kit/timers.hpp"

#include <new>

#include "linux-emu/boundary/timer.h"
#include "linux-emu/kit/environment.hpp"

namespace graft::lx {
namespace {

void expired(void* arg) { lx_timer_expired(static_cast<int>(reinterpret_cast<intptr_t>(arg))); }

alignas(Timer) char memory[LX_TIMERS][sizeof(Timer)];
Timer* timers[LX_TIMERS];

}  // namespace

void start_timers(World&) {
  for (intptr_t i = 0; i < LX_TIMERS; ++i) timers[i] = new (memory[i]) Timer(expired, reinterpret_cast<void*>(i));
}

void stop_timers() {
  for (Timer*& timer : timers) {
    if (timer == nullptr) continue;
    world().cancel(*timer);
    timer = nullptr;
  }
}

}  // namespace graft::lx

extern "C" void lxk_timer_arm(int which, uint64_t deadline_ns) {
  graft::World& world = graft::lx::world();
  if (deadline_ns == GRAFT_FOREVER) {
    world.cancel(*graft::lx::timers[which]);
  } else {
    world.arm(*graft::lx::timers[which], deadline_ns);
  }
}
