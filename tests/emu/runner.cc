// SPDX-License-Identifier: BSD-2-Clause
#include "tests/emu/runner.h"

#include "glue/world/world.hpp"
#include "linux-emu/boundary/driver.h"
#include "linux-emu/boundary/environment.h"
#include "linux-emu/boundary/host.h"
#include "linux-emu/kit/environment.hpp"
#include "tests/emu/case.h"

namespace {

struct Group {
  const char* name;
  const lx_case* cases;
};

const Group kGroups[] = {
    {"memory", lx_cases_memory}, {"time", lx_cases_time},           {"work", lx_cases_work},
    {"thread", lx_cases_thread}, {"softirq", lx_cases_softirq},     {"dma", lx_cases_dma},
    {"pci", lx_cases_pci},       {"interrupt", lx_cases_interrupt}, {"boundary", lx_cases_boundary},
};

graft::World* world;
uint32_t failures;
char name[128];

const lx_case* find(uint32_t index, const char** out_group) {
  for (const Group& group : kGroups) {
    *out_group = group.name;
    for (const lx_case* c = group.cases; c->name != nullptr; ++c) {
      if (index-- == 0) return c;
    }
  }
  return nullptr;
}

char* append(char* to, const char* text) {
  while (*text != 0 && to < name + sizeof(name) - 1) *to++ = *text++;
  *to = 0;
  return to;
}

graft_error_t run_case(void* arg) {
  static_cast<const lx_case*>(arg)->run();
  return GRAFT_OK;
}

graft_error_t start_core(void*) {
  graft_error_t error = graft::lx::wait_until_ready();
  return error == GRAFT_OK ? lx_error(lx_net_core_start()) : error;
}

}  // namespace

extern "C" {

void lx_check_failed(const char* file, int line, const char* text) {
  char digits[12];
  char* digit = digits + sizeof(digits);
  *--digit = 0;
  for (unsigned rest = static_cast<unsigned>(line); rest != 0; rest /= 10)
    *--digit = static_cast<char>('0' + rest % 10);
  ++failures;
  world->host().log(GRAFT_LOG_ERROR, file, ":");
  world->host().log(GRAFT_LOG_ERROR, digit, ": failed: ", text);
}

graft_error_t graft_emu_start(const graft_osenv_t* env) {
  graft_error_t error = graft::World::create(env, &world);
  if (error != GRAFT_OK) return error;
  world->enter();
  error = graft::lx::start(*world);
  world->leave();
  if (error == GRAFT_OK) error = world->run_here(start_core, nullptr);
  return error;
}

void graft_emu_stop(void) {
  world->enter();
  graft::lx::stop();
  world->leave();
  world->destroy();
  world = nullptr;
}

const char* graft_emu_case_name(uint32_t index) {
  const char* group;
  const lx_case* c = find(index, &group);
  if (c == nullptr) return nullptr;
  append(append(append(name, group), "."), c->name);
  return name;
}

uint32_t graft_emu_run(uint32_t index) {
  const char* group;
  const lx_case* c = find(index, &group);
  failures = 0;
  if (c == nullptr || world->run_here(run_case, const_cast<lx_case*>(c)) != GRAFT_OK) ++failures;
  return failures;
}

uint64_t graft_emu_fibers_alive(void) {
  graft_world_stats_t stats;
  world->get_stats(&stats);
  return stats.fibers_alive;
}
}
