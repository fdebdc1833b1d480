// SPDX-License-Identifier: BSD-2-Clause
// The threaded host climbs the ladder, with QEMU's educational device for interrupts.
#include <graft/ladder.h>

#include <cstdio>

#include "kernels/threaded/host.hpp"
#include "tests/qemu/edu.hpp"

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

int host_main() {
  using namespace graft::threaded;
  graft_ladder_options_t options{};
  options.size_bytes = sizeof options;
  graft::test::Edu edu;
  if (edu.init(*osenv(), option("raise") == "later")) options.device = &edu.ladder_device();
  if (options.device != nullptr) {
    uint32_t line = 0;
    osenv()->irq_route(osenv()->host, options.device->function, options.device->pin, &line);
    printf("edu at %02x:%02x, pin %u, line %u\n", options.device->function >> 8, options.device->function >> 3 & 31,
           options.device->pin, line);
  }
  const MemoryStats before = memory_stats();
  const graft_error_t error = graft_ladder_run(osenv(), &options, report, nullptr);
  const MemoryStats after = memory_stats();
  printf("%s ladder.gives_everything_back: %lu bytes kept\n",
         before.free_bytes <= after.free_bytes + (64 << 10) ? "PASS" : "FAIL", before.free_bytes - after.free_bytes);
  return error == GRAFT_OK ? 0 : 1;
}
