/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef GRAFT_ASM_TIMEX_H
#define GRAFT_ASM_TIMEX_H

typedef unsigned long cycles_t;

static inline cycles_t get_cycles(void) {
  unsigned int low, high;
  asm volatile("rdtsc" : "=a"(low), "=d"(high));
  return low | ((unsigned long)high << 32);
}
#define get_cycles get_cycles
#define CLOCK_TICK_RATE 1193182

#include <asm-generic/timex.h>

#endif
