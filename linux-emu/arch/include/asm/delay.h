/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Busy waits. The argument is already a time, so no loop is calibrated; while they
 * wait, interrupts and timers that are due run as in cpu_relax().
 */
#ifndef GRAFT_ASM_DELAY_H
#define GRAFT_ASM_DELAY_H

extern void lx_delay_ns(unsigned long ns);

#define udelay(us) lx_delay_ns((unsigned long)(us)*1000)
#define ndelay(ns) lx_delay_ns(ns)

#endif
