// SPDX-License-Identifier: BSD-2-Clause
#include "tests/qemu/world_lab.h"

#include <new>

#include "glue/world/world.hpp"

namespace {

using graft::IrqSource;
using graft::Work;
using graft::World;
using graft::WorldScope;

uint64_t g_work_done;
uint64_t g_storm_count;
bool g_is_message;
graft_pci_address_t g_function;
void (*g_again)(void* arg);
void* g_again_arg;
constinit IrqSource g_source;

alignas(Work) char g_work_memory[sizeof(Work)];
Work* g_work;

void do_work(void*) {
  ++g_work_done;
  World::current()->charge(1);
  World::current()->raise(*g_work);
}

}  // namespace

extern "C" {

void graft_lab_work_start(void) {
  WorldScope scope(*World::current());
  if (g_work == nullptr) g_work = new (g_work_memory) Work(do_work, nullptr);
  World::current()->raise(*g_work);
}

void graft_lab_work_stop(void) {
  WorldScope scope(*World::current());
  World::current()->withdraw(*g_work);
}

uint64_t graft_lab_work_done(void) { return g_work_done; }

graft_error_t graft_lab_storm_start(uint32_t line) {
  g_is_message = false;
  g_source.init(
      *World::current(),
      [](void*) {
        ++g_storm_count;
        return true;
      },
      nullptr);
  return g_source.claim_line(line);
}

graft_error_t graft_lab_message_storm_start(graft_pci_address_t function, void (*again)(void*), void* arg,
                                            graft_msi_message_t* out_message) {
  g_is_message = true;
  g_function = function;
  g_again = again;
  g_again_arg = arg;
  g_source.init(
      *World::current(),
      [](void*) {
        ++g_storm_count;
        g_again(g_again_arg);
        return true;
      },
      nullptr);
  IrqSource* const sources[] = {&g_source};
  return IrqSource::alloc_msi(*World::current(), function, 1, sources, out_message);
}

void graft_lab_storm_stop(void) {
  IrqSource* const sources[] = {&g_source};
  if (g_is_message) {
    IrqSource::free_msi(*World::current(), g_function, 1, sources);
  } else {
    g_source.release_line();
  }
}

uint64_t graft_lab_storm_count(void) { return g_storm_count; }

void graft_lab_sleep(uint64_t duration_ns) { World::current()->sleep_until(World::current()->now_ns() + duration_ns); }
}
