// SPDX-License-Identifier: BSD-2-Clause
// On the event loop host, drivers come and go again and again, each time by a Call, and nothing ever waits.
#include <graft/kit.h>

#include <cstdio>
#include <cstring>
#include <graft/bus.hpp>
#include <graft/device.hpp>

#include "kernels/eventloop/host.hpp"

using namespace graft;
using namespace graft::eventloop;

namespace {

constexpr int kRounds = 20;
constexpr uint32_t kMaxDevices = 32;

graft_kit_t* g_kit;
Ref<graft_device_t> g_devices[kMaxDevices];
uint32_t g_device_count;
uint32_t g_next;  ///< device
int g_round;
int g_calls, g_ends;
uint64_t g_in_use_first;
Call g_call;

void require(bool holds, const char* rule) {
  if (holds) return;
  printf("FAIL %s\n", rule);
  exit(false);
}

uint64_t counter(const char* name) {
  graft_counter_t counters[64];
  uint32_t count = 0;
  graft_kit_get_counters(g_kit, counters, 64, &count);
  for (uint32_t i = 0; i < count && i < 64; ++i) {
    if (strcmp(counters[i].name, name) == 0) return counters[i].value;
  }
  require(false, name);
  return 0;
}

graft_device_info_t info_of(uint32_t index) {
  graft_device_info_t info;
  graft_device_get_info(g_devices[index].get(), &info);
  return info;
}

void start(Call::Function fn, Call::Done done) {
  ++g_calls;
  require(g_call.start(fn, nullptr, done) == GRAFT_OK, "a call can be started");
}

void ended(graft_error_t status, const char* what) {
  ++g_ends;
  require(status == GRAFT_OK, what);
  require(g_ends == g_calls, "each call ends once");
}

void detach_all();

void destroyed(void*, graft_error_t status) {
  ended(status, "detach_all");
  for (Ref<graft_device_t>& device : g_devices) device.reset();
  run_world(nullptr);
  require(graft_kit_destroy(g_kit) == GRAFT_OK, "the kit goes");
  require(loop_stats().parks == 0, "thread_park is never called");
  printf("PASS drivers_come_and_go: %d calls, longest run of the world %lu us\n", g_calls,
         loop_stats().longest_world_run_ns / 1000);
  exit(true);
}

void round_over() {
  const uint64_t in_use = counter("lx_pages_in_use");
  if (g_round == 2) g_in_use_first = in_use;
  if (++g_round < kRounds) return detach_all();
  printf("pages in use: %lu after two rounds, %lu after %d\n", g_in_use_first, in_use, kRounds);
  // A leak in any driver's round would show as a page every few rounds; a slab may fill one more.
  require(in_use < g_in_use_first + kRounds / 4, "rounds leave nothing behind");
  start([](void*) { return graft_kit_detach_all(g_kit); }, destroyed);
}

graft_error_t attach_next(void*) { return graft_device_attach(g_devices[g_next].get(), nullptr); }
graft_error_t detach_next(void*) { return graft_device_detach(g_devices[g_next].get()); }

void attached(void*, graft_error_t status) {
  ended(status, "attach");
  require(info_of(g_next).state == GRAFT_DEVICE_ATTACHED, "it is attached");
  if (++g_next < g_device_count) return start(attach_next, attached);
  round_over();
}

void detached(void*, graft_error_t status) {
  ended(status, "detach");
  require(info_of(g_next).state == GRAFT_DEVICE_UNBOUND, "it is detached");
  if (++g_next < g_device_count) return start(detach_next, detached);
  g_next = 0;
  start(attach_next, attached);
}

void detach_all() {
  g_next = 0;
  start(detach_next, detached);
}

void probed(void*, graft_error_t status) {
  ended(status, "probe");
  graft_bus_t* const bus = graft_kit_pci_bus(g_kit);
  for (uint32_t i = 0; i < graft_bus_get_device_count(bus); ++i) {
    Ref<graft_device_t>& device = g_devices[g_device_count];
    require(graft_bus_get_device(bus, i, device.out()) == GRAFT_OK, "get_device");
    if (info_of(g_device_count).state != GRAFT_DEVICE_ATTACHED) continue;
    printf("device %s %s\n", info_of(g_device_count).location, info_of(g_device_count).driver);
    require(++g_device_count < kMaxDevices, "there are few devices");
  }
  require(g_device_count > 0, "a driver is attached");
  detach_all();
}

}  // namespace

void host_start() {
  require(graft_kit_create(osenv(), nullptr, &g_kit) == GRAFT_OK, "creating the kit");
  run_world(graft_kit_world(g_kit));
  start(
      [](void*) {
        uint32_t attached;
        return graft_bus_probe(graft_kit_pci_bus(g_kit), &attached);
      },
      probed);
}
