// SPDX-License-Identifier: GPL-2.0-only
/// Fibers and the soft-interrupt turn of the world, for the scheduler side of emul/. Implemented by kit/.
#ifndef GRAFT_LINUX_EMU_BOUNDARY_FIBER_H
#define GRAFT_LINUX_EMU_BOUNDARY_FIBER_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct task_struct;

/// A fiber of the world; opaque.
typedef struct lx_fiber lx_fiber_t;

/// Creates a fiber that stays blocked until lxk_fiber_wake(). Its task is made by lx_task_create() on the way and can
/// be had by lxk_fiber_task(). Null if memory ran out. @context world  @blocks never
lx_fiber_t* lxk_fiber_create(void (*fn)(void*), void* arg, const char* name);

/// Gives the task of a fiber. @context world
struct task_struct* lxk_fiber_task(lx_fiber_t* fiber);

/// Makes a blocked fiber runnable; no effect on one that is not blocked. @context world, handlers too
void lxk_fiber_wake(lx_fiber_t* fiber);

/// Blocks the running fiber until lxk_fiber_wake(). Panics where nothing may block. @context fiber  @blocks may
void lxk_fiber_block(void);

/// Lets other fibers and pending events go first. @context fiber
void lxk_fiber_yield(void);

/// Ends the running fiber. @context fiber
void lxk_fiber_exit(void) __attribute__((noreturn));

/// Says whether the caller may block: a fiber, outside handlers and upcalls. @context world
int lxk_can_block(void);

/// Says whether soft interrupts may run here: the runner's own stack, outside upcalls. @context world
int lxk_soft_allowed(void);

/// Has the runner call lx_run_soft() at its next turn. @context world, handlers too
void lxk_request_soft(void);

/// Packets and requests that this turn may still handle. @context world
uint32_t lxk_budget_left(void);
/// Counts packets and requests that were handled. @context world
void lxk_charge(uint32_t units);

// ---- Called by kit/, implemented by emul/
// ----------------------------------------------------------------------------

/// Makes the task of a new fiber; null if memory ran out. @context world
struct task_struct* lx_task_create(lx_fiber_t* fiber);

/// Drops the fiber's own reference to its task, after the fiber ended or was abandoned. @context world
void lx_task_release(struct task_struct* task);

/// The task that host threads run with. @context world
struct task_struct* lx_host_task(void);

/// The CPU left one context for another: a quiescent state. @context world
void lx_on_switch(void);

/// Runs soft interrupts until none is left or the budget is used up; returns nonzero if some are left.
/// @context the runner's loop
int lx_run_soft(void);

/// Brings jiffies up to the clock. @context world
void lx_on_time(uint64_t now_ns);

#ifdef __cplusplus
}
#endif

#endif
