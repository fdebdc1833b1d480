// SPDX-License-Identifier: GPL-2.0-only
#include "linux-emu/kit/driver.hpp"

#include <graft/status.hpp>

#include "linux-emu/boundary/driver.h"
#include "linux-emu/boundary/environment.h"
#include "linux-emu/kit/environment.hpp"

namespace graft::lx {
namespace {

constexpr uint64_t kAppearTimeoutNs = 10'000'000'000;
constexpr uint64_t kAppearPollNs = 5'000'000;

const Driver& driver_of(const graft_driver_entry_t* entry) { return *static_cast<const Driver*>(entry->data); }

/// Runs a module's init unless it has succeeded before.
graft_error_t start_module(Module& module) {
  if (!module.init) return GRAFT_OK;
  if (int rc = module.init()) {
    world().host().log(GRAFT_LOG_ERROR, "linux: the init function of a driver failed: ", module.name);
    return lx_error(rc);
  }
  module.init = nullptr;
  return GRAFT_OK;
}

/// A device whose interfaces come from a worker is up when the first one is there.
graft_error_t wait_for_exports(const Driver& driver, const Instance& instance) {
  uint64_t deadline_ns = world().now_ns() + (driver.appears_later ? kAppearTimeoutNs : 0);
  while (instance.exports == 0) {
    if (instance.is_gone()) return GRAFT_E_GONE;
    if (world().now_ns() >= deadline_ns) return driver.appears_later ? GRAFT_E_TIMEDOUT : GRAFT_E_FAIL;
    world().sleep_until(world().now_ns() + kAppearPollNs);
  }
  return GRAFT_OK;
}

}  // namespace

uint32_t matches(const graft_driver_entry_t* entry, const graft_device_info_t* device) {
  constexpr uint32_t kExact = 2;
  const Driver& driver = driver_of(entry);
  for (const ExtraId* id = driver.extra; id && id->vendor; ++id) {
    if (id->vendor == device->vendor && id->device == device->device) return kExact;
  }
  if (!driver.ids) return 0;
  lx_pci_ids_t ids{device->vendor, device->device, device->subsystem_vendor, device->subsystem_device,
                   device->class_code};
  return lx_pci_match(driver.ids, &ids);
}

graft_error_t set_parameter(const graft_driver_entry_t* entry, const char* name, const char* value) {
  for (Module* const* module = driver_of(entry).modules; *module; ++module) {
    if (!(*module)->parameters_first) continue;
    graft_error_t error = lx_set_parameter((*module)->parameters_first, (*module)->parameters_end, name, value);
    if (error != GRAFT_E_NOENT) return error;
  }
  return GRAFT_E_NOENT;
}

graft_error_t attach(const graft_driver_entry_t* entry, graft_attachment_t* attachment, void** out_instance) {
  *out_instance = nullptr;
  const Driver& driver = driver_of(entry);
  GRAFT_TRY(wait_until_ready());
  for (Module* const* module = driver.modules; *module; ++module) GRAFT_TRY(start_module(**module));

  auto* instance = world().heap().make<Instance>(driver, attachment);
  if (!instance) return GRAFT_E_NOMEM;
  graft_error_t error = lx_pci_add(instance->info().address, instance, &instance->device);
  if (instance->is_gone()) error = GRAFT_E_GONE;
  if (error == GRAFT_OK) error = lx_pci_bind(instance->device, driver.pci_driver);
  if (error == GRAFT_OK) error = wait_for_exports(driver, *instance);
  if (error != GRAFT_OK) {
    // A probe that fails may say in many ways that the device is not there any more.
    instance->look();
    if (!instance->is_gone()) instance->interrupts.explain("the driver gave up");
    // What else probes call ENODEV: a device that is there and not fit.
    if (error == GRAFT_E_GONE && !instance->is_gone()) error = GRAFT_E_NOTSUP;
    if (instance->device) lx_pci_remove(instance->device);
    world().heap().destroy_object(instance);
    return error;
  }
  *out_instance = instance;
  return GRAFT_OK;
}

graft_error_t detach(const graft_driver_entry_t* entry, void* opaque) {
  auto* instance = static_cast<Instance*>(opaque);
  const Driver& driver = driver_of(entry);
  instance->leave();
  if (instance->is_gone() && driver.abandon) driver.abandon(instance->device);
  lx_pci_remove(instance->device);
  world().heap().destroy_object(instance);
  return GRAFT_OK;
}

uint32_t get_counters(const graft_driver_entry_t*, void* opaque, graft_counter_t* counters, uint32_t capacity) {
  auto* instance = static_cast<Instance*>(opaque);
  lx_pci_holdings_t held;
  lx_pci_get_holdings(instance->device, &held);
  const graft_counter_t all[] = {{"dma_maps", static_cast<uint64_t>(held.dma_maps)},
                                 {"dma_coherent_buffers", static_cast<uint64_t>(held.dma_coherent)},
                                 {"interrupt_messages", held.messages},
                                 {"register_windows", instance->windows()},
                                 {"message_interrupts", instance->interrupts.by_message()},
                                 {"line_interrupts", instance->interrupts.by_line()}};
  uint32_t count = 0;
  for (const graft_counter_t& counter : all) {
    if (count < capacity) counters[count] = counter;
    ++count;
  }
  return count;
}

void removed(const graft_driver_entry_t*, graft_attachment_t* attachment) {
  // An attach that has not come to its instance yet finds out by itself.
  if (Instance* instance = Instance::find(attachment)) instance->mark_gone();
}

}  // namespace graft::lx
