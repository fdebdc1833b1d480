// SPDX-License-Identifier: GPL-2.0-only
/// The two timers of the world that drive the donor's timer wheel and its high-resolution timers.
#ifndef GRAFT_LINUX_EMU_BOUNDARY_TIMER_H
#define GRAFT_LINUX_EMU_BOUNDARY_TIMER_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { LX_TIMER_WHEEL = 0, LX_TIMER_HIGH_RESOLUTION = 1, LX_TIMERS = 2 };

/// Has lx_timer_expired(which) called when the clock reaches `deadline_ns`; UINT64_MAX disarms. Implemented by kit/.
/// @context world, handlers too  @blocks never
void lxk_timer_arm(int which, uint64_t deadline_ns);

/// Runs what is due. Implemented by emul/. @context handler
void lx_timer_expired(int which);

#ifdef __cplusplus
}
#endif

#endif
