// SPDX-License-Identifier: BSD-2-Clause
// Attaches and detaches every device that has a driver, again and again: at rest, and with each allocation failing in
// turn. Afterwards the donors hold exactly what they held before.
//   rounds=N      how often at rest (default 20)
//   faults=N      how many allocations are made to fail in turn (default 400; ends earlier when attach needs fewer)
#include <graft/kit.h>

#include <cstdio>
#include <cstring>
#include <graft/bus.hpp>
#include <graft/device.hpp>

#include "kernels/threaded/host.hpp"
#include "tests/emu/fault_hook.h"
#include "tests/qemu/kit.hpp"

using namespace graft;
using namespace graft::test;

namespace {

graft_kit_t* kit;
unsigned failures;

/// What must not grow. Slabs keep pages for a while, so pages count only where a loop would show.
struct Held {
  uint64_t slab_objects, large_bytes, tasks, coherent_pages, live_maps;

  /// The donor keeps packet descriptors in a cache of its own that it fills in lots of 16: so many more are no leak,
  /// and the rounds are more than that.
  bool is_within(const Held& other) const {
    return slab_objects <= other.slab_objects + 16 && large_bytes <= other.large_bytes && tasks <= other.tasks &&
           coherent_pages == other.coherent_pages && live_maps == other.live_maps;
  }
};

Held held() {
  graft_counter_t counters[96];
  uint32_t count = 0;
  graft_kit_get_counters(kit, counters, 96, &count);
  Held result{};
  uint64_t maps = 0, unmaps = 0;
  for (uint32_t i = 0; i < count && i < 96; ++i) {
    const char* name = counters[i].name;
    const char* tail = strstr(name, "lx_");
    if (tail == nullptr) continue;
    if (!strcmp(tail, "lx_slab_objects")) result.slab_objects = counters[i].value;
    if (!strcmp(tail, "lx_large_bytes")) result.large_bytes = counters[i].value;
    if (!strcmp(tail, "lx_tasks")) result.tasks = counters[i].value;
    if (!strcmp(tail, "lx_dma_coherent_pages")) result.coherent_pages = counters[i].value;
    if (!strcmp(tail, "lx_dma_maps")) maps = counters[i].value;
    if (!strcmp(tail, "lx_dma_unmaps")) unmaps = counters[i].value;
  }
  result.live_maps = maps - unmaps;
  return result;
}

/// Says what is held once it is no more than before, or else after some seconds: detach leaves work behind that is done
/// later, by RCU, by a worker or by a timer.
Held settled(const Held& before) {
  Held now = held();
  for (int i = 0; i < 300 && !now.is_within(before); ++i) {
    threaded::sleep_ns(10'000'000);
    now = held();
  }
  return now;
}

void compare(const char* what, const char* driver, unsigned round, const Held& before) {
  const Held after = settled(before);
  if (after.is_within(before)) return;
  ++failures;
  printf("FAIL %s %s, round %u: objects %+ld large %+ld tasks %+ld coherent %+ld maps %+ld\n", driver, what, round,
         static_cast<long>(after.slab_objects - before.slab_objects),
         static_cast<long>(after.large_bytes - before.large_bytes), static_cast<long>(after.tasks - before.tasks),
         static_cast<long>(after.coherent_pages - before.coherent_pages),
         static_cast<long>(after.live_maps - before.live_maps));
}

void exercise(graft_device_t* device) {
  graft_device_info_t info;
  graft_device_get_info(device, &info);
  if (info.driver[0] == 0) return;
  char driver[32];
  memcpy(driver, info.driver, sizeof(driver));

  // Twice, so that what stays for ever (lazily made caches) is there.
  for (int i = 0; i < 2; ++i) {
    if (graft_error_t error = graft_device_detach(device); error != GRAFT_OK) {
      printf("FAIL %s detach: %s\n", driver, graft_error_name(error));
      ++failures;
      return;
    }
    if (i == 0) graft_device_attach(device, driver);
  }
  threaded::sleep_ns(3'000'000'000);
  const Held rest = held();

  const auto rounds = static_cast<unsigned>(number_option("rounds", 20));
  for (unsigned round = 0; round < rounds; ++round) {
    graft_error_t error = graft_device_attach(device, driver);
    if (error == GRAFT_OK) error = graft_device_detach(device);
    if (error != GRAFT_OK) {
      printf("FAIL %s, round %u: %s\n", driver, round, graft_error_name(error));
      ++failures;
      return;
    }
  }
  compare("after attach and detach", driver, rounds, rest);

  unsigned survived = 0, refused = 0;
  const auto faults = static_cast<unsigned>(number_option("faults", 400));
  for (unsigned nth = 1; nth <= faults && survived < 8; ++nth) {
    graft_emu_fail_allocations(nth, 1);
    graft_error_t error = graft_device_attach(device, driver);
    graft_emu_fail_allocations(0, 0);
    if (error == GRAFT_OK) {
      ++survived;
      error = graft_device_detach(device);
      if (error != GRAFT_OK) printf("FAIL %s detach after fault %u: %s\n", driver, nth, graft_error_name(error));
    } else {
      ++refused;
    }
    compare("with a failed allocation", driver, nth, rest);
    if (failures > 20) return;
  }
  printf("%s: %u attaches refused for want of memory, %u survived it\n", driver, refused, survived);
  if (refused == 0 && faults != 0) ++failures;
  const graft_error_t error = graft_device_attach(device, driver);
  printf("%s %s works afterwards\n", error == GRAFT_OK ? "PASS" : "FAIL", driver);
  if (error != GRAFT_OK) ++failures;
}

}  // namespace

int host_main() {
  kit = start_kit();
  const Ref<graft_bus_t> bus = Ref<graft_bus_t>::share(graft_kit_pci_bus(kit));
  for (uint32_t i = 0; i < graft_bus_get_device_count(bus.get()); ++i) {
    Ref<graft_device_t> device;
    if (graft_bus_get_device(bus.get(), i, device.out()) == GRAFT_OK) exercise(device.get());
  }
  printf("%u failures\n", failures);
  return failures == 0 ? 0 : 1;
}
