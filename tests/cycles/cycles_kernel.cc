// SPDX-License-Identifier: BSD-2-Clause
// Drivers that come and go: the devices of one kind are detached and attached again and again, at rest and under
// traffic, or are pulled out. The last of several cards is the peer of the others and stays.
//   do=cycles|removal   what happens to them
//   rounds=N            cycles of each kind (default 100)
//   registers=slow      through calls of the host, so that a removal is seen by the kit
//   dma=counted         the host maps memory for devices and counts what is mapped
#include <cstdio>
#include <cstring>
#include <graft/bus.hpp>
#include <graft/device.hpp>
#include <graft/etherdev.hpp>
#include <initializer_list>

#include "kernels/threaded/host.hpp"
#include "tests/cycles/holdings.hpp"
#include "tests/cycles/host.hpp"
#include "tests/cycles/traffic.hpp"
#include "tests/qemu/kernel_test.hpp"
#include "tests/qemu/kit.hpp"
#include "tests/qemu/pattern.hpp"

using namespace graft;
using namespace graft::test;

namespace {

constexpr uint32_t kMaxDevices = 10;
constexpr uint64_t kMillisecondNs = 1'000'000;
constexpr uint64_t kGoneWithinNs = 5'000'000'000;

graft_kit_t* g_kit;
char g_driver[32];
Device g_devices[kMaxDevices];
uint32_t g_count;
Device g_peer;
Traffic* g_traffic;
uint64_t g_rounds;
Sequence g_sequence(3);

graft_device_info_t info_of(const Device& device) {
  graft_device_info_t info;
  device.get_info(&info);
  return info;
}

bool has_network(const Device& device) {
  void* found = nullptr;
  if (device.get_interface(&graft_iid_etherdev, 0, &found) != GRAFT_OK) return false;
  graft_release(found);
  return true;
}

void find_devices() {
  graft_bus_t* bus = graft_kit_pci_bus(g_kit);
  for (uint32_t i = 0; i < graft_bus_get_device_count(bus) && g_count < kMaxDevices; ++i) {
    Device device;
    if (graft_bus_get_device(bus, i, device.out()) != GRAFT_OK) continue;
    const graft_device_info_t info = info_of(device);
    if (info.driver[0] == 0) continue;
    std::memcpy(g_driver, info.driver, sizeof g_driver);
    g_devices[g_count++] = device;
  }
  if (g_count == 0) return;
  if (has_network(g_devices[0])) g_peer = static_cast<Device&&>(g_devices[--g_count]);
  g_traffic = g_peer ? make_card_traffic(graft_kit_world(g_kit), g_peer) : make_disk_traffic();
}

Holdings at_rest() {
  // What stays for ever is made by the first rounds; what is done later has been done after some seconds.
  threaded::sleep_ns(3000 * kMillisecondNs);
  return Holdings::take(g_kit);
}

// ---- Detach and attach
// ------------------------------------------------------------------------------------------------

bool detach(const Device& device, const char* when) {
  const Status status = device.detach();
  if (status.ok() && info_of(device).state == GRAFT_DEVICE_UNBOUND) return true;
  printf("%s: detach: %s\n", when, graft_error_name(status.code()));
  return false;
}

bool attach(const Device& device, const char* when) {
  const Status status = device.attach(g_driver);
  if (status.ok() && info_of(device).state == GRAFT_DEVICE_ATTACHED) return true;
  printf("%s: attach: %s\n", when, graft_error_name(status.code()));
  return false;
}

/// `cycle` begins and ends with the device detached.
template <class Cycle>
bool repeat(const char* what, Cycle cycle, uint64_t rounds) {
  constexpr uint64_t kWarmUp = 10;
  const Device& device = g_devices[0];
  Holdings rest;
  char when[48];
  for (uint64_t round = 0; round < kWarmUp + rounds; ++round) {
    snprintf(when, sizeof when, "%s, round %lu", what, round);
    if (round == kWarmUp) rest = at_rest();
    if (!attach(device, when) || !cycle(device, when)) return false;
    if (round >= kWarmUp && !Holdings::settled(g_kit, rest).agrees_with(rest, when)) return false;
  }
  graft_counter_t counters[16];
  uint32_t count = 0;
  device.get_counters(counters, 16, &count);
  for (uint32_t i = 0; i < count; ++i) {
    if (!strcmp(counters[i].name, "exports") && counters[i].value != 0) return false;
  }
  return true;
}

bool cycle_under_traffic(const Device& device, const char* when) {
  if (!g_traffic->start(device)) return false;
  threaded::sleep_ns((1 + g_sequence.below(10)) * kMillisecondNs);
  return detach(device, when) && g_traffic->finish();
}

/// What is held without any driver, the peer's included, whose rings fill up little by little.
Holdings without_drivers() {
  if (g_peer && (!detach(g_peer, "peer") || !g_traffic->peer_left())) threaded::exit(false);
  const Holdings held = at_rest();
  if (!held.is_free_of_drivers("between")) threaded::exit(false);
  if (!g_peer) return held;
  if (!attach(g_peer, "peer") || !g_traffic->peer_came(g_peer)) threaded::exit(false);
  return held;
}

/// Repeats cycles, and says whether what is held without a driver is the same as before. The core keeps up to 64 packet
/// descriptors for itself; one thing left behind in each round would be more than that.
template <class Cycle>
bool repeat_without_leak(const char* what, Cycle cycle) {
  const Holdings before = without_drivers();
  return repeat(what, cycle, g_rounds) && !without_drivers().has_grown(before, g_rounds * 3 / 4, what);
}

void run_cycles() {
  const uint64_t start_ns = threaded::now_ns();
  // The first cycles make what stays for ever.
  const bool warm = detach(g_devices[0], "first") && repeat("at first", cycle_under_traffic, 0);
  const bool works = warm && repeat_without_leak("at rest", detach);
  printf("%s cycles.detach_and_attach_at_rest\n", works ? "PASS" : "FAIL");
  const bool under = works && repeat_without_leak("under traffic", cycle_under_traffic);
  printf("%lu packets or requests carried, %lu ms\n", g_traffic->carried(),
         (threaded::now_ns() - start_ns) / kMillisecondNs);
  const bool carried = g_traffic->carried() > g_rounds;
  if (!carried) printf("hardly any traffic\n");
  printf("%s cycles.detach_and_attach_under_traffic\n", under && carried ? "PASS" : "FAIL");
}

// ---- Removal
// ----------------------------------------------------------------------------------------------------------

/// Waits until a device that was pulled out is gone and its driver is off.
bool becomes_gone(const Device& device, const char* when) {
  const uint64_t start_ns = threaded::now_ns();
  graft_device_info_t info = info_of(device);
  while ((info.state != GRAFT_DEVICE_GONE || info.driver[0] != 0) && threaded::now_ns() - start_ns < kGoneWithinNs) {
    threaded::sleep_ns(kMillisecondNs);
    info = info_of(device);
  }
  const uint64_t took_ms = (threaded::now_ns() - start_ns) / kMillisecondNs;
  void* found = nullptr;
  const bool gone = info.state == GRAFT_DEVICE_GONE && info.driver[0] == 0;
  const bool says_so = gone && device.detach().ok() && device.attach(g_driver) == GRAFT_E_GONE &&
                       device.get_interface(&graft_iid_etherdev, 0, &found) == GRAFT_E_GONE;
  printf("%s: state %u, driver \"%s\" after %lu ms\n", when, info.state, info.driver, took_ms);
  return says_so;
}

bool remove_at_rest(const Device& device) {
  if (!attach(device, "before")) return false;
  pull_out(info_of(device));
  return becomes_gone(device, "at rest");
}

/// What the threads hand over after the removal fills the rings and is never answered.
bool remove_under_traffic(const Device& device) {
  if (!attach(device, "before") || !g_traffic->start(device)) return false;
  threaded::sleep_ns(20 * kMillisecondNs);
  pull_out(info_of(device));
  const bool gone = becomes_gone(device, "under traffic");
  return g_traffic->finish() && gone;
}

bool remove_as_the_host_says(const Device& device) {
  if (!attach(device, "before") || !g_traffic->start(device)) return false;
  threaded::sleep_ns(20 * kMillisecondNs);
  pull_out(info_of(device));
  device.report_removal();
  if (info_of(device).state != GRAFT_DEVICE_GONE) return false;
  const bool gone = becomes_gone(device, "reported");
  return g_traffic->finish() && gone;
}

struct Attacher {
  const Device* device;
  Status status;
  threaded::Semaphore done;
};

/// At an access to its registers during the attach; at once if that is 0.
bool remove_while_attaching(const Device& device, uint32_t access) {
  Attacher attacher{&device, GRAFT_OK, threaded::Semaphore()};
  if (access == 0) {
    pull_out(info_of(device));
  } else {
    pull_out_at(info_of(device), access);
  }
  auto run = [](void* arg) {
    auto* self = static_cast<Attacher*>(arg);
    self->status = self->device->attach(g_driver);
    self->done.release();
  };
  if (!threaded::create_thread("attacher", threaded::kNormalPriority, run, &attacher)) return false;
  if (!attacher.done.acquire(threaded::now_ns() + kGoneWithinNs)) {
    printf("attach does not return\n");
    threaded::exit(false);
  }
  char when[48];
  snprintf(when, sizeof when, "attach, access %u: %s", access, graft_error_name(attacher.status.code()));
  return becomes_gone(device, when) && attacher.status == GRAFT_E_GONE;
}

void run_removal() {
  bool good = true;
  for (uint32_t i = 0; i < g_count; ++i) good = good && detach(g_devices[i], "first");
  // What traffic makes for ever, such as the peer's descriptors, is there before anything is compared.
  uint32_t next = 0;
  const bool seen = threaded::option("registers") == "slow";
  const auto first = seen ? remove_under_traffic : remove_as_the_host_says;
  if (!good || !first(g_devices[next++])) threaded::exit(false);
  const Holdings rest = at_rest();
  auto report = [&](const char* name, bool good) {
    good = Holdings::settled(g_kit, rest).agrees_with(rest, name) && good;
    printf("%s removal.%s\n", good ? "PASS" : "FAIL", name);
  };
  report("as_the_host_says", remove_as_the_host_says(g_devices[next++]));
  if (seen) {
    report("at_rest", remove_at_rest(g_devices[next++]));
    report("under_traffic", remove_under_traffic(g_devices[next++]));
  }
  report("before_attach", remove_while_attaching(g_devices[next++], 0));
  if (seen) {
    bool gone = true;
    for (const uint32_t access : {3u, 12u, 30u}) gone &= remove_while_attaching(g_devices[next++], access);
    report("while_attaching", gone);
  }
  while (next < g_count) detach(g_devices[next++], "last");
}

}  // namespace

int host_main() {
  const HostOptions options = {threaded::option("registers") == "slow", threaded::option("dma") == "counted"};
  g_kit = start_kit(nullptr, layered_osenv(options));
  g_rounds = number_option("rounds", 100);
  find_devices();
  if (g_traffic == nullptr) {
    printf("no device to try\n");
    return 1;
  }
  if (threaded::option("do") == "removal") {
    run_removal();
  } else {
    run_cycles();
  }
  if (g_peer) detach(g_peer, "last");
  const Holdings end = at_rest();
  printf("%s end.nothing_of_a_driver_is_left\n", end.is_free_of_drivers("end") ? "PASS" : "FAIL");
  printf("%s end.dma_is_balanced\n", dma_errors() == 0 ? "PASS" : "FAIL");
  return 0;
}
