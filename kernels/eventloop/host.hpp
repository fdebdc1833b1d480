// SPDX-License-Identifier: BSD-2-Clause
/// The event loop host: one stack, no threads, and nothing on it ever waits. What a program on it uses.
///
/// A program defines `void host_start()`, which sets things up and returns. From then on the loop runs the world and
/// polls the program's tasks as they become due, and halts the processor while nothing is; exit() ends it. A method of
/// the kit that may block is carried out by a Call:
///
///     graft_kit_create(graft::eventloop::osenv(), nullptr, &kit);
///     run_world(graft_kit_world(kit));
///     probe.start([](void*) { return graft_bus_probe(graft_kit_pci_bus(kit), &attached); }, nullptr, on_probed);
///
/// Contexts: "loop" is host_start(), the poll of a task and the end of a Call; "upcall" and "fiber" as graft/world.h
/// has them; "irq" is interrupt level.
#ifndef GRAFT_KERNELS_EVENTLOOP_HOST_HPP
#define GRAFT_KERNELS_EVENTLOOP_HOST_HPP

#include <graft/osenv.h>
#include <graft/world.h>

#include <cstdint>

#include "kernels/eventloop/call.hpp"
#include "kernels/eventloop/task.hpp"
#include "kernels/support/program.hpp"

/// What the program defines. It registers what is to happen and returns. @context loop
void host_start();

namespace graft::eventloop {

/// How many packets and requests the world may handle before tasks have their turn; they also have it each millisecond.
inline constexpr uint32_t kWorldBudget = 64;

/// This host's callbacks. thread_park() returns at once; loop_stats() counts it. @context any
const graft_osenv_t* osenv();

/// Has the loop run this world from now on, or none (null), as before graft_kit_destroy(). @context loop
void run_world(graft_world_t* world);

/// Says whether thread_unpark() was called since the last time, and forgets it: for the conformance ladder, which a
/// program climbs before it has a world. @context loop
bool take_world_wake();

/// What the loop did since the start.
struct LoopStats {
  uint64_t turns;
  uint64_t halts;                 ///< waits for an interrupt, with nothing to do
  uint64_t world_runs;            ///< calls of graft_world_run()
  uint64_t longest_world_run_ns;  ///< how long one of them kept the tasks from their turn
  uint64_t polls;                 ///< of tasks
  uint64_t longest_poll_ns;       ///< how long one of them kept the world from its turn
  uint64_t parks;                 ///< calls of thread_park(): the kit would have waited
};
/// @context loop
LoopStats loop_stats();

// The machine's part.
using support::command_line;
using support::exit;
using support::memory_stats;
using support::MemoryStats;
using support::now_ns;
using support::option;

}  // namespace graft::eventloop

#endif
