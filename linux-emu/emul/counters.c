// SPDX-License-Identifier: GPL-2.0-only
// The environment's counters, for /status and for tests that look for leaks.
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/irqnr.h>
#include <linux/kernel.h>
#include <linux/msi.h>
#include <linux/types.h>

#include "linux-emu/boundary/environment.h"
#include "linux-emu/emul/dma.h"
#include "linux-emu/emul/log.h"
#include "linux-emu/emul/memory.h"
#include "linux-emu/emul/stubs.h"
#include "linux-emu/emul/task.h"
#include "linux-emu/emul/time.h"
#include "linux-emu/emul/work.h"

// Of the donor's high-resolution timers, which declare it for themselves alone.
DECLARE_PER_CPU(struct hrtimer_cpu_base, hrtimer_bases);

static unsigned long count_high_resolution_timers(void) {
  unsigned long count = 0;
  int clock;

  for (clock = 0; clock < HRTIMER_MAX_CLOCK_BASES; ++clock) {
    struct rb_node* node = rb_first_cached(&this_cpu_ptr(&hrtimer_bases)->clock_base[clock].active.rb_root);

    for (; node; node = rb_next(node)) ++count;
  }
  return count;
}

/// Handlers that drivers have requested, of lines and of messages; one that shares its line counts for itself.
static unsigned long count_interrupt_handlers(void) {
  const struct irqaction* action;
  struct irq_desc* desc;
  unsigned long count = 0;
  int irq;

  for_each_irq_desc(irq, desc) {
    for (action = desc->action; action; action = action->next) ++count;
  }
  return count;
}

static unsigned long count_messages(void) {
  struct irq_desc* desc;
  unsigned long count = 0;
  int irq;

  for_each_irq_desc(irq, desc) {
    if (irq_data_get_msi_desc(irq_desc_get_irq_data(desc))) ++count;
  }
  return count;
}

uint32_t lx_get_counters(lx_counter_t* counters, uint32_t capacity) {
  struct lx_work_counts work;
  lx_work_count(&work);
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
      {"lx_dma_coherent_buffers", lx_dma.coherent_buffers},
      {"lx_dma_bounces", lx_dma.bounces},
      {"lx_dma_coherent_pages", lx_dma.coherent_pages},
      {"lx_interrupt_handlers", count_interrupt_handlers()},
      {"lx_interrupt_messages", count_messages()},
      {"lx_timers", lx_timer_wheel_count()},
      {"lx_timers_high_resolution", count_high_resolution_timers()},
      {"lx_work_queues", work.queues},
      {"lx_work_queued", work.queued},
      {"lx_work_running", work.running},
      {"lx_workers_idle", work.idle_workers},
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
