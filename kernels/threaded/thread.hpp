// SPDX-License-Identifier: BSD-2-Clause
/// A thread of the host.
#ifndef GRAFT_KERNELS_THREADED_THREAD_HPP
#define GRAFT_KERNELS_THREADED_THREAD_HPP

#include <cstddef>
#include <cstdint>

#include "kernels/threaded/ready_queue.hpp"
#include "kernels/threaded/sleep_queue.hpp"

namespace graft::threaded {

struct Thread {
  enum class State : uint8_t { kReady, kRunning, kBlocked, kDead };

  uint64_t rsp;          ///< while it does not run; switch.S relies on its being first
  QueueHook queue_hook;  ///< in the ready queue, or in the list of what it waits for
  SleepHook sleep_hook;
  uint64_t deadline_ns;
  uint64_t slice_left_ns;  ///< of the time slice in which it was preempted; 0: the next one is whole
  uint8_t priority;
  State state;
  bool has_permit;  ///< thread_unpark() came and was not used up yet
  bool is_parked;   ///< blocked in park(), the one wait that unpark() ends
  bool timed_out;   ///< the last wait ended by its deadline
  char name[32];
  void (*entry)(void* arg);
  void* arg;
  void* stack;  ///< its lowest page is the guard
  size_t stack_pages;
  Thread* next_spare;
};
static_assert(offsetof(Thread, rsp) == 0);

}  // namespace graft::threaded

#endif
