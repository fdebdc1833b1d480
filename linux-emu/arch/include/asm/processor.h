/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef GRAFT_ASM_PROCESSOR_H
#define GRAFT_ASM_PROCESSOR_H

#include <asm/ptrace.h>

struct task_struct;
struct lx_fiber;

/* What the emulation keeps per task: the fiber that runs it, and since when it runs without having slept. */
struct thread_struct {
  struct lx_fiber* fiber;
  unsigned long running_since_ns;
};
#define INIT_THREAD \
  {}

#define TASK_SIZE (~0UL)
#define TASK_UNMAPPED_BASE 0
#define STACK_TOP 0
#define STACK_TOP_MAX 0

/*
 * One turn of a polling loop: brings jiffies up to the host's clock and, where the
 * virtual interrupt flag allows it, runs interrupts and timers that are due.
 */
extern void lx_cpu_relax(void);
#define cpu_relax() lx_cpu_relax()

#define task_pt_regs(task) ((struct pt_regs*)0)
#define KSTK_EIP(task) (0UL)
#define KSTK_ESP(task) (0UL)
#define __get_wchan(task) (0UL)
#define start_thread(regs, ip, sp) \
  do {                             \
  } while (0)

static inline void flush_thread(void) {}

#endif
