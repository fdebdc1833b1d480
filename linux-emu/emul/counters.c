// SPDX-License-Identifier: GPL-2.0-only
// The environment's counters, for /status and for tests that look for leaks.
#include <linux/kernel.h>
#include <linux/types.h>

#include "linux-emu/boundary/environment.h"
#include "linux-emu/emul/dma.h"
#include "linux-emu/emul/log.h"
#include "linux-emu/emul/memory.h"
#include "linux-emu/emul/stubs.h"
#include "linux-emu/emul/task.h"

uint32_t lx_get_counters(lx_counter_t* counters, uint32_t capacity) {
  const lx_counter_t values[] = {
      {"lx_pages_in_use", lx_memory.pages_in_use},
      {"lx_pages_cached", lx_memory.pages_cached},
      {"lx_slab_objects", lx_memory.slab_objects},
      {"lx_slab_bytes", lx_memory.slab_bytes},
      {"lx_large_bytes", lx_memory.large_bytes},
      {"lx_allocations_failed", lx_memory.failed},
      {"lx_host_page_calls", lx_memory.host_page_calls},
      {"lx_tasks", lx_tasks_alive},
      {"lx_dma_maps", lx_dma.maps},
      {"lx_dma_unmaps", lx_dma.unmaps},
      {"lx_dma_bounces", lx_dma.bounces},
      {"lx_dma_coherent_pages", lx_dma.coherent_pages},
      {"lx_warnings", lx_warnings},
      {"lx_sleeps_in_atomic", lx_sleeps_in_atomic},
  };
  const struct lx_stub* stub;
  uint32_t count = 0;
  size_t i;

  for (i = 0; i < ARRAY_SIZE(values); ++i, ++count) {
    if (count < capacity) counters[count] = values[i];
  }
  // A stub that nobody reached is no news.
  for (stub = lx_stubs; stub < lx_stubs + lx_stub_count; ++stub) {
    if (!*stub->calls) continue;
    if (count < capacity) counters[count] = (lx_counter_t){stub->name, *stub->calls};
    ++count;
  }
  return count;
}
