// SPDX-License-Identifier: BSD-2-Clause
#include "examples/http/threaded/system_report.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <graft/ref.hpp>

#include "kernels/threaded/host.hpp"

namespace graft::http {

namespace {

constexpr uint32_t kMaxCounters = 64;

const char* state_name(uint32_t state) {
  constexpr const char* kNames[] = {"no driver", "attaching", "attached", "detaching", "failed", "gone"};
  return state < std::size(kNames) ? kNames[state] : "unknown";
}

/// Calls visit(info, device) for each device of the PCI bus.
template <class Visit>
void for_each_device(graft_kit_t* kit, Visit visit) {
  graft_bus_t* bus = graft_kit_pci_bus(kit);
  Ref<graft_device_t> device;
  for (uint32_t i = 0; graft_bus_get_device(bus, i, device.out()) == GRAFT_OK; ++i) {
    graft_device_info_t info;
    graft_device_get_info(device.get(), &info);
    visit(info, device.get());
  }
}

struct Identity {
  char text[16];
  explicit Identity(const graft_device_info_t& info) {
    snprintf(text, sizeof text, "%04x:%04x", info.vendor, info.device);
  }
};

}  // namespace

void SystemReport::print_devices() const {
  for_each_device(kit_, [](const graft_device_info_t& info, graft_device_t*) {
    const bool failed = info.state == GRAFT_DEVICE_FAILED;
    printf("  %-12s %s class %06x  %s%s%s\n", info.location, Identity(info).text, info.class_code,
           info.driver[0] ? info.driver : state_name(info.state), failed ? ": " : "",
           failed ? graft_error_name(info.attach_error) : "");
  });
}

void SystemReport::report(Report& out) {
  report_devices(out);
  report_drivers(out);
  report_counters(out);
  report_memory(out);
}

void SystemReport::report_devices(Report& out) const {
  out.begin_table("devices", "Devices", {"location", "id", "class", "driver", "state", "error"});
  for_each_device(kit_, [&](const graft_device_info_t& info, graft_device_t*) {
    char device_class[8];
    snprintf(device_class, sizeof device_class, "%06x", info.class_code);
    const bool failed = info.state == GRAFT_DEVICE_FAILED;
    out.row({info.location, Identity(info).text, device_class, info.driver[0] ? info.driver : "none",
             state_name(info.state), failed ? graft_error_name(info.attach_error) : ""});
  });
  out.end_table();
}

void SystemReport::report_drivers(Report& out) const {
  out.begin_table("drivers", "Drivers of this image", {"name", "origin", "class", "licence"});
  for (uint32_t i = 0; graft_driver_t* driver = graft_kit_driver(kit_, i); ++i) {
    graft_driver_info_t info;
    graft_driver_get_info(driver, &info);
    out.row({info.name, info.origin, info.category, info.licence});
  }
  out.end_table();
}

void SystemReport::report_counters(Report& out) const {
  graft_counter_t counters[kMaxCounters];
  uint32_t count;
  graft_kit_get_counters(kit_, counters, kMaxCounters, &count);
  out.begin_facts("kit", "Kit");
  out.fact("set", graft_kit_set_name());
  for (uint32_t i = 0; i < std::min(count, kMaxCounters); ++i) out.fact(counters[i].name, counters[i].value);
  out.end_facts();

  for_each_device(kit_, [&](const graft_device_info_t& info, graft_device_t* device) {
    graft_device_get_counters(device, counters, kMaxCounters, &count);
    if (info.driver[0] == 0 || count == 0) return;
    char key[24];
    snprintf(key, sizeof key, "device %s", info.location);
    out.begin_facts(key, key);
    out.fact("driver", info.driver);
    for (uint32_t i = 0; i < std::min(count, kMaxCounters); ++i) out.fact(counters[i].name, counters[i].value);
    out.end_facts();
  });

  graft_world_stats_t w;
  graft_world_get_stats(graft_kit_world(kit_), &w);
  out.begin_facts("world", "World");
  out.fact("fiber_switches", w.fiber_switches);
  out.fact("fibers_alive", w.fibers_alive);
  out.fact("fibers_created", w.fibers_created);
  out.fact("interrupts", w.interrupts);
  out.fact("interrupts_spurious", w.interrupts_spurious);
  out.fact("timers_expired", w.timers_expired);
  out.fact("executor_waits", w.executor_waits);
  out.fact("upcalls", w.upcalls);
  out.fact("longest_busy_wait_ns", w.longest_busy_wait_ns);
  out.fact("stack_bytes", w.stack_bytes);
  out.end_facts();
}

void SystemReport::report_memory(Report& out) const {
  const threaded::MemoryStats m = threaded::memory_stats();
  out.begin_facts("memory", "Memory");
  out.fact("total_bytes", m.total_bytes);
  out.fact("used_bytes", m.total_bytes - m.free_bytes);
  out.fact("free_bytes", m.free_bytes);
  out.fact("lowest_free_bytes", m.lowest_free_bytes);
  out.fact("heap_bytes", m.heap_bytes);
  out.end_facts();
}

}  // namespace graft::http
