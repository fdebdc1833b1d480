// SPDX-License-Identifier: BSD-2-Clause
#include "kernels/eventloop/loop.hpp"

#include <algorithm>
#include <atomic>

#include "kernels/eventloop/host.hpp"
#include "kernels/support/cpu.hpp"
#include "kernels/support/panic.hpp"

namespace graft::eventloop {
namespace {

TaskList g_tasks;
graft_world_t* g_world;
LoopStats g_stats;
uint64_t g_world_deadline_ns = kForever;
std::atomic<bool> g_world_woken;
/// Something became due since the turn began. What sets it comes on this processor, so relaxed order is enough.
std::atomic<bool> g_woken;
/// What the timer is armed for. It may stay armed for what is due no more: a turn for nothing costs less.
std::atomic<uint64_t> g_timer_ns{kForever};

void on_timer() { g_timer_ns.store(kForever, std::memory_order_relaxed); }

/// Runs the world if it is due. @returns the clock value at which it is due again; 0: at once
uint64_t turn_world() {
  if (g_world == nullptr) return kForever;
  const uint64_t start_ns = now_ns();
  // The flag goes first: a wake from here on brings another run.
  if (!g_world_woken.exchange(false, std::memory_order_acquire) && g_world_deadline_ns > start_ns) {
    return g_world_deadline_ns;
  }
  bool more = false;
  const graft_error_t error = graft_world_run(g_world, kWorldBudget, &more, &g_world_deadline_ns);
  if (error != GRAFT_OK) support::panic("graft_world_run: %s", graft_error_name(error));
  ++g_stats.world_runs;
  g_stats.longest_world_run_ns = std::max(g_stats.longest_world_run_ns, now_ns() - start_ns);
  if (more) g_world_deadline_ns = 0;
  return g_world_deadline_ns;
}

/// Halts until an interrupt comes, unless something became due. A wake can come between the look at the flag and the
/// halt only as an interrupt, and those are off until the halt itself lets them in.
void halt_until(uint64_t deadline_ns) {
  support::InterruptsOff guard;
  if (g_woken.load(std::memory_order_relaxed) || deadline_ns <= now_ns()) return;
  if (deadline_ns < g_timer_ns.load(std::memory_order_relaxed)) {
    g_timer_ns.store(deadline_ns, std::memory_order_relaxed);
    support::arm_timer(deadline_ns);
  }
  ++g_stats.halts;
  support::wait_for_interrupt();
}

void wake_loop() { g_woken.store(true, std::memory_order_relaxed); }

}  // namespace

void loop() {
  support::set_timer_handler(on_timer);
  host_start();
  for (;;) {
    ++g_stats.turns;
    g_woken.store(false, std::memory_order_relaxed);
    const uint64_t world_ns = turn_world();
    const uint64_t task_ns = g_tasks.poll(now_ns);
    const uint64_t deadline_ns = std::min(world_ns, task_ns);
    if (deadline_ns != 0) halt_until(deadline_ns);
  }
}

graft_world_t* current_world() { return g_world; }

void wake_world() {
  g_world_woken.store(true, std::memory_order_release);
  wake_loop();
}

void note_park() { ++g_stats.parks; }

void run_world(graft_world_t* world) {
  g_world = world;
  // Its first run makes the loop known to it; until then it wakes nobody.
  wake_world();
}

bool take_world_wake() { return g_world_woken.exchange(false, std::memory_order_acquire); }

LoopStats loop_stats() {
  LoopStats stats = g_stats;
  stats.polls = g_tasks.polls();
  stats.longest_poll_ns = g_tasks.longest_poll_ns();
  return stats;
}

void Task::add() {
  g_tasks.add(*this);
  wake_loop();
}

void Task::remove() { g_tasks.remove(*this); }

void Task::wake() {
  TaskList::wake(*this);
  wake_loop();
}

}  // namespace graft::eventloop
