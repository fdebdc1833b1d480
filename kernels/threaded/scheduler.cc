// SPDX-License-Identifier: BSD-2-Clause
#include "kernels/threaded/scheduler.hpp"

#include <cstdlib>
#include <cstring>
#include <new>

#include "kernels/support/clock.hpp"
#include "kernels/support/cpu.hpp"
#include "kernels/support/fault.hpp"
#include "kernels/support/interrupts.hpp"
#include "kernels/support/memory.hpp"
#include "kernels/support/paging.hpp"
#include "kernels/support/panic.hpp"

extern "C" void graft_threaded_switch(graft::threaded::Thread* from, graft::threaded::Thread* to);
extern "C" void graft_threaded_begin();

namespace graft::threaded {
namespace {

using support::InterruptsOff;
using support::panic;

constexpr uint8_t kIdlePriority = 0;

// Everything here is touched with interrupts off only.
ReadyQueue<Thread> g_ready;
SleepQueue<Thread> g_sleeping;
Thread* g_current;
Thread* g_idle;
Thread* g_dead;   // ended, its stack still to be given back
Thread* g_spare;  // ended; kept, because a late thread_unpark() may still name them
uint64_t g_slice_end_ns;
uint64_t g_timer_ns = kForever;  // what the timer is armed for
SchedulerStats g_stats;

/// Arms the timer if something is due before it fires anyway. One that fires early costs less than arming it at every
/// switch.
void update_timer() {
  uint64_t wanted = g_sleeping.next_deadline_ns();
  if (g_ready.has(g_current->priority) && g_slice_end_ns < wanted) wanted = g_slice_end_ns;
  if (wanted >= g_timer_ns) return;
  g_timer_ns = wanted;
  support::arm_timer(wanted);
}

void put_spare(Thread* thread) {
  InterruptsOff guard;
  thread->next_spare = g_spare;
  g_spare = thread;
}

void give_back_dead() {
  if (g_dead == nullptr) return;
  Thread* const dead = g_dead;
  g_dead = nullptr;
  support::unguard_page(dead->stack);
  support::free_pages(dead->stack, dead->stack_pages);
  put_spare(dead);
}

/// Gives a cleared thread object; null if there is no memory.
Thread* take_thread() {
  InterruptsOff guard;
  Thread* const spare = g_spare;
  if (spare == nullptr) return new (std::nothrow) Thread{};
  g_spare = spare->next_spare;
  *spare = Thread{};
  return spare;
}

void begin_slice() {
  g_current->state = Thread::State::kRunning;
  // Who was preempted goes on with the rest: otherwise a thread that is preempted often never gives way to its equals.
  const uint64_t left_ns = g_current->slice_left_ns;
  g_current->slice_left_ns = 0;
  g_slice_end_ns = support::now_ns() + (left_ns != 0 ? left_ns : kTimeSliceNs);
  update_timer();
}

/// Goes on with the next ready thread; the current one has been queued somewhere by now.
void switch_away() {
  Thread* const from = g_current;
  Thread* to = g_ready.pop();
  if (to == nullptr) to = g_idle;
  if (to == from) return begin_slice();
  ++g_stats.switches;
  g_current = to;
  begin_slice();
  graft_threaded_switch(from, to);
  // Some time later, as `from` again.
  give_back_dead();
}

/// Lets a thread of higher priority run, or one of the same after the time slice.
void preempt() {
  const int top = g_ready.top_priority();
  if (top < g_current->priority) return update_timer();
  const uint64_t now_ns = support::now_ns();
  const bool slice_is_over = now_ns >= g_slice_end_ns;
  if (top == g_current->priority && !slice_is_over) return update_timer();
  g_current->state = Thread::State::kReady;
  if (g_current == g_idle) return switch_away();
  ++g_stats.preemptions;
  if (slice_is_over) {
    g_ready.push_back(*g_current);
  } else {
    g_current->slice_left_ns = g_slice_end_ns - now_ns;
    g_ready.push_front(*g_current);
  }
  switch_away();
}

void wake_sleepers() {
  g_timer_ns = kForever;
  const uint64_t now = support::now_ns();
  while (Thread* thread = g_sleeping.pop_expired(now)) {
    thread->timed_out = true;
    thread->state = Thread::State::kReady;
    thread->queue_hook.unlink();  // from the list of what it waited for, if it stands in one
    g_ready.push_back(*thread);
  }
}

[[noreturn]] void idle() {
  for (;;) {
    support::disable_interrupts();
    if (g_ready.empty()) support::wait_for_interrupt();
    preempt();
    support::enable_interrupts();
  }
}

const char* current_name() { return g_current == nullptr ? nullptr : g_current->name; }

void refuse_at_interrupt_level(const char* function) {
  if (support::at_interrupt_level()) panic("%s called at interrupt level", function);
}

}  // namespace

extern "C" [[noreturn]] void graft_threaded_run(Thread* thread) {
  give_back_dead();
  support::enable_interrupts();
  thread->entry(thread->arg);
  support::disable_interrupts();
  thread->state = Thread::State::kDead;
  --g_stats.threads;
  g_dead = thread;
  switch_away();
  panic("a thread that ended went on");
}

Thread* create_thread(const char* name, uint8_t priority, void (*entry)(void*), void* arg, size_t stack_bytes) {
  if (priority <= kIdlePriority || priority >= ReadyQueue<Thread>::kPriorities) panic("create_thread: bad priority");
  Thread* const thread = take_thread();
  if (thread == nullptr) return nullptr;
  thread->stack_pages = (stack_bytes + support::kPageBytes - 1) / support::kPageBytes + 1;
  thread->stack = support::allocate_pages(thread->stack_pages);
  if (thread->stack == nullptr || !support::guard_page(thread->stack)) {
    if (thread->stack != nullptr) support::free_pages(thread->stack, thread->stack_pages);
    put_spare(thread);
    return nullptr;
  }
  strncpy(thread->name, name, sizeof thread->name - 1);
  thread->priority = priority;
  thread->entry = entry;
  thread->arg = arg;
  // What graft_threaded_switch pops: r15, r14, r13, r12, rbx, rbp, return address. Where graft_threaded_begin makes its
  // call, the stack is aligned to 16 bytes.
  auto* top =
      reinterpret_cast<uint64_t*>(static_cast<char*>(thread->stack) + thread->stack_pages * support::kPageBytes);
  *--top = reinterpret_cast<uint64_t>(graft_threaded_begin);
  *--top = 0;
  *--top = reinterpret_cast<uint64_t>(thread);
  for (int i = 0; i < 4; ++i) *--top = 0;
  thread->rsp = reinterpret_cast<uint64_t>(top);

  InterruptsOff guard;
  ++g_stats.threads;
  make_ready(thread);
  return thread;
}

void start_scheduler(void (*entry)(void*), uint8_t priority) {
  g_idle = new Thread{};
  strncpy(g_idle->name, "idle", sizeof g_idle->name - 1);
  g_idle->priority = kIdlePriority;
  g_idle->state = Thread::State::kRunning;
  g_current = g_idle;
  support::set_thread_name_hook(current_name);
  support::set_timer_handler(wake_sleepers);
  support::set_interrupt_exit_hook(preempt);
  if (create_thread("main", priority, entry, nullptr, 128 << 10) == nullptr) panic("no memory for the first thread");
  idle();
}

Thread* current_thread() { return g_current; }

bool block(uint64_t deadline_ns) {
  refuse_at_interrupt_level("a blocking function");
  Thread* const self = g_current;
  self->timed_out = false;
  self->state = Thread::State::kBlocked;
  self->deadline_ns = deadline_ns;
  if (deadline_ns != kForever) g_sleeping.insert(*self);
  switch_away();
  return !self->timed_out;
}

void make_ready(Thread* thread) {
  InterruptsOff guard;
  if (thread == g_current || thread->state == Thread::State::kDead)
    panic("make_ready: \"%s\" does not wait", thread->name);
  g_sleeping.remove(*thread);
  thread->state = Thread::State::kReady;
  g_ready.push_back(*thread);
  // At interrupt level the end of the interrupt does this.
  if (!support::at_interrupt_level()) preempt();
}

void park(uint64_t deadline_ns) {
  refuse_at_interrupt_level("thread_park");
  InterruptsOff guard;
  if (!g_current->has_permit && deadline_ns > support::now_ns()) {
    g_current->is_parked = true;
    block(deadline_ns);
    g_current->is_parked = false;
  }
  g_current->has_permit = false;
}

void unpark(Thread* thread) {
  InterruptsOff guard;
  if (thread->has_permit) return;
  thread->has_permit = true;
  if (thread->is_parked && thread->state == Thread::State::kBlocked) make_ready(thread);
}

void sleep_until(uint64_t deadline_ns) {
  InterruptsOff guard;
  if (deadline_ns > support::now_ns()) block(deadline_ns);
}

void yield() {
  InterruptsOff guard;
  if (!g_ready.has(g_current->priority)) return;
  g_current->state = Thread::State::kReady;
  g_ready.push_back(*g_current);
  switch_away();
}

SchedulerStats scheduler_stats() {
  InterruptsOff guard;
  return g_stats;
}

}  // namespace graft::threaded
