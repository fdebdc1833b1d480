// SPDX-License-Identifier: BSD-2-Clause
/// The loop, for the host's own parts.
#ifndef GRAFT_KERNELS_EVENTLOOP_LOOP_HPP
#define GRAFT_KERNELS_EVENTLOOP_LOOP_HPP

#include <graft/world.h>

namespace graft::eventloop {

/// Calls host_start(), then turns for ever. Interrupts are on. @context the stack of the loop
[[noreturn]] void loop();

/// The world that the loop runs; null if none.
graft_world_t* current_world();

/// Says that graft_world_run() is due. @context any, irq
void wake_world();

/// Counts a call of thread_park().
void note_park();

}  // namespace graft::eventloop

#endif
