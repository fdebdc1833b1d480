// SPDX-License-Identifier: BSD-2-Clause
#include "tests/cycles/holdings.hpp"

#include <cstdio>
#include <cstring>

#include "kernels/threaded/host.hpp"
#include "tests/cycles/host.hpp"

namespace graft::test {
namespace {

struct Item {
  const char* name;
  uint64_t slack;   ///< what caches may come to hold; 0: nothing is cached
  bool of_drivers;  ///< 0 while no driver is attached
};

/// The environment keeps up to 960 free pages and some empty slabs; a card that stays has its receive ring mapped, full
/// or nearly so, and keeps descriptors of what it sent for the next packets; the kit makes some tables when they are
/// first needed. has_grown() tells such a cache from a leak.
constexpr Item kTable[] = {
    {"host pages", 1100, false},
    {"host register_windows", 0, true},
    {"host port_windows", 0, true},
    {"host lines", 0, true},
    {"host messages", 0, true},
    {"host dma_maps", 300, true},
    {"buffers_in_use", 0, false},
    {"heap_used_bytes", 64, false},
    {"lx_devices", 0, true},
    {"lx_register_windows", 0, true},
    {"lx_port_windows", 0, true},
    {"lx_pages_in_use", 1100, false},
    {"lx_slab_objects", 600, false},
    {"lx_large_bytes", 0, false},
    {"lx_dma_maps_held", 300, true},
    {"lx_dma_coherent_buffers", 0, true},
    {"lx_dma_coherent_pages", 0, true},
    {"lx_interrupt_handlers", 0, true},
    {"lx_interrupt_messages", 0, true},
    {"lx_timers", 4, false},
    {"lx_timers_high_resolution", 0, false},
    {"lx_work_queues", 0, false},
    {"lx_work_queued", 0, false},
    {"lx_work_running", 0, false},
    {"lx_tasks_of_nobody", 0, false},
};

uint64_t value_of(const graft_counter_t* counters, uint32_t count, const char* name) {
  for (uint32_t i = 0; i < count; ++i) {
    if (!strcmp(counters[i].name, name)) return counters[i].value;
  }
  return 0;
}

}  // namespace

Holdings Holdings::take(graft_kit_t* kit) {
  static_assert(sizeof kTable / sizeof *kTable == kItems);
  constexpr uint32_t kMax = 128;
  graft_counter_t counters[kMax];
  uint32_t count = 0;
  graft_kit_get_counters(kit, counters, kMax, &count);
  if (count > kMax) count = kMax;
  const HostHoldings host = host_holdings();
  const uint64_t of_host[] = {host.pages, host.register_windows, host.port_windows,
                              host.lines, host.messages,         host.dma_maps};
  Holdings held;
  for (size_t i = 0; i < kItems; ++i) {
    const char* name = kTable[i].name;
    if (i < sizeof of_host / sizeof *of_host) {
      held.values_[i] = of_host[i];
    } else if (!strcmp(name, "lx_dma_maps_held")) {
      held.values_[i] = value_of(counters, count, "lx_dma_maps") - value_of(counters, count, "lx_dma_unmaps");
    } else if (!strcmp(name, "lx_tasks_of_nobody")) {
      held.values_[i] = value_of(counters, count, "lx_tasks") - value_of(counters, count, "lx_workers_idle");
    } else {
      held.values_[i] = value_of(counters, count, name);
    }
  }
  return held;
}

bool Holdings::is_within(const Holdings& before) const {
  for (size_t i = 0; i < kItems; ++i) {
    if (values_[i] > before.values_[i] + kTable[i].slack) return false;
  }
  return true;
}

Holdings Holdings::settled(graft_kit_t* kit, const Holdings& before) {
  Holdings now = take(kit);
  for (int i = 0; i < 300 && !now.is_within(before); ++i) {
    threaded::sleep_ns(10'000'000);
    now = take(kit);
  }
  return now;
}

bool Holdings::agrees_with(const Holdings& before, const char* when) const {
  for (size_t i = 0; i < kItems; ++i) {
    if (values_[i] <= before.values_[i] + kTable[i].slack) continue;
    printf("%s: %s: %lu, before %lu\n", when, kTable[i].name, values_[i], before.values_[i]);
  }
  return is_within(before);
}

bool Holdings::has_grown(const Holdings& earlier, uint64_t more, const char* when) const {
  bool grown = false;
  for (size_t i = 0; i < kItems; ++i) {
    // The environment's cache of free pages has its own bounds.
    if (i == 0 || values_[i] <= earlier.values_[i] + more) continue;
    printf("%s: %s: %lu without a driver, before %lu\n", when, kTable[i].name, values_[i], earlier.values_[i]);
    grown = true;
  }
  return grown;
}

bool Holdings::is_free_of_drivers(const char* when) const {
  bool free = true;
  for (size_t i = 0; i < kItems; ++i) {
    if (!kTable[i].of_drivers || values_[i] == 0) continue;
    printf("%s: %s: %lu without a driver\n", when, kTable[i].name, values_[i]);
    free = false;
  }
  return free;
}

}  // namespace graft::test
