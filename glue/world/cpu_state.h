// SPDX-License-Identifier: BSD-2-Clause
/// What a virtual CPU of a world shares with the inline code of an emulation environment. C and C++.
///
/// The virtual interrupt flag replaces cli and sti for donors: the host's own flag is never touched. Interrupt level
/// only sets irq_pending; handlers run when code that holds the executor role reaches a safe point.
#ifndef GRAFT_GLUE_WORLD_CPU_STATE_H
#define GRAFT_GLUE_WORLD_CPU_STATE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { GRAFT_ENVIRONMENT_LINUX = 0, GRAFT_ENVIRONMENT_BSD = 1, GRAFT_ENVIRONMENTS = 2 };

struct graft_cpu_state {
  /// Nonzero: handlers may run at a safe point. Only the executor reads and writes it.
  unsigned long irq_enabled;
  /// Nonzero: sources wait for their handlers. Set at any level on any host thread, so volatile.
  volatile unsigned long irq_pending;
  /// Handlers that run now (0 or 1).
  unsigned long handler_depth;
  /// Upcalls that run now (0 or 1).
  unsigned long upcall_depth;
  /// graft::Fiber::env() of the running fiber, one slot for each environment: what `current` is made of.
  void* current_env[GRAFT_ENVIRONMENTS];
};

/// The state of the one virtual CPU there is now. Go through graft_this_cpu().
extern struct graft_cpu_state graft_cpu0;

/// Returns the state of the virtual CPU that runs the caller. @context world
static inline struct graft_cpu_state* graft_this_cpu(void) { return &graft_cpu0; }

/// Runs the handlers of pending interrupts. To be called when irq_enabled became nonzero and irq_pending is nonzero.
/// @context world, irq_enabled nonzero  @blocks never
void graft_cpu_deliver(void);

/// One turn of a donor's polling loop: lets time advance, expires timers and delivers interrupts unless they are
/// disabled, and measures how long the loop lasts. `code` is an address in the donor's function, for the record.
/// @context world  @blocks never
void graft_cpu_relax(const void* code);

/// Counts a time that a donor spun through (udelay). Turns of polling loops and such times that follow each other
/// closely are one wait. `code` as above. @context world  @blocks never
void graft_cpu_note_busy_wait(uint64_t start_ns, uint64_t end_ns, const void* code);

#ifdef __cplusplus
}
#endif

#endif
