// SPDX-License-Identifier: GPL-2.0-only
// Where the donor's soft interrupts run: in the loop of the world's runner, outside upcalls. Elsewhere (a fiber that
// ends a bottom-half section, the handler of an interrupt that came in a host's thread) they are left to it.
#include <asm/softirq_stack.h>
#include <linux/interrupt.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#include "linux-emu/boundary/fiber.h"
#include "linux-emu/emul/time.h"

unsigned int lx_softirq_pending;

void lx_softirq_raised(void) { lxk_request_soft(); }

void do_softirq_own_stack(void) {
  if (lxk_soft_allowed() && !graft_this_cpu()->handler_depth) {
    __do_softirq();
  } else {
    lxk_request_soft();
  }
}

int lx_run_soft(void) {
  // The runner's loop holds no reference into donor data: a quiescent state.
  rcu_qs();
  // Once: what raises itself again must not keep fibers from running.
  if (lx_softirq_pending && lxk_budget_left()) {
    unsigned long flags;

    local_irq_save(flags);
    __do_softirq();
    local_irq_restore(flags);
  }
  lx_timer_wheel_ran();
  return lx_softirq_pending != 0;
}
