// SPDX-License-Identifier: BSD-2-Clause
// Interrupts from the moment they are noted to their handler, timers and polling loops.
#include "glue/world/world.hpp"

namespace graft {
namespace {

/// A source that interrupts again and again must not keep the loop from everything else.
constexpr int kMaxRounds = 16;

/// Polls further apart than this are not one wait: the loop did something else between them.
constexpr uint64_t kPollGapNs = 50'000;

}  // namespace

void World::note_interrupt(graft_irq* irq) {
  if (irq->is_level) host_.irq_mask(irq->line);
  if (irq->pending.exchange(true, std::memory_order_acq_rel)) return;
  graft_irq* newest = pending_.load(std::memory_order_relaxed);
  do {
    irq->next_pending.store(newest, std::memory_order_relaxed);
  } while (!pending_.compare_exchange_weak(newest, irq, std::memory_order_seq_cst));
  graft_cpu0.irq_pending = 1;
  // An executor looks at irq_pending after it released the role, so only a free role needs a kick.
  if (!executor_.held()) kick_runner();
}

void World::kick_runner() {
  void* runner = runner_.load(std::memory_order_acquire);
  if (runner != nullptr) host_.unpark(runner);
}

void World::collect_pending() {
  graft_irq* newest = pending_.exchange(nullptr, std::memory_order_seq_cst);
  graft_irq* oldest = nullptr;
  while (newest != nullptr) {
    graft_irq* next = newest->next_pending.load(std::memory_order_relaxed);
    newest->next_pending.store(oldest, std::memory_order_relaxed);
    oldest = newest;
    newest = next;
  }
  if (collected_ == nullptr) {
    collected_ = oldest;
    return;
  }
  graft_irq* last = collected_;
  while (graft_irq* next = last->next_pending.load(std::memory_order_relaxed)) last = next;
  last->next_pending.store(oldest, std::memory_order_relaxed);
}

void World::deliver() {
  cpu().irq_enabled = 0;
  cpu().handler_depth = 1;
  for (int round = 0; round < kMaxRounds && cpu().irq_pending != 0; ++round) {
    cpu().irq_pending = 0;
    collect_pending();
    while (collected_ != nullptr) {
      auto* source = static_cast<IrqSource*>(collected_);
      collected_ = source->next_pending.load(std::memory_order_relaxed);
      // From here on another interrupt queues the source again.
      source->pending.store(false, std::memory_order_seq_cst);
      if (source->disabled_) {
        source->held_back_ = true;
        continue;
      }
      ++stats_.interrupts;
      needs_runner_ = true;
      if (!source->handler_(source->arg_)) ++stats_.interrupts_spurious;
      if (source->is_level && !source->disabled_ && source->connected_) host_.irq_unmask(source->line);
    }
  }
  cpu().handler_depth = 0;
  cpu().irq_enabled = 1;
}

void World::expire_timers(uint64_t now_ns) {
  if (timers_.next_deadline_ns() > now_ns) return;
  cpu().irq_enabled = 0;
  cpu().handler_depth = 1;
  stats_.timers_expired += timers_.expire(now_ns);
  needs_runner_ = true;
  cpu().handler_depth = 0;
  cpu().irq_enabled = 1;
}

void World::note_busy_wait(uint64_t start_ns, uint64_t end_ns, const void* code) {
  if (wait_switches_ != stats_.fiber_switches || start_ns > wait_last_ns_ + kPollGapNs) {
    wait_started_ns_ = start_ns;
    wait_switches_ = stats_.fiber_switches;
  }
  wait_last_ns_ = end_ns;
  if (end_ns - wait_started_ns_ <= stats_.longest_busy_wait_ns) return;
  stats_.longest_busy_wait_ns = end_ns - wait_started_ns_;
  stats_.longest_busy_wait_at = reinterpret_cast<uintptr_t>(code);
}

void World::relax(const void* code) {
  uint64_t now_ns = sample_time();
  note_busy_wait(now_ns, now_ns, code);
  for (EnvironmentHooks& hooks : hooks_) {
    if (hooks.on_time != nullptr) hooks.on_time(hooks.arg, now_ns);
  }
  if (cpu().irq_enabled == 0) return;
  if (cpu().irq_pending != 0) deliver();
  expire_timers(now_ns);
}

void World::enter_again_or_wait(void* self) {
  if (self == nullptr) host_.panic("osenv.thread_self gave null");
  if (executor_.owner() == self) {
    if (current_ == &host_task_) ++host_depth_;
    return;
  }
  if (executor_.acquire(host_, self)) ++stats_.executor_waits;
  host_depth_ = 1;
}

void World::leave_with_work() {
  if (cpu().irq_pending != 0 && cpu().irq_enabled != 0) deliver();
  if (!needs_runner_) return;
  needs_runner_ = false;
  kick_runner();
}

// ---- Sources --------------------------------------------------------------------------------------------------------

void IrqSource::init(World& owner, Handler handler, void* arg) {
  world = &owner;
  handler_ = handler;
  arg_ = arg;
}

graft_error_t IrqSource::claim_line(uint32_t number) {
  is_level = true;
  line = number;
  connected_ = true;
  graft_error_t error = world->host().irq_claim(number, this);
  if (error != GRAFT_OK) connected_ = false;
  return error;
}

void IrqSource::release_line() {
  if (!connected_) return;
  world->host().irq_release(line, this);
  WorldScope scope(*world);
  connected_ = false;
  forget();
}

graft_error_t IrqSource::alloc_msi(World& world, graft_pci_address_t function, uint32_t count,
                                   IrqSource* const* sources, graft_msi_message_t* out_messages) {
  constexpr uint32_t kMaxSources = 32;
  if (count == 0 || count > kMaxSources) return GRAFT_E_NOSPC;
  graft_irq* irqs[kMaxSources];
  for (uint32_t i = 0; i < count; ++i) {
    sources[i]->is_level = false;
    sources[i]->connected_ = true;
    irqs[i] = sources[i];
  }
  graft_error_t error = world.host().msi_alloc(function, count, irqs, out_messages);
  if (error != GRAFT_OK) {
    for (uint32_t i = 0; i < count; ++i) sources[i]->connected_ = false;
  }
  return error;
}

void IrqSource::free_msi(World& world, graft_pci_address_t function, uint32_t count, IrqSource* const* sources) {
  constexpr uint32_t kMaxSources = 32;
  graft_irq* irqs[kMaxSources];
  if (count == 0 || count > kMaxSources) return;
  for (uint32_t i = 0; i < count; ++i) irqs[i] = sources[i];
  const graft_osenv_t& env = world.host().env();
  env.msi_free(env.host, function, count, irqs);
  WorldScope scope(world);
  for (uint32_t i = 0; i < count; ++i) {
    sources[i]->connected_ = false;
    sources[i]->forget();
  }
}

void IrqSource::disable() {
  disabled_ = true;
  if (is_level && connected_) world->host().irq_mask(line);
}

void IrqSource::enable() {
  disabled_ = false;
  bool missed = held_back_;
  held_back_ = false;
  if (is_level) {
    if (connected_) world->host().irq_unmask(line);
  } else if (missed) {
    world->note_interrupt(this);
  }
}

void IrqSource::forget() {
  held_back_ = false;
  world->collect_pending();
  graft_irq* before = nullptr;
  for (graft_irq* irq = world->collected_; irq != nullptr; irq = irq->next_pending.load(std::memory_order_relaxed)) {
    if (irq != this) {
      before = irq;
      continue;
    }
    graft_irq* next = next_pending.load(std::memory_order_relaxed);
    if (before == nullptr) {
      world->collected_ = next;
    } else {
      before->next_pending.store(next, std::memory_order_relaxed);
    }
    pending.store(false, std::memory_order_relaxed);
    break;
  }
  // What was collected for this look still waits for its handlers.
  if (world->collected_ != nullptr) graft_cpu0.irq_pending = 1;
}

}  // namespace graft
