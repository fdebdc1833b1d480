// SPDX-License-Identifier: BSD-2-Clause
/// The threaded host: preemptive threads that may block, on one CPU. What a program on it uses.
///
/// A program defines `int host_main()`, which runs in the first thread, named "main"; returning ends the run. A program
/// that uses the kit hands osenv() to graft_kit_create() and gives the world a thread of its own, at kServicePriority:
///
///     graft_kit_create(graft::threaded::osenv(), nullptr, &kit);
///     create_thread("world", kServicePriority, [](void* kit) {
///       graft_world_serve(graft_kit_world(static_cast<graft_kit_t*>(kit)));
///     }, kit);
#ifndef GRAFT_KERNELS_THREADED_HOST_HPP
#define GRAFT_KERNELS_THREADED_HOST_HPP

#include <graft/osenv.h>

#include <cstddef>
#include <cstdint>

#include "kernels/support/program.hpp"
#include "kernels/threaded/synchronization.hpp"

/// What the program defines. 0 ends the run as passed, anything else as failed.
int host_main();

namespace graft::threaded {

inline constexpr uint8_t kBackgroundPriority = 4;
inline constexpr uint8_t kNormalPriority = 8;
/// For threads that serve a world: above those that use it.
inline constexpr uint8_t kServicePriority = 16;

inline constexpr size_t kStackBytes = 64 << 10;

/// This host's callbacks. @context thread
const graft_osenv_t* osenv();

/// Makes a thread and lets it run; null when memory ran out. It ends when `entry` returns. Running past the end of its
/// stack is a fault that says so. @context thread
Thread* create_thread(const char* name, uint8_t priority, void (*entry)(void* arg), void* arg = nullptr,
                      size_t stack_bytes = kStackBytes);

/// @context thread  @blocks may
inline void sleep_ns(uint64_t duration_ns) { sleep_until(support::now_ns() + duration_ns); }

// The machine's part.
using support::command_line;
using support::exit;
using support::memory_stats;
using support::MemoryStats;
using support::now_ns;
using support::option;

}  // namespace graft::threaded

#endif
