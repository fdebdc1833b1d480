/* SPDX-License-Identifier: GPL-2.0-only */
/* The preemption count of the running task. Only that task changes it, so a change is one plain instruction. */
#ifndef GRAFT_ASM_PREEMPT_H
#define GRAFT_ASM_PREEMPT_H

#include <linux/thread_info.h>

#define PREEMPT_ENABLED (0)

#define init_task_preempt_count(task) (task_thread_info(task)->preempt_count = FORK_PREEMPT_COUNT)
#define init_idle_preempt_count(task, cpu) (task_thread_info(task)->preempt_count = PREEMPT_DISABLED)

static __always_inline int preempt_count(void) { return READ_ONCE(current_thread_info()->preempt_count); }

static __always_inline void preempt_count_set(int count) { WRITE_ONCE(current_thread_info()->preempt_count, count); }

static __always_inline void __preempt_count_add(int value) {
  asm volatile("addl %1, %0" : "+m"(current_thread_info()->preempt_count) : "er"(value) : "cc");
}

static __always_inline void __preempt_count_sub(int value) {
  asm volatile("subl %1, %0" : "+m"(current_thread_info()->preempt_count) : "er"(value) : "cc");
}

/* A fiber gives the CPU up by itself only: there is no request to reschedule that a count could hide. */
static __always_inline void set_preempt_need_resched(void) {}
static __always_inline void clear_preempt_need_resched(void) {}
static __always_inline bool test_preempt_need_resched(void) { return false; }

static __always_inline bool __preempt_count_dec_and_test(void) {
  bool left_the_last;

  asm volatile("decl %0" : "+m"(current_thread_info()->preempt_count), "=@ccz"(left_the_last));
  return left_the_last && tif_need_resched();
}

static __always_inline bool should_resched(int allowed_count) {
  return tif_need_resched() && preempt_count() == allowed_count;
}

#endif
