// SPDX-License-Identifier: BSD-2-Clause
// The cases inside a kernel, on the machine itself: all but those that need the scripted one.
#include <cstdio>
#include <cstring>

#include "kernels/threaded/host.hpp"
#include "tests/emu/runner.h"

namespace {

bool needs_the_lab(const char* name) { return !strncmp(name, "pci.", 4) || !strncmp(name, "interrupt.", 10); }

}  // namespace

int host_main() {
  if (graft_emu_start(graft::threaded::osenv()) != GRAFT_OK) return 1;
  unsigned passed = 0, failed = 0;
  for (uint32_t i = 0; graft_emu_case_name(i) != nullptr; ++i) {
    if (needs_the_lab(graft_emu_case_name(i))) continue;
    const bool fine = graft_emu_run(i) == 0;
    printf("%s %s\n", fine ? "PASS" : "FAIL", graft_emu_case_name(i));
    ++(fine ? passed : failed);
  }
  graft_emu_stop();
  printf("%u passed, %u failed\n", passed, failed);
  return failed == 0 && passed > 30 ? 0 : 1;
}
