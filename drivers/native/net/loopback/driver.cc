// SPDX-License-Identifier: BSD-2-Clause
// native/loopback in the table of an image: two interfaces joined by a cable. With paired=0 one, cabled to itself.
#include "drivers/native/net/loopback/port.hpp"
#include "drivers/native/parameter.hpp"
#include "glue/registry/soft_device.h"

namespace graft::loopback {
namespace {

constinit bool paired = true;

struct Instance {
  Port* ports[2] = {};
};

uint32_t matches(const graft_driver_entry_t* entry, const graft_device_info_t* device) {
  return graft_soft_device_is_for(entry, device) ? 1 : 0;
}

graft_error_t set_parameter(const graft_driver_entry_t*, const char* name, const char* value) {
  const native::Parameter known[] = {{"paired", &paired}};
  return native::set_parameter(known, name, value);
}

void free_instance(World& world, Instance* instance) {
  for (Port* port : instance->ports) {
    if (port != nullptr) port->detach();
  }
  for (Port* port : instance->ports) {
    if (port != nullptr) port->release();
  }
  world.heap().destroy_object(instance);
}

graft_error_t attach(const graft_driver_entry_t*, graft_attachment_t* attachment, void** out_instance) {
  *out_instance = nullptr;
  World& world = *static_cast<World*>(graft_attachment_world(attachment));
  auto* instance = world.heap().make<Instance>();
  if (instance == nullptr) return GRAFT_E_NOMEM;
  uint32_t count = paired ? 2 : 1;
  graft_error_t error = GRAFT_OK;
  for (uint32_t i = 0; i < count; ++i) {
    // Locally administered: bit 1 of the first byte.
    graft_mac_address_t address = {{0x02, 0x67, 0x72, 0x61, 0x66, static_cast<uint8_t>(i)}};
    instance->ports[i] = world.heap().make<Port>(world, address, graft_attachment_adapter(attachment));
    if (instance->ports[i] == nullptr) error = GRAFT_E_NOMEM;
  }
  for (uint32_t i = 0; i < count && error == GRAFT_OK; ++i) {
    instance->ports[i]->connect(instance->ports[count - 1 - i]);
    error = graft_attachment_export(attachment, &graft_iid_etherdev, instance->ports[i]->unknown());
  }
  if (error != GRAFT_OK) {
    free_instance(world, instance);
    return error;
  }
  *out_instance = instance;
  return GRAFT_OK;
}

graft_error_t detach(const graft_driver_entry_t*, void* instance) {
  free_instance(*World::current(), static_cast<Instance*>(instance));
  return GRAFT_OK;
}

}  // namespace
}  // namespace graft::loopback

extern "C" constinit const graft_driver_entry_t graft_driver_native_net_loopback;
constinit const graft_driver_entry_t graft_driver_native_net_loopback = {
    .name = "native/loopback",
    .origin = "native",
    .category = "ethernet",
    .licence = "BSD-2-Clause",
    .environment = nullptr,
    .data = nullptr,
    .matches = graft::loopback::matches,
    .set_parameter = graft::loopback::set_parameter,
    .attach = graft::loopback::attach,
    .detach = graft::loopback::detach,
    .get_counters = nullptr,
};
