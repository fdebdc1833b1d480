// SPDX-License-Identifier: BSD-2-Clause
#include "tests/qemu/ladder_climb.hpp"

#include <graft/ladder.h>

#include <cstdio>

#include "kernels/support/program.hpp"
#include "tests/qemu/edu.hpp"

namespace graft::test {
namespace {

void report(void*, const graft_ladder_result_t* result) {
  static const char* const kWords[] = {"begun", "PASS", "SKIP", "FAIL"};
  if (result->status == GRAFT_LADDER_BEGUN) return;
  printf("%s ladder.%s", kWords[result->status], result->rung);
  if (result->text != nullptr)
    printf(": %s%s%s", result->callback ? result->callback : "", result->callback ? ": " : "", result->text);
  printf("\n");
}

}  // namespace

bool climb(const graft_osenv_t& env, bool (*was_woken)(void* arg)) {
  using namespace support;
  graft_ladder_options_t options{};
  options.size_bytes = sizeof options;
  options.was_woken = was_woken;
  Edu edu;
  if (edu.init(env, option("raise") == "later")) options.device = &edu.ladder_device();
  if (options.device != nullptr) {
    uint32_t line = 0;
    env.irq_route(env.host, options.device->function, options.device->pin, &line);
    printf("edu at %02x:%02x, pin %u, line %u\n", options.device->function >> 8, options.device->function >> 3 & 31,
           options.device->pin, line);
  }
  const MemoryStats before = memory_stats();
  const graft_error_t error = graft_ladder_run(&env, &options, report, nullptr);
  const MemoryStats after = memory_stats();
  printf("%s ladder.gives_everything_back: %lu bytes kept\n",
         before.free_bytes <= after.free_bytes + (64 << 10) ? "PASS" : "FAIL", before.free_bytes - after.free_bytes);
  return error == GRAFT_OK;
}

}  // namespace graft::test
