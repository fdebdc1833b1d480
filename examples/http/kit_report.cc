// SPDX-License-Identifier: BSD-2-Clause
#include "examples/http/kit_report.hpp"

#include <algorithm>
#include <graft/asyncblk.hpp>
#include <graft/blkio.hpp>
#include <graft/bus.hpp>
#include <graft/device.hpp>
#include <graft/etherdev.hpp>

namespace graft::http {

namespace {

constexpr uint32_t kMaxCounters = 64;

struct NamedClass {
  uint32_t code;  ///< class << 8 | subclass
  const char* name;
};

// PCI Code and ID Assignment Specification, revision 1.11, chapter 1. 0xff stands for any subclass.
constexpr NamedClass kClasses[] = {
    {0x0101, "IDE controller"},
    {0x0106, "SATA controller"},
    {0x0108, "NVMe controller"},
    {0x01ff, "storage controller"},
    {0x0200, "Ethernet controller"},
    {0x02ff, "network controller"},
    {0x03ff, "display controller"},
    {0x04ff, "multimedia device"},
    {0x05ff, "memory controller"},
    {0x0600, "host bridge"},
    {0x0601, "ISA bridge"},
    {0x0604, "PCI bridge"},
    {0x06ff, "bridge"},
    {0x07ff, "communication controller"},
    {0x08ff, "system device"},
    {0x09ff, "input device"},
    {0x0c03, "USB controller"},
    {0x0c05, "SMBus controller"},
    {0x0cff, "serial bus controller"},
    {0x00ff, "device"},
};

const char* class_name(uint32_t class_code) {
  const uint32_t wanted = class_code >> 8 & 0xffff;
  for (const NamedClass& entry : kClasses) {
    if (entry.code == wanted || ((entry.code & 0xff) == 0xff && entry.code >> 8 == wanted >> 8)) return entry.name;
  }
  return "device";
}

const char* state_name(uint32_t state) {
  switch (state) {
    case GRAFT_DEVICE_UNBOUND:
      return "no driver";
    case GRAFT_DEVICE_ATTACHING:
      return "attaching";
    case GRAFT_DEVICE_ATTACHED:
      return "attached";
    case GRAFT_DEVICE_DETACHING:
      return "detaching";
    case GRAFT_DEVICE_FAILED:
      return "failed";
    case GRAFT_DEVICE_GONE:
      return "gone";
    default:
      return "?";
  }
}

void append_interfaces(Text& out, graft_device_t* device) {
  static constexpr struct {
    const graft_iid_t* iid;
    const char* name;
  } kInterfaces[] = {
      {&graft_iid_etherdev, "etherdev"},
      {&graft_iid_blkio, "blkio"},
      {&graft_iid_asyncblk, "asyncblk"},
  };
  for (const auto& known : kInterfaces) {
    void* found = nullptr;
    if (graft_device_get_interface(device, known.iid, 0, &found) != GRAFT_OK) continue;
    graft_release(found);
    if (out.length()) out << ' ';
    out << known.name;
  }
}

void append_id(Text& out, const graft_device_info_t& info) {
  out.hex(info.vendor, 4) << ':';
  out.hex(info.device, 4);
}

}  // namespace

template <class Visit>
void KitReport::for_each_device(Visit visit) {
  graft_bus_t* bus = graft_kit_pci_bus(kit_);
  const uint32_t count = graft_bus_get_device_count(bus);
  for (uint32_t i = 0; i < count; ++i) {
    Ref<graft_device_t> device;
    if (graft_bus_get_device(bus, i, device.out()) != GRAFT_OK) continue;
    graft_device_info_t info;
    graft_device_get_info(device.get(), &info);
    visit(info, device.get());
  }
}

void KitReport::log_devices() {
  Text line(host_);
  for_each_device([&](const graft_device_info_t& info, graft_device_t* device) {
    line.reset();
    line << "  " << info.location << "  ";
    append_id(line, info);
    line << "  " << class_name(info.class_code) << "  ";
    if (info.state == GRAFT_DEVICE_ATTACHED) {
      Text interfaces(host_);
      append_interfaces(interfaces, device);
      line << "<- " << info.driver << " (" << interfaces.view() << ')';
    } else if (info.state == GRAFT_DEVICE_FAILED) {
      line << "failed: " << graft_error_name(info.attach_error);
    } else {
      line << state_name(info.state);
    }
    host_.log(GRAFT_LOG_INFO, line.view());
  });
}

void KitReport::report(Report& out) {
  report_devices(out);
  report_drivers(out);
  report_world(out);
  report_counters(out);
  if (host_facts_) host_facts_(out);
}

void KitReport::report_devices(Report& out) {
  out.begin_table("devices", "Devices", {"location", "id", "class", "driver", "state", "error", "interfaces"});
  for_each_device([&](const graft_device_info_t& info, graft_device_t* device) {
    Text id(host_);
    append_id(id, info);
    Text interfaces(host_);
    append_interfaces(interfaces, device);
    const char* error = info.attach_error == GRAFT_OK ? "" : graft_error_name(info.attach_error);
    out.row({info.location, id.view(), class_name(info.class_code), info.driver, state_name(info.state), error,
             interfaces.view()});
  });
  out.end_table();

  out.begin_table("device_counters", "Counters of devices", {"location", "counter", "value"});
  for_each_device([&](const graft_device_info_t& info, graft_device_t* device) {
    if (info.state != GRAFT_DEVICE_ATTACHED) return;
    graft_counter_t counters[kMaxCounters];
    uint32_t count = 0;
    graft_device_get_counters(device, counters, kMaxCounters, &count);
    for (uint32_t i = 0; i < std::min(count, kMaxCounters); ++i) {
      out.row({info.location, counters[i].name, counters[i].value});
    }
  });
  out.end_table();
}

void KitReport::report_drivers(Report& out) {
  out.begin_table("drivers", "Drivers in this image", {"name", "origin", "class", "licence"});
  for (uint32_t i = 0; graft_driver_t* driver = graft_kit_driver(kit_, i); ++i) {
    graft_driver_info_t info;
    graft_driver_get_info(driver, &info);
    out.row({info.name, info.origin, info.category, info.licence});
  }
  out.end_table();
}

void KitReport::report_world(Report& out) {
  graft_world_stats_t s;
  graft_world_get_stats(graft_kit_world(kit_), &s);
  out.begin_facts("world", "World");
  out.fact("driver_set", graft_kit_set_name());
  out.fact("fibers_alive", s.fibers_alive);
  out.fact("fibers_created", s.fibers_created);
  out.fact("fiber_switches", s.fiber_switches);
  out.fact("interrupts", s.interrupts);
  out.fact("interrupts_spurious", s.interrupts_spurious);
  out.fact("timers_expired", s.timers_expired);
  out.fact("executor_waits", s.executor_waits);
  out.fact("upcalls", s.upcalls);
  Text code(host_);
  code.hex(s.longest_busy_wait_at, 16);
  out.fact("longest_busy_wait_ns", s.longest_busy_wait_ns,
           "longest time that a driver kept the processor waiting for its device");
  out.fact("longest_busy_wait_at", code.view(), "where that was; addr2line -fie IMAGE ADDRESS names it");
  out.fact("stack_bytes", s.stack_bytes);
  out.end_facts();
}

void KitReport::report_counters(Report& out) {
  graft_counter_t counters[kMaxCounters];
  uint32_t count = 0;
  graft_kit_get_counters(kit_, counters, kMaxCounters, &count);
  out.begin_facts("kit", "Kit");
  for (uint32_t i = 0; i < std::min(count, kMaxCounters); ++i) out.fact(counters[i].name, counters[i].value);
  out.end_facts();
}

}  // namespace graft::http
