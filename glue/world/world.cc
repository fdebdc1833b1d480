// SPDX-License-Identifier: BSD-2-Clause
#include "glue/world/world.hpp"

#include <new>

#include "glue/world/context.hpp"

extern "C" {
constinit graft_cpu_state graft_cpu0{1, 0, 0, 0, {}};
}

namespace graft {
namespace {

constinit World* the_world = nullptr;

}  // namespace

World* World::current() { return the_world; }

graft_error_t World::create(const graft_osenv_t* env, World** out) {
  *out = nullptr;
  if (the_world != nullptr) return GRAFT_E_EXIST;
  Host host;
  if (graft_error_t error = host.init(env); error != GRAFT_OK) return error;

  constexpr size_t kPages = (sizeof(World) + GRAFT_PAGE_BYTES - 1) / GRAFT_PAGE_BYTES;
  void* memory;
  if (host.page_alloc(kPages, 1, UINT64_MAX, &memory) != GRAFT_OK) {
    host.end();
    return GRAFT_E_NOMEM;
  }
  auto* world = new (memory) World;
  world->host_ = host;
  world->heap_.init(&world->host_);
  world->host_task_.name_ = "host";
  world->host_task_.state_ = FiberState::kRunning;
  world->current_ = &world->host_task_;
  graft_cpu0 = {1, 0, 0, 0, {}};
  the_world = world;
  *out = world;
  return GRAFT_OK;
}

void World::destroy() {
  auto released = [](void* arg, Fiber* fiber) {
    auto* world = static_cast<World*>(arg);
    for (EnvironmentHooks& hooks : world->hooks_) {
      if (hooks.fiber_released != nullptr) hooks.fiber_released(hooks.arg, fiber);
    }
  };
  // Timers of sleepers lie on the stacks that go.
  timers_.clear();
  work_.clear();
  // Threads of an environment that never end are abandoned where they block.
  while (!all_fibers_.empty()) {
    Fiber* fiber = &all_fibers_.front();
    all_fibers_.pop_front();
    if (fiber->queue_hook_.is_linked()) run_queue_.erase(run_queue_.iterator_to(*fiber));
    released(this, fiber);
    for (void*& env : fiber->env_) env = nullptr;
    pool_.put(host_, fiber);
  }
  pool_.drain(host_, released, this);
  for (LocalSlot& slot : locals_) {
    if (slot.value != nullptr) slot.destroy(*this, slot.value);
  }
  heap_.destroy();

  Host host = host_;
  this->~World();
  the_world = nullptr;
  graft_cpu0 = {1, 0, 0, 0, {}};
  host.page_free(this, (sizeof(World) + GRAFT_PAGE_BYTES - 1) / GRAFT_PAGE_BYTES);
  host.end();
}

void World::set_host_env(unsigned environment, void* value) {
  host_task_.env_[environment] = value;
  if (current_ == &host_task_) cpu().current_env[environment] = value;
}

Fiber* World::create_fiber(void (*fn)(void*), void* arg, const char* name, bool runnable) {
  Fiber* fiber = pool_.take(host_);
  if (fiber == nullptr) return nullptr;
  fiber->fn_ = fn;
  fiber->arg_ = arg;
  fiber->name_ = name;
  fiber->irq_enabled_ = 1;
  fiber->fake_stack_ = nullptr;
  fiber->state_ = FiberState::kBlocked;
  fiber->sp_ = prepare_context(static_cast<char*>(fiber->stack_base_) + fiber->stack_bytes(), fiber_entry, fiber);
  for (EnvironmentHooks& hooks : hooks_) {
    if (hooks.fiber_created == nullptr || hooks.fiber_created(hooks.arg, fiber) == GRAFT_OK) continue;
    fiber->state_ = FiberState::kExited;
    pool_.put(host_, fiber);
    return nullptr;
  }
  all_fibers_.push_back(*fiber);
  ++stats_.fibers_created;
  if (runnable) make_runnable(fiber);
  return fiber;
}

void World::fiber_entry(void* arg) {
  auto* fiber = static_cast<Fiber*>(arg);
  World* world = the_world;
  asan::finish_switch(nullptr, &world->host_task_.asan_bottom_, &world->host_task_.asan_bytes_);
  fiber->fn_(fiber->arg_);
  world->exit_fiber();
}

void World::exit_fiber() {
  if (!can_block()) host_.panic("a fiber ends inside an upcall or a handler, or a host task tries to end");
  current_->state_ = FiberState::kExited;
  exited_ = current_;
  switch_to_host_task();
  __builtin_unreachable();
}

void World::reap(Fiber* fiber) {
  all_fibers_.erase(all_fibers_.iterator_to(*fiber));
  for (EnvironmentHooks& hooks : hooks_) {
    if (hooks.fiber_exited != nullptr) hooks.fiber_exited(hooks.arg, fiber);
  }
  pool_.put(host_, fiber);
}

void World::check_stack(Fiber* fiber) {
  if (fiber->canary_intact()) [[likely]]
    return;
  host_.log(GRAFT_LOG_ERROR, "stack overflow in fiber ", fiber->name_);
  host_.panic("a fiber overflowed its stack");
}

void World::finish_switch(Fiber* from, Fiber* to) {
  from->irq_enabled_ = cpu().irq_enabled;
  cpu().irq_enabled = to->irq_enabled_;
  current_ = to;
  for (unsigned i = 0; i < GRAFT_ENVIRONMENTS; ++i) {
    cpu().current_env[i] = to->env_[i];
    if (hooks_[i].on_switch != nullptr) hooks_[i].on_switch(hooks_[i].arg, from, to);
  }
}

void World::switch_to_fiber(Fiber* fiber) {
  ++stats_.fiber_switches;
  fiber->state_ = FiberState::kRunning;
  finish_switch(&host_task_, fiber);
  asan::start_switch(&host_task_.fake_stack_, fiber->asan_bottom_, fiber->asan_bytes_);
  graft_context_switch(&host_task_.sp_, fiber->sp_);
  asan::finish_switch(host_task_.fake_stack_, nullptr, nullptr);
  if (exited_ != nullptr) {
    Fiber* exited = exited_;
    exited_ = nullptr;
    reap(exited);
  }
}

void World::switch_to_host_task() {
  Fiber* fiber = current_;
  check_stack(fiber);
  finish_switch(fiber, &host_task_);
  bool ends = fiber->state_ == FiberState::kExited;
  asan::start_switch(ends ? nullptr : &fiber->fake_stack_, host_task_.asan_bottom_, host_task_.asan_bytes_);
  graft_context_switch(&fiber->sp_, host_task_.sp_);
  asan::finish_switch(fiber->fake_stack_, &host_task_.asan_bottom_, &host_task_.asan_bytes_);
}

void World::block() {
  if (!can_block()) host_.panic("something blocks inside an upcall, a handler or outside a fiber");
  current_->state_ = FiberState::kBlocked;
  switch_to_host_task();
}

void World::yield() {
  if (!can_block()) host_.panic("something yields inside an upcall, a handler or outside a fiber");
  current_->state_ = FiberState::kRunnable;
  run_queue_.push_back(*current_);
  needs_runner_ = true;
  switch_to_host_task();
}

bool World::sleep_until(uint64_t deadline_ns) {
  struct Sleeper {
    World* world;
    Fiber* fiber;
    bool expired;
  } sleeper{this, current_, false};
  Timer timer(
      [](void* arg) {
        auto* s = static_cast<Sleeper*>(arg);
        s->expired = true;
        s->world->make_runnable(s->fiber);
      },
      &sleeper);
  arm(timer, deadline_ns);
  block();
  cancel(timer);
  return sleeper.expired;
}

bool World::make_runnable(Fiber* fiber) {
  if (fiber->state_ != FiberState::kBlocked) return false;
  fiber->state_ = FiberState::kRunnable;
  run_queue_.push_back(*fiber);
  needs_runner_ = true;
  return true;
}

void World::raise(Work& work) {
  needs_runner_ = true;
  if (work.raised_) return;
  work.raised_ = true;
  work_.push_back(work);
}

bool World::withdraw(Work& work) {
  if (!work.raised_) return false;
  work.raised_ = false;
  work_.erase(work_.iterator_to(work));
  return true;
}

}  // namespace graft
