// SPDX-License-Identifier: GPL-2.0-only
// boundary/fiber.h on the world's fibers.
#include "linux-emu/kit/fibers.hpp"

#include "linux-emu/boundary/fiber.h"
#include "linux-emu/kit/environment.hpp"

using graft::Fiber;
using graft::World;
using graft::lx::world;

namespace {

Fiber* fiber_of(lx_fiber_t* fiber) { return reinterpret_cast<Fiber*>(fiber); }
lx_fiber_t* handle_of(Fiber* fiber) { return reinterpret_cast<lx_fiber_t*>(fiber); }
task_struct* task_of(Fiber* fiber) { return static_cast<task_struct*>(fiber->env(GRAFT_ENVIRONMENT_LINUX)); }

graft_error_t fiber_created(void*, Fiber* fiber) {
  task_struct* task = lx_task_create(handle_of(fiber));
  if (task == nullptr) return GRAFT_E_NOMEM;
  fiber->set_env(GRAFT_ENVIRONMENT_LINUX, task);
  return GRAFT_OK;
}

void fiber_exited(void*, Fiber* fiber) {
  task_struct* task = task_of(fiber);
  fiber->set_env(GRAFT_ENVIRONMENT_LINUX, nullptr);
  if (task != nullptr) lx_task_release(task);
}

void on_switch(void*, Fiber*, Fiber* to) {
  if (to->is_host_task()) lx_on_switch();
}

bool run_soft(void*) { return lx_run_soft() != 0; }

void on_time(void*, uint64_t now_ns) { lx_on_time(now_ns); }

}  // namespace

void graft::lx::install_hooks(World& world) {
  world.set_host_env(GRAFT_ENVIRONMENT_LINUX, lx_host_task());
  world.set_hooks(GRAFT_ENVIRONMENT_LINUX,
                  {nullptr, fiber_created, fiber_exited, fiber_exited, on_switch, run_soft, on_time});
}

void graft::lx::remove_hooks(World& world) {
  world.set_hooks(GRAFT_ENVIRONMENT_LINUX, {});
  world.set_host_env(GRAFT_ENVIRONMENT_LINUX, nullptr);
}

extern "C" {

lx_fiber_t* lxk_fiber_create(void (*fn)(void*), void* arg, const char* name) {
  return handle_of(world().spawn_blocked(fn, arg, name));
}

struct task_struct* lxk_fiber_task(lx_fiber_t* fiber) {
  return task_of(fiber_of(fiber));
}

void lxk_fiber_wake(lx_fiber_t* fiber) { world().make_runnable(fiber_of(fiber)); }

void lxk_fiber_block(void) { world().block(); }

void lxk_fiber_yield(void) { world().yield(); }

void lxk_fiber_exit(void) { world().exit_fiber(); }

int lxk_can_block(void) { return world().can_block(); }

int lxk_soft_allowed(void) { return world().soft_allowed(); }

void lxk_request_soft(void) { world().request_soft(); }

uint32_t lxk_budget_left(void) { return world().budget_left(); }

void lxk_charge(uint32_t units) { world().charge(units); }
}
