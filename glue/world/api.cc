// SPDX-License-Identifier: BSD-2-Clause
// The C functions of graft/world.h and of cpu_state.h.
#include "glue/world/world.hpp"

namespace {

graft::World* as_world(graft_world_t* world) { return static_cast<graft::World*>(world); }

}  // namespace

extern "C" {

void graft_world_irq(graft_irq_t* irq) {
  if (irq->world == nullptr) return irq->on_probe(irq);
  irq->world->note_interrupt(irq);
}

graft_error_t graft_world_run(graft_world_t* world, uint32_t budget, bool* out_more, uint64_t* out_deadline_ns) {
  return as_world(world)->run(budget, out_more, out_deadline_ns);
}

graft_error_t graft_world_serve(graft_world_t* world) { return as_world(world)->serve(); }

void graft_world_stop(graft_world_t* world) { as_world(world)->stop(); }

graft_error_t graft_world_call(graft_world_t* world, graft_error_t (*fn)(void* arg), void* arg) {
  return as_world(world)->call(fn, arg);
}

graft_error_t graft_call_async(graft_world_t* world, graft_async_call_t* call) {
  return as_world(world)->call_async(call);
}

void graft_world_enter(graft_world_t* world) { as_world(world)->enter(); }

void graft_world_leave(graft_world_t* world) { as_world(world)->leave(); }

void graft_world_get_stats(graft_world_t* world, graft_world_stats_t* out_stats) {
  as_world(world)->get_stats(out_stats);
}

void graft_cpu_deliver(void) { graft::World::current()->deliver(); }

void graft_cpu_relax(const void* code) { graft::World::current()->relax(code); }

void graft_cpu_note_busy_wait(uint64_t start_ns, uint64_t end_ns, const void* code) {
  graft::World::current()->note_busy_wait(start_ns, end_ns, code);
}
}
