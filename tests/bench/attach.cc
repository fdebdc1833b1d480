// SPDX-License-Identifier: BSD-2-Clause
/// Attaches and detaches the driver of the first device that has one, in measured regions, and says what memory it
/// holds: what attaching adds to pages and objects of the Linux environment and to the heap of the kit.
#include <graft/kit.h>

#include <cstdio>
#include <cstring>
#include <graft/bus.hpp>
#include <graft/device.hpp>
#include <graft/etherdev.hpp>
#include <graft/netio.hpp>

#include "kernels/threaded/host.hpp"
#include "tests/bench/marker.h"

namespace {

using namespace graft;

constexpr uint32_t kPasses = 7;
/// Detach leaves work behind that is done later, by RCU, by a worker or by a timer.
constexpr uint64_t kSettleNs = 3'000'000'000;

struct Held {
  long pages, objects, object_bytes, heap_bytes, host_bytes;

  Held operator-(const Held& other) const {
    return {pages - other.pages, objects - other.objects, object_bytes - other.object_bytes,
            heap_bytes - other.heap_bytes, host_bytes - other.host_bytes};
  }
};

Held held(graft_kit_t* kit) {
  constexpr uint32_t kCapacity = 128;
  graft_counter_t counters[kCapacity];
  uint32_t count = 0;
  graft_kit_get_counters(kit, counters, kCapacity, &count);
  auto value = [&](const char* name) {
    for (uint32_t i = 0; i < count && i < kCapacity; ++i) {
      if (!std::strcmp(counters[i].name, name)) return static_cast<long>(counters[i].value);
    }
    std::printf("the kit has no counter %s\n", name);
    threaded::exit(false);
  };
  const threaded::MemoryStats memory = threaded::memory_stats();
  return {value("lx_pages_in_use") + value("lx_dma_coherent_pages"), value("lx_slab_objects"), value("lx_slab_bytes"),
          value("heap_used_bytes"), static_cast<long>(memory.total_bytes - memory.free_bytes)};
}

void print(const char* name, int region, uint64_t virtual_ns, const Held& held) {
  std::printf(
      "[BENCH] region=%d units=1 name=%s virtual_ns=%lu pages=%ld objects=%ld object_bytes=%ld heap_bytes=%ld "
      "host_bytes=%ld\n",
      region, name, virtual_ns, held.pages, held.objects, held.object_bytes, held.heap_bytes, held.host_bytes);
}

bool failed(const char* what, graft_error_t error) {
  if (error != GRAFT_OK) std::printf("%s: %s\n", what, graft_error_name(error));
  return error != GRAFT_OK;
}

graft_kit_t* measure_kit() {
  static graft_kit_t* kit;
  const threaded::MemoryStats before = threaded::memory_stats();
  const uint64_t start_ns = threaded::now_ns();
  GRAFT_BENCH_BEGIN(0);
  graft_error_t error = graft_kit_create(threaded::osenv(), nullptr, &kit);
  GRAFT_BENCH_END(0);
  const uint64_t end_ns = threaded::now_ns();
  if (failed("graft_kit_create", error)) return nullptr;
  threaded::create_thread(
      "world", threaded::kServicePriority, [](void* world) { graft_world_serve(static_cast<graft_world_t*>(world)); },
      graft_kit_world(kit));
  threaded::sleep_ns(kSettleNs);
  Held now = held(kit);
  now.host_bytes -= static_cast<long>(before.total_bytes - before.free_bytes);
  print("kit", 0, end_ns - start_ns, now);
  return kit;
}

/// The first attach also starts the driver's modules and what they rest on, which stay.
bool measure_first(graft_kit_t* kit, graft_device_t* device) {
  const Held before = held(kit);
  const uint64_t start_ns = threaded::now_ns();
  GRAFT_BENCH_BEGIN(1);
  graft_error_t error = graft_device_attach(device, nullptr);
  GRAFT_BENCH_END(1);
  const uint64_t end_ns = threaded::now_ns();
  if (failed("attach", error)) return false;
  threaded::sleep_ns(kSettleNs);
  if (failed("detach", graft_device_detach(device))) return false;
  threaded::sleep_ns(kSettleNs);
  print("first_attach", 1, end_ns - start_ns, held(kit) - before);
  return true;
}

/// Takes packets and drops them.
struct Sink final : Object<Sink, graft_netio_t> {
  graft_error_t push(graft_bufio_t*, size_t) { return GRAFT_OK; }
  graft_error_t alloc_bufio(size_t, graft_bufio_t** out) {
    *out = nullptr;
    return GRAFT_E_NOTSUP;
  }
  void destroy() {}
};

/// Opens an Ethernet interface: its rings and receive buffers come with that, not with attaching.
bool measure_open(graft_kit_t* kit, graft_device_t* device) {
  void* found;
  if (graft_device_get_interface(device, &graft_iid_etherdev, 0, &found) != GRAFT_OK) return true;
  const EtherDev port(Ref<graft_etherdev_t>::adopt(static_cast<graft_etherdev_t*>(found)));
  const Held before = held(kit);
  static Sink sink;
  graft_netio_t* out;
  const uint64_t start_ns = threaded::now_ns();
  GRAFT_BENCH_BEGIN(4);
  Status status = port.open(&sink, nullptr, &out);
  GRAFT_BENCH_END(4);
  const uint64_t end_ns = threaded::now_ns();
  if (failed("open", status.code())) return false;
  threaded::sleep_ns(kSettleNs);
  print("open", 4, end_ns - start_ns, held(kit) - before);
  graft_release(out);
  return !failed("close", port.close().code());
}

bool measure_cycle(graft_kit_t* kit, graft_device_t* device) {
  const Held before = held(kit);
  const uint64_t attach_ns = threaded::now_ns();
  GRAFT_BENCH_BEGIN(2);
  graft_error_t error = graft_device_attach(device, nullptr);
  GRAFT_BENCH_END(2);
  const uint64_t attached_ns = threaded::now_ns();
  if (failed("attach", error)) return false;
  threaded::sleep_ns(kSettleNs);
  print("attach", 2, attached_ns - attach_ns, held(kit) - before);
  if (!measure_open(kit, device)) return false;
  threaded::sleep_ns(kSettleNs);
  const uint64_t detach_ns = threaded::now_ns();
  GRAFT_BENCH_BEGIN(3);
  error = graft_device_detach(device);
  GRAFT_BENCH_END(3);
  const uint64_t detached_ns = threaded::now_ns();
  if (failed("detach", error)) return false;
  threaded::sleep_ns(kSettleNs);
  print("detach", 3, detached_ns - detach_ns, held(kit) - before);
  return true;
}

/// The first device that a driver of the image takes.
Ref<graft_device_t> first_device(graft_kit_t* kit) {
  graft_bus_t* bus = graft_kit_pci_bus(kit);
  for (uint32_t i = 0; i < graft_bus_get_device_count(bus); ++i) {
    Ref<graft_device_t> device;
    graft_device_info_t info;
    if (graft_bus_get_device(bus, i, device.out()) != GRAFT_OK) break;
    graft_device_get_info(device.get(), &info);
    for (uint32_t k = 0; graft_driver_t* driver = graft_kit_driver(kit, k); ++k) {
      if (graft_driver_matches(driver, &info)) return device;
    }
  }
  std::printf("no device that a driver takes\n");
  return {};
}

}  // namespace

int host_main() {
  graft_kit_t* kit = measure_kit();
  if (kit == nullptr) return 1;
  const Ref<graft_device_t> device = first_device(kit);
  if (!device || !measure_first(kit, device.get())) return 1;
  for (uint32_t pass = 0; pass < kPasses; ++pass) {
    if (!measure_cycle(kit, device.get())) return 1;
  }
  return 0;
}
