/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pending soft interrupts. There is no ksoftirqd: whoever raises one tells the world,
 * whose runner calls them at its next turn.
 */
#ifndef GRAFT_ASM_HARDIRQ_H
#define GRAFT_ASM_HARDIRQ_H

#define __ARCH_IRQ_STAT

#include <linux/irq.h>

extern unsigned int lx_softirq_pending;
extern void lx_softirq_raised(void);

#define local_softirq_pending() (lx_softirq_pending)
#define set_softirq_pending(value) (lx_softirq_pending = (value))
#define or_softirq_pending(value) (lx_softirq_pending |= (value), lx_softirq_raised())

static inline void ack_bad_irq(unsigned int irq) {}

#endif
