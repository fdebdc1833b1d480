// SPDX-License-Identifier: GPL-2.0-only
#ifndef GRAFT_LINUX_EMU_EMUL_TASK_H
#define GRAFT_LINUX_EMU_EMUL_TASK_H

#include <linux/kernel_stat.h>
#include <linux/rcuwait.h>
#include <linux/sched.h>

/// Creates a thread that waits until lxk_fiber_wake(task->thread.fiber); null if memory ran out. @context world
struct task_struct* lx_thread_create(int (*fn)(void*), void* arg, const char* name);

/// Tasks that exist, those of the world's own fibers included.
extern unsigned long lx_tasks_alive;

/// Times that something slept where it must not. Counted in the debug variant only.
extern unsigned long lx_sleeps_in_atomic;

#endif
