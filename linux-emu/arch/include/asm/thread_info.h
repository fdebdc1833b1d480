/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef GRAFT_ASM_THREAD_INFO_H
#define GRAFT_ASM_THREAD_INFO_H

/* The size donors may rely on; the world's fibers have stacks of at least this size. */
#define THREAD_SIZE_ORDER 2
#define THREAD_SIZE (4096UL << THREAD_SIZE_ORDER)

#ifndef __ASSEMBLY__
struct thread_info {
  unsigned long flags;
  unsigned long syscall_work;
  int preempt_count;
  unsigned int cpu;
};
#define INIT_THREAD_INFO(task) \
  { .flags = 0, .preempt_count = INIT_PREEMPT_COUNT }
#endif

#define TIF_SIGPENDING 0
#define TIF_NEED_RESCHED 1
#define TIF_NOTIFY_RESUME 2
#define TIF_NOTIFY_SIGNAL 3
#define TIF_MEMDIE 4
#define TIF_POLLING_NRFLAG 5
#define TIF_RESTORE_SIGMASK 6
#define _TIF_SIGPENDING (1 << TIF_SIGPENDING)
#define _TIF_NEED_RESCHED (1 << TIF_NEED_RESCHED)
#define _TIF_NOTIFY_RESUME (1 << TIF_NOTIFY_RESUME)
#define _TIF_NOTIFY_SIGNAL (1 << TIF_NOTIFY_SIGNAL)

#endif
