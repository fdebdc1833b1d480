// SPDX-License-Identifier: BSD-2-Clause
// The loop of the runner, and calls that host threads have carried out by fibers.
#include <new>

#include "glue/world/world.hpp"

namespace graft {
namespace {

/// So that one turn ends even if work raises itself; the rest is for the next turn.
constexpr uint32_t kMaxWorkPerTurn = 256;

/// So that fibers which give way again and again, each time after a long while, do not make one run of many such
/// whiles.
constexpr uint64_t kMaxRunNs = 1'000'000;

}  // namespace

struct World::CallRecord {
  World* world;
  graft_error_t (*fn)(void*);
  void* arg;
  void* thread;
  graft_error_t status = GRAFT_OK;
  std::atomic<bool> done{false};
  bool done_in_loop = false;

  static void run(void* arg) {
    auto* record = static_cast<CallRecord*>(arg);
    Host& host = record->world->host();
    record->status = record->fn(record->arg);
    // The record lies on the caller's stack and is gone once it sees `done`.
    void* thread = record->thread;
    bool same_thread = thread == host.thread_self();
    record->done_in_loop = true;
    record->done.store(true, std::memory_order_release);
    if (!same_thread) host.unpark(thread);
  }
};

bool World::run_turn() {
  needs_runner_ = false;
  uint64_t now_ns = sample_time();
  for (EnvironmentHooks& hooks : hooks_) {
    if (hooks.on_time != nullptr) hooks.on_time(hooks.arg, now_ns);
  }
  if (cpu().irq_pending != 0) deliver();
  expire_timers(now_ns);

  bool more = false;
  soft_requested_ = false;
  for (EnvironmentHooks& hooks : hooks_) {
    if (hooks.run_soft != nullptr) more |= hooks.run_soft(hooks.arg);
  }
  for (uint32_t count = 0; !work_.empty() && count < kMaxWorkPerTurn && budget_left_ != 0; ++count) {
    Work& work = work_.front();
    work_.pop_front();
    work.raised_ = false;
    work.fn_(work.arg_);
  }
  for (size_t count = run_queue_.size(); count != 0 && !run_queue_.empty(); --count) {
    Fiber* fiber = &run_queue_.front();
    run_queue_.pop_front();
    switch_to_fiber(fiber);
    if (cpu().irq_pending != 0) deliver();
  }
  return more || soft_requested_ || cpu().irq_pending != 0 || !work_.empty() || !run_queue_.empty() ||
         timers_.next_deadline_ns() <= now_ns;
}

bool World::run_loop(const bool* until) {
  bool serving = budget_left_ == UINT32_MAX;
  uint64_t started_ns = serving ? 0 : host_.now_ns();
  loop_active_ = true;
  host_depth_ = 1;
  bool more;
  for (;;) {
    more = run_turn();
    if (!more || (until != nullptr && *until)) break;
    if (serving) {
      budget_left_ = UINT32_MAX;
      if (stop_.load(std::memory_order_relaxed) && until == nullptr) break;
    } else {
      charge(1);
      if (budget_left_ == 0 || host_.now_ns() - started_ns >= kMaxRunNs) break;
    }
    if (executor_.contended()) {
      loop_active_ = false;
      executor_.release(host_);
      if (executor_.acquire(host_, host_.thread_self())) ++stats_.executor_waits;
      loop_active_ = true;
      host_depth_ = 1;
      if (serving) budget_left_ = UINT32_MAX;
    }
  }
  loop_active_ = false;
  return more;
}

graft_error_t World::run(uint32_t budget, bool* out_more, uint64_t* out_deadline_ns) {
  *out_more = false;
  *out_deadline_ns = GRAFT_FOREVER;
  void* self = named_thread();
  if (executor_.owner() == self) return GRAFT_E_BADSTATE;
  if (!executor_.try_acquire(self)) return GRAFT_E_BUSY;
  if (!served_.load(std::memory_order_relaxed)) runner_.store(self, std::memory_order_release);
  budget_left_ = budget == UINT32_MAX ? budget - 1 : budget;
  bool more = run_loop(nullptr);
  *out_deadline_ns = timers_.next_deadline_ns();
  executor_.release(host_);
  *out_more = more || cpu().irq_pending != 0;
  return GRAFT_OK;
}

graft_error_t World::serve() {
  void* self = named_thread();
  if (executor_.owner() == self) return GRAFT_E_BADSTATE;
  if (served_.exchange(true, std::memory_order_acq_rel)) return GRAFT_E_EXIST;
  runner_.store(self, std::memory_order_release);
  while (!stop_.load(std::memory_order_acquire)) {
    if (executor_.acquire(host_, self)) ++stats_.executor_waits;
    budget_left_ = UINT32_MAX;
    bool more = run_loop(nullptr);
    uint64_t deadline_ns = timers_.next_deadline_ns();
    executor_.release(host_);
    // A wake may have been used up while waiting for the role, so every reason for one is looked at again.
    if (more || cpu().irq_pending != 0 || stop_.load(std::memory_order_acquire)) continue;
    host_.park(deadline_ns);
  }
  void* expected = self;
  runner_.compare_exchange_strong(expected, nullptr, std::memory_order_acq_rel);
  stop_.store(false, std::memory_order_release);
  served_.store(false, std::memory_order_release);
  return GRAFT_OK;
}

void World::stop() {
  stop_.store(true, std::memory_order_release);
  kick_runner();
}

graft_error_t World::run_here(graft_error_t (*fn)(void*), void* arg) {
  void* self = named_thread();
  if (executor_.owner() == self || served_.load(std::memory_order_acquire)) return GRAFT_E_BADSTATE;
  executor_.acquire(host_, self);
  void* runner_before = runner_.exchange(self, std::memory_order_acq_rel);
  CallRecord record{this, fn, arg, self};
  bool started = spawn(CallRecord::run, &record, "run_here") != nullptr;
  while (started && !record.done_in_loop) {
    budget_left_ = UINT32_MAX;
    bool more = run_loop(&record.done_in_loop);
    if (more || record.done_in_loop) continue;
    uint64_t deadline_ns = timers_.next_deadline_ns();
    executor_.release(host_);
    if (cpu().irq_pending == 0) host_.park(deadline_ns);
    executor_.acquire(host_, self);
  }
  runner_.store(runner_before, std::memory_order_release);
  host_depth_ = 1;
  leave();
  return started ? record.status : GRAFT_E_NOMEM;
}

graft_error_t World::call(graft_error_t (*fn)(void*), void* arg) {
  void* self = named_thread();
  uint32_t depth_before = 0;
  if (executor_.owner() == self) {
    if (can_block()) return fn(arg);
    if (current_ != &host_task_ || in_upcall() || loop_active_ || cpu().handler_depth != 0) return GRAFT_E_BADSTATE;
    depth_before = host_depth_;
  }
  if (!served_.load(std::memory_order_acquire)) return GRAFT_E_BADSTATE;
  if (depth_before == 0) enter();

  host_depth_ = 1;
  CallRecord record{this, fn, arg, self};
  Fiber* fiber = create_fiber(CallRecord::run, &record, "call", false);
  if (fiber == nullptr) {
    record.status = GRAFT_E_NOMEM;
    record.done.store(true, std::memory_order_relaxed);
  } else {
    switch_to_fiber(fiber);
  }
  if (depth_before != 0 && record.done.load(std::memory_order_acquire)) {
    host_depth_ = depth_before;
    return record.status;
  }
  leave();
  while (!record.done.load(std::memory_order_acquire)) host_.park(GRAFT_FOREVER);
  if (depth_before != 0) {
    enter();
    host_depth_ = depth_before;
  }
  return record.status;
}

namespace {

/// Lies in graft_async_call.reserved from the fiber's end until on_done.
static_assert(sizeof(Work) <= sizeof(graft_async_call_t::reserved));

void report_async_call(void* arg) {
  auto* call = static_cast<graft_async_call_t*>(arg);
  graft_error_t status = reinterpret_cast<Work*>(call->reserved)->result;
  Upcall upcall(*World::current());
  call->on_done(call, status);
}

void run_async_call(void* arg) {
  auto* call = static_cast<graft_async_call_t*>(arg);
  graft_error_t status = call->fn(call->arg);
  auto* work = new (call->reserved) Work(report_async_call, call);
  work->result = status;
  World::current()->raise(*work);
}

}  // namespace

graft_error_t World::call_async(graft_async_call_t* call) {
  if (stop_.load(std::memory_order_acquire)) return GRAFT_E_GONE;
  WorldScope scope(*this);
  return spawn(run_async_call, call, "async_call") != nullptr ? GRAFT_OK : GRAFT_E_NOMEM;
}

void World::get_stats(graft_world_stats_t* out_stats) {
  WorldScope scope(*this);
  *out_stats = stats_;
  out_stats->fibers_alive = all_fibers_.size();
  out_stats->stack_bytes = pool_.bytes();
}

}  // namespace graft
