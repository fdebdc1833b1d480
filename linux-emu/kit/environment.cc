// SPDX-License-Identifier: GPL-2.0-only
#include "linux-emu/kit/environment.hpp"

#include <new>

#include "linux-emu/boundary/environment.h"
#include "linux-emu/kit/fibers.hpp"
#include "linux-emu/kit/instance.hpp"
#include "linux-emu/kit/registers.hpp"
#include "linux-emu/kit/timers.hpp"

namespace graft::lx {
namespace {

World* the_world = nullptr;
graft_error_t core_status = GRAFT_OK;
alignas(Event) char core_ready_memory[sizeof(Event)];
Event* core_ready = nullptr;

void run_core_start(void*) {
  core_status = lx_core_start();
  core_ready->set();
}

}  // namespace

World& world() { return *the_world; }

graft_error_t start(World& world) {
  // Donors keep their state in static data, which nothing sets back.
  static constinit bool started = false;
  if (started) {
    world.host().log(GRAFT_LOG_ERROR, "the Linux environment starts once in the life of an image");
    return GRAFT_E_NOTSUP;
  }
  started = true;
  the_world = &world;
  core_status = GRAFT_OK;
  core_ready = new (core_ready_memory) Event(world);
  const graft_mem_window_t& window = world.host().env().mem_window;
  graft_error_t error = lx_memory_start(window.va, window.phys, window.bytes);
  if (error == GRAFT_OK) {
    install_hooks(world);
    start_timers(world);
    start_registers(world);
    error = lx_early_start();
    if (error == GRAFT_OK && world.spawn(run_core_start, nullptr, "lx_init") == nullptr) error = GRAFT_E_NOMEM;
    if (error != GRAFT_OK) stop();
  }
  return error;
}

void stop() {
  stop_timers();
  remove_hooks(*the_world);
  lx_memory_stop();
  the_world = nullptr;
}

graft_error_t wait_until_ready() {
  graft_error_t error = core_ready->wait();
  return error == GRAFT_OK ? core_status : error;
}

namespace {

graft_error_t environment_start(graft_world_t* world, const graft_osenv_t*, const graft_kit_options_t*) {
  return start(*static_cast<World*>(world));
}

void environment_stop(graft_world_t*) { stop(); }

uint32_t environment_counters(graft_counter_t* counters, uint32_t capacity) {
  static_assert(sizeof(graft_counter_t) == sizeof(lx_counter_t));
  if (the_world == nullptr) return 0;
  WorldScope scope(*the_world);
  const graft_counter_t own[] = {{"lx_devices", Instance::count()},
                                 {"lx_register_windows", register_windows()},
                                 {"lx_port_windows", port_windows()}};
  uint32_t count = 0;
  for (const graft_counter_t& counter : own) {
    if (count < capacity) counters[count] = counter;
    ++count;
  }
  uint32_t used = count < capacity ? count : capacity;
  return count + lx_get_counters(reinterpret_cast<lx_counter_t*>(counters + used), capacity - used);
}

}  // namespace
}  // namespace graft::lx

extern "C" constinit const graft_environment_t graft_environment_linux = {
    "linux-6.1",
    graft::lx::environment_start,
    graft::lx::environment_stop,
    graft::lx::environment_counters,
};
