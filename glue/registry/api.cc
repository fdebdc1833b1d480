// SPDX-License-Identifier: BSD-2-Clause
// The C functions of graft/kit.h and of driver_entry.h.
#include "glue/registry/driver_entry.h"
#include "glue/registry/kit_object.hpp"

using graft::WorldScope;
using graft::registry::KitObject;

namespace {

KitObject* as_kit(graft_kit_t* kit) { return static_cast<KitObject*>(kit); }

KitObject& kit_of(graft_attachment_t* attachment) { return attachment->device->kit(); }

}  // namespace

extern "C" {

graft_error_t graft_kit_create(const graft_osenv_t* env, const graft_kit_options_t* options, graft_kit_t** out) {
  *out = nullptr;
  KitObject* kit;
  graft_error_t error = KitObject::create(env, options, graft_set_drivers, &kit);
  if (error == GRAFT_OK) *out = kit;
  return error;
}

graft_error_t graft_kit_detach_all(graft_kit_t* kit) {
  return as_kit(kit)->world().call([](void* self) { return as_kit(static_cast<graft_kit_t*>(self))->detach_all(); },
                                   kit);
}

graft_error_t graft_kit_destroy(graft_kit_t* kit) { return as_kit(kit)->destroy(); }

graft_world_t* graft_kit_world(graft_kit_t* kit) { return &as_kit(kit)->world(); }

graft_services_t* graft_kit_services(graft_kit_t* kit) { return &as_kit(kit)->services(); }

graft_bus_t* graft_kit_pci_bus(graft_kit_t* kit) { return &as_kit(kit)->pci_bus(); }

graft_driver_t* graft_kit_driver(graft_kit_t* kit, uint32_t index) {
  graft::registry::DriverList& drivers = as_kit(kit)->drivers();
  return index < drivers.count() ? &drivers[index] : nullptr;
}

void graft_kit_get_counters(graft_kit_t* kit, graft_counter_t* counters, uint32_t capacity, uint32_t* out_count) {
  as_kit(kit)->get_counters(counters, capacity, out_count);
}

const char* graft_kit_set_name(void) { return graft_set_name; }

void graft_attachment_get_info(graft_attachment_t* attachment, graft_device_info_t* out_info) {
  attachment->device->get_info(out_info);
}

graft_world_t* graft_attachment_world(graft_attachment_t* attachment) { return &kit_of(attachment).world(); }

const graft_osenv_t* graft_attachment_osenv(graft_attachment_t* attachment) {
  return &kit_of(attachment).world().host().env();
}

uint32_t graft_attachment_adapter(graft_attachment_t* attachment) { return kit_of(attachment).options().adapter; }

graft_error_t graft_attachment_export(graft_attachment_t* attachment, const graft_iid_t* iid,
                                      graft_iunknown_t* object) {
  WorldScope scope(kit_of(attachment).world());
  return attachment->device->add_export(*iid, object);
}

graft_error_t graft_attachment_withdraw(graft_attachment_t* attachment, const graft_iid_t* iid,
                                        graft_iunknown_t* object) {
  WorldScope scope(kit_of(attachment).world());
  return attachment->device->remove_export(*iid, object);
}

void graft_attachment_gone(graft_attachment_t* attachment) {
  WorldScope scope(kit_of(attachment).world());
  attachment->device->set_gone();
}

graft_error_t graft_attachment_route_interrupt(graft_attachment_t* attachment, uint32_t* out_line) {
  *out_line = 0;
  KitObject& kit = kit_of(attachment);
  uint32_t index = kit.pci_bus().index_of(attachment->device);
  return index < kit.scan().count() ? kit.scan().route_interrupt(index, out_line) : GRAFT_E_NOENT;
}
}
