// SPDX-License-Identifier: BSD-2-Clause
/// Preemptive scheduling on one CPU: highest priority first, in turn within one, each for a time slice.
#ifndef GRAFT_KERNELS_THREADED_SCHEDULER_HPP
#define GRAFT_KERNELS_THREADED_SCHEDULER_HPP

#include <cstddef>
#include <cstdint>

#include "kernels/threaded/thread.hpp"

namespace graft::threaded {

inline constexpr uint64_t kTimeSliceNs = 5'000'000;
inline constexpr uint64_t kForever = UINT64_MAX;

/// Turns the boot stack into the idle thread and never returns; `entry` runs as the first thread.
[[noreturn]] void start_scheduler(void (*entry)(void* arg), uint8_t priority);

/// Makes a thread and lets it run; null when memory ran out. It ends when `entry` returns, and its memory is given
/// back then. @context thread
Thread* create_thread(const char* name, uint8_t priority, void (*entry)(void* arg), void* arg, size_t stack_bytes);

/// The running thread; at interrupt level, the interrupted one. @context thread+irq
Thread* current_thread();

/// As osenv's thread_park(). @context thread  @blocks may
void park(uint64_t deadline_ns);

/// As osenv's thread_unpark(). A thread of higher priority runs at once. @context thread+irq
void unpark(Thread* thread);

/// Waits for the clock. @context thread  @blocks may
void sleep_until(uint64_t deadline_ns);

/// Lets other threads of the same priority run. @context thread
void yield();

/// Blocks the calling thread until make_ready() or the deadline; false if the deadline ended it. For what builds on
/// the scheduler: call it with interrupts off, after noting somewhere whom to wake. @context thread
bool block(uint64_t deadline_ns);

/// Wakes a thread from block(). @context thread+irq
void make_ready(Thread* thread);

struct SchedulerStats {
  uint64_t switches;
  uint64_t preemptions;
  uint64_t threads;  ///< alive, without the idle thread
};
SchedulerStats scheduler_stats();

}  // namespace graft::threaded

#endif
