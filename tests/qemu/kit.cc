// SPDX-License-Identifier: BSD-2-Clause
#include "tests/qemu/kit.hpp"

#include <cstdio>
#include <graft/bus.hpp>

#include "kernels/threaded/host.hpp"

namespace graft::test {

namespace {

void require(graft_error_t error, const char* what) {
  if (error == GRAFT_OK) return;
  printf("%s: %s\n", what, graft_error_name(error));
  threaded::exit(false);
}

void print_devices(graft_bus_t* bus) {
  for (uint32_t i = 0; i < graft_bus_get_device_count(bus); ++i) {
    Ref<graft_device_t> device;
    require(graft_bus_get_device(bus, i, device.out()), "get_device");
    graft_device_info_t info;
    graft_device_get_info(device.get(), &info);
    const char* driver = info.driver[0] ? info.driver : "(no driver)";
    const char* error = info.state == GRAFT_DEVICE_FAILED ? graft_error_name(info.attach_error) : "";
    printf("device %s %04x:%04x %s %s\n", info.location, info.vendor, info.device, driver, error);
  }
}

}  // namespace

graft_kit_t* start_kit(const graft_kit_options_t* options, const graft_osenv_t* env) {
  graft_kit_t* kit = nullptr;
  require(graft_kit_create(env ? env : threaded::osenv(), options, &kit), "graft_kit_create");
  threaded::Thread* thread = threaded::create_thread(
      "world", threaded::kServicePriority,
      [](void* world) { require(graft_world_serve(static_cast<graft_world_t*>(world)), "graft_world_serve"); },
      graft_kit_world(kit));
  if (!thread) require(GRAFT_E_NOMEM, "world's thread");
  for (uint32_t i = 0; const Ref<graft_bus_t> bus = find<graft_bus_t>(kit, i); ++i) {
    uint32_t attached = 0;
    require(graft_bus_probe(bus.get(), &attached), "probe");
    print_devices(bus.get());
  }
  return kit;
}

uint64_t number_option(const char* name, uint64_t otherwise) {
  const auto text = threaded::option(name);
  if (!text) return otherwise;
  uint64_t value = 0;
  for (const char c : *text) {
    if (c < '0' || c > '9') require(GRAFT_E_INVAL, name);
    value = value * 10 + static_cast<uint64_t>(c - '0');
  }
  if (text->empty()) require(GRAFT_E_INVAL, name);
  return value;
}

}  // namespace graft::test
