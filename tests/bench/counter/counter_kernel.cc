// SPDX-License-Identifier: BSD-2-Clause
// Regions whose counts are known: what the counter says of them must be right to the instruction.
#include <cstdint>
#include <cstdio>

#include "kernels/support/paging.hpp"
#include "kernels/support/start.hpp"
#include "tests/bench/marker.h"

namespace {

// Q35's event timer: the interrupt controllers' registers are counted apart, these are not.
constexpr uint64_t kEventTimer = 0xfed00000;
constexpr uint64_t kEventTimerBytes = 0x400;

unsigned char bytes[64];

}  // namespace

int kernel_main() {
  GRAFT_BENCH_BEGIN(0);
  asm volatile(".rept 1000\n nop\n .endr");
  GRAFT_BENCH_END(0);
  std::printf("[BENCH] region=0 units=1000 name=nops\n");

  for (int pass = 0; pass < 2; ++pass) {
    void* to = bytes;
    uint64_t count = sizeof bytes;
    uint8_t value = 0;
    // Everything is in its register before the region begins.
    asm volatile("" : "+D"(to), "+c"(count), "+a"(value));
    GRAFT_BENCH_BEGIN(1);
    asm volatile("rep stosb" : "+D"(to), "+c"(count) : "a"(value) : "memory");
    GRAFT_BENCH_END(1);
    std::printf("[BENCH] region=1 units=1 name=rep\n");
  }

  void* va;
  if (graft::support::map_device(kEventTimer, kEventTimerBytes, false, &va) != GRAFT_OK) return 1;
  auto* registers = static_cast<volatile uint32_t*>(va);
  GRAFT_BENCH_BEGIN(2);
  uint32_t period = registers[1];
  registers[0] = registers[0];
  GRAFT_BENCH_END(2);
  std::printf("[BENCH] region=2 units=1 name=registers\n");
  return period ? 0 : 1;
}
