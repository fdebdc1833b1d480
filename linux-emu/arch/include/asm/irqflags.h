/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The interrupt flag of the world's virtual CPU. The host's own flag is never touched:
 * an interrupt that arrives while the virtual flag is clear stays pending and its
 * handler runs when the flag is set again.
 */
#ifndef GRAFT_ASM_IRQFLAGS_H
#define GRAFT_ASM_IRQFLAGS_H

#include <glue/world/cpu_state.h>

#define ARCH_IRQ_DISABLED 0UL
#define ARCH_IRQ_ENABLED 1UL

/* Runs the handlers of pending interrupts unless a handler is what enabled interrupts. */
extern void lx_irq_run_pending(void);

static __always_inline unsigned long arch_local_save_flags(void) {
  return *(volatile unsigned long*)&graft_this_cpu()->irq_enabled;
}
#define arch_local_save_flags arch_local_save_flags

static __always_inline void arch_local_irq_restore(unsigned long flags) {
  asm volatile("" ::: "memory");
  *(volatile unsigned long*)&graft_this_cpu()->irq_enabled = flags;
  if (flags && __builtin_expect(graft_this_cpu()->irq_pending, 0)) lx_irq_run_pending();
}
#define arch_local_irq_restore arch_local_irq_restore

#include <asm-generic/irqflags.h>

#endif
