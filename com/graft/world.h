// SPDX-License-Identifier: BSD-2-Clause
/// A world: one running instance of the kit, in which drivers execute.
///
/// Execution rules, in the words used by every contract:
///  - "world context": the caller holds the executor role. There is one executor at a time per world.
///  - "fiber": world context on a stack of its own; only there may something block.
///  - "upcall": a call out of the world to the host (receive, completion, link, space). Upcalls come in world context,
///    one at a time, never at interrupt level. An upcall may push, submit, addref and release; a blocking method
///    called inside one returns BADSTATE.
///  - "thread": any host thread outside the world. Methods take and give back the executor role themselves.
///  - "irq": interrupt level. graft_world_irq() is the only entry there.
#ifndef GRAFT_WORLD_H
#define GRAFT_WORLD_H

#include <graft/error.h>
#include <graft/osenv.h>
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct graft_world graft_world_t;

/// Notes that an interrupt happened; never runs driver code itself. Masks the line if it is a level, marks the source
/// pending and unparks the executor (or the service thread), which runs the driver's handler at its next safe point.
/// @context irq (thread is allowed)  @blocks never
void graft_world_irq(graft_irq_t* irq);

/// Runs runnable fibers, expired timers, pending interrupts and soft interrupts until none is left, `budget` packets
/// and requests were handled, or a millisecond has passed; what runs then is not cut short. For hosts that never block:
/// called from their loop.
/// @context thread  @blocks never
/// @owns out_more: true if work is left; out_deadline_ns: when the next timer expires, GRAFT_FOREVER if none
/// @errors BADSTATE: called inside an upcall; BUSY: another thread is the executor
graft_error_t graft_world_run(graft_world_t* world, uint32_t budget, bool* out_more, uint64_t* out_deadline_ns);

/// Serves a world with the calling thread until graft_world_stop(): runs it and parks while it is idle. A blocking
/// host gives each world one such thread, at a priority above its applications.
/// @context thread  @blocks may  @errors EXIST: the world is being served
graft_error_t graft_world_serve(graft_world_t* world);

/// Makes graft_world_serve() return soon. @context thread+irq  @blocks never
void graft_world_stop(graft_world_t* world);

/// Runs fn(arg) as a fiber and waits for it; the thread parks meanwhile. This is how every blocking method is carried
/// out for a blocking host. Inside a fiber it calls fn directly.
/// @context thread, fiber  @blocks may
/// @errors BADSTATE: inside an upcall, or nothing serves the world; NOMEM: no stack; else what fn returns
graft_error_t graft_world_call(graft_world_t* world, graft_error_t (*fn)(void* arg), void* arg);

/// One asynchronous call. The caller provides the memory and keeps it until on_done.
typedef struct graft_async_call {
  /// What to run as a fiber. @context fiber  @blocks may  @errors its own, handed to on_done
  graft_error_t (*fn)(void* arg);
  void* arg;
  /// Upcall. `status` is what fn returned.
  void (*on_done)(struct graft_async_call* call, graft_error_t status);
  void* reserved[4];
} graft_async_call_t;

/// Runs call->fn(call->arg) as a fiber and reports by on_done: how a host that never blocks uses a blocking method.
/// @context thread, upcall  @blocks never  @completes by on_done, exactly once iff OK, never inside this call
/// @errors NOMEM: no stack; GONE: the world is stopping
graft_error_t graft_call_async(graft_world_t* world, graft_async_call_t* call);

/// Takes the executor role, waiting for it if need be; nests. Several calls into the kit between enter and leave cost
/// one acquisition. @context thread (any; inside world context it only counts)  @blocks may
void graft_world_enter(graft_world_t* world);

/// Gives it back, after running interrupts that came meanwhile. @context the thread that entered  @blocks never
void graft_world_leave(graft_world_t* world);

typedef struct graft_world_stats {
  uint64_t fiber_switches;
  uint64_t fibers_alive;
  uint64_t fibers_created;
  uint64_t interrupts;           ///< delivered to handlers
  uint64_t interrupts_spurious;  ///< no handler claimed it
  uint64_t timers_expired;
  uint64_t executor_waits;  ///< a thread had to wait for the role
  uint64_t upcalls;
  uint64_t longest_busy_wait_ns;  ///< that a donor spun through: a delay, or a loop that polls a register
  uint64_t longest_busy_wait_at;  ///< address of code in the function that waited, 0 if none; addr2line names it
  uint64_t stack_bytes;
} graft_world_stats_t;

/// Takes a copy of the counters. @context thread, upcall  @blocks never
void graft_world_get_stats(graft_world_t* world, graft_world_stats_t* out_stats);

#ifdef __cplusplus
}
#endif

#endif
