// SPDX-License-Identifier: GPL-2.0-only
#ifndef GRAFT_LINUX_EMU_KIT_TIMERS_HPP
#define GRAFT_LINUX_EMU_KIT_TIMERS_HPP

#include "glue/world/world.hpp"

namespace graft::lx {

/// Makes the two timers of boundary/timer.h, disarmed; stop_timers() disarms them for good.
void start_timers(World& world);
void stop_timers();

}  // namespace graft::lx

#endif
