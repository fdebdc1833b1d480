// SPDX-License-Identifier: GPL-2.0-only
#ifndef GRAFT_LINUX_EMU_EMUL_TIME_H
#define GRAFT_LINUX_EMU_EMUL_TIME_H

/// Sets jiffies to the clock. @context before any timer exists
void lx_time_start(void);

/// Lets timers expire, after init_timers() and hrtimers_init(). @context world
void lx_time_run(void);

/// To be called after soft interrupts ran: arms the world's timer for what the wheel holds now. @context world
void lx_timer_wheel_ran(void);

/// Timers of the wheel that are armed, those of delayed work included. @context world
unsigned long lx_timer_wheel_count(void);

#endif
