/* SPDX-License-Identifier: GPL-2.0-only */
/* Soft interrupts run where the world allows upcalls: see emul/softirq.c. */
#ifndef GRAFT_ASM_SOFTIRQ_STACK_H
#define GRAFT_ASM_SOFTIRQ_STACK_H

extern void do_softirq_own_stack(void);

#endif
