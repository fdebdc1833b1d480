// SPDX-License-Identifier: BSD-2-Clause
#include "glue/registry/kit_object.hpp"

#include <string.h>

#include "glue/buffer/world_buffer.hpp"
#include "glue/registry/soft_device.h"
#include "glue/registry/text.hpp"

namespace graft::registry {
namespace {

template <typename Interface>
graft_iunknown_t* unknown(Interface* interface) {
  return reinterpret_cast<graft_iunknown_t*>(interface);
}

}  // namespace

KitObject::KitObject(World& world)
    : world_(world),
      scan_(world.host(), world.heap()),
      drivers_(world),
      services_(world),
      pci_bus_(*this),
      soft_bus_(*this) {}

graft_error_t KitObject::create(const graft_osenv_t* env, const graft_kit_options_t* options,
                                const graft_driver_entry_t* const* table, KitObject** out) {
  *out = nullptr;
  World* world;
  if (graft_error_t error = World::create(env, &world); error != GRAFT_OK) return error;
  auto* kit = world->heap().make<KitObject>(*world);
  if (kit == nullptr) {
    world->destroy();
    return GRAFT_E_NOMEM;
  }
  if (options != nullptr) {
    size_t bytes = options->size_bytes < sizeof(kit->options_) ? options->size_bytes : sizeof(kit->options_);
    memcpy(&kit->options_, options, bytes);
  }
  if (graft_error_t error = kit->build(table); error != GRAFT_OK) {
    kit->clear();
    world->heap().destroy_object(kit);
    world->destroy();
    return error;
  }
  *out = kit;
  return GRAFT_OK;
}

graft_error_t KitObject::build(const graft_driver_entry_t* const* table) {
  if (options_.adapter > GRAFT_ADAPTER_COPY) return GRAFT_E_INVAL;
  GRAFT_TRY(drivers_.fill(table));
  GRAFT_TRY(scan_.run());
  GRAFT_TRY(add_fixed_services());
  GRAFT_TRY(pci_bus_.reserve(scan_.count()));
  for (uint32_t i = 0; i < scan_.count(); ++i) GRAFT_TRY(pci_bus_.add(scan_[i].info));
  GRAFT_TRY(add_soft_devices());
  GRAFT_TRY(start_environments());
  return apply_parameters();
}

graft_error_t KitObject::add_fixed_services() {
  for (BusNode* bus : {&pci_bus_, &soft_bus_}) {
    GRAFT_TRY(services_.add(&graft_iid_bus, unknown<graft_bus_t>(bus)));
  }
  for (uint32_t i = 0; i < drivers_.count(); ++i) {
    GRAFT_TRY(services_.add(&graft_iid_driver, unknown<graft_driver_t>(&drivers_[i])));
  }
  return GRAFT_OK;
}

graft_error_t KitObject::add_soft_devices() {
  GRAFT_TRY(soft_bus_.reserve(drivers_.count()));
  for (uint32_t i = 0; i < drivers_.count(); ++i) {
    graft_device_info_t info;
    graft_soft_device_info(&drivers_[i].entry(), &info);
    if (drivers_[i].matches(&info)) GRAFT_TRY(soft_bus_.add(info));
  }
  return GRAFT_OK;
}

graft_error_t KitObject::start_environments() {
  WorldScope scope(world_);
  for (uint32_t i = 0; i < drivers_.count(); ++i) {
    const graft_environment_t* environment = drivers_[i].entry().environment;
    bool known = environment == nullptr;
    for (uint32_t j = 0; j < environment_count_; ++j) known |= environments_[j] == environment;
    if (known) continue;
    if (environment_count_ == kMaxEnvironments) return GRAFT_E_NOSPC;
    graft_error_t error = environment->start(&world_, &world_.host().env(), &options_);
    if (error != GRAFT_OK) {
      world_.host().log(GRAFT_LOG_ERROR, environment->name, ": start failed: ", graft_error_name(error));
      return error;
    }
    environments_[environment_count_++] = environment;
  }
  return GRAFT_OK;
}

void KitObject::stop_environments() {
  WorldScope scope(world_);
  while (environment_count_ != 0) environments_[--environment_count_]->stop(&world_);
}

graft_error_t KitObject::apply_parameters() {
  if (options_.parameters == nullptr) return GRAFT_OK;
  for (const char* const* parameter = options_.parameters; *parameter != nullptr; ++parameter) {
    graft_error_t error = apply_parameter(*parameter);
    if (error == GRAFT_OK) continue;
    world_.host().log(GRAFT_LOG_ERROR, *parameter, ": driver parameter refused: ", graft_error_name(error));
    return error;
  }
  return GRAFT_OK;
}

graft_error_t KitObject::apply_parameter(const char* text) {
  // "linux/e1000.TxDescriptors=256": driver, name, value.
  char driver[32], name[64];
  size_t length = 0;
  while (text[length] != 0 && text[length] != '=' && text[length] != '.') ++length;
  if (text[length] != '.' || length >= sizeof(driver)) return GRAFT_E_INVAL;
  memcpy(driver, text, length);
  driver[length] = 0;
  const char* rest = text + length + 1;
  length = 0;
  while (rest[length] != 0 && rest[length] != '=') ++length;
  if (rest[length] != '=' || length == 0 || length >= sizeof(name)) return GRAFT_E_INVAL;
  memcpy(name, rest, length);
  name[length] = 0;
  DriverNode* node = drivers_.find(driver);
  if (node == nullptr) return GRAFT_E_NOENT;
  return node->set_parameter(name, rest + length + 1).code();
}

void KitObject::clear() {
  stop_environments();
  services_.clear();
  soft_bus_.clear();
  pci_bus_.clear();
  scan_.clear();
  drivers_.clear();
}

bool KitObject::is_held() {
  // Fixed services hold one reference besides the one each component is born with.
  bool held = services_.reference_count() > 1;
  if (BufferPool* buffers = BufferPool::find(world_)) held |= buffers->in_use() != 0;
  for (BusNode* bus : {&pci_bus_, &soft_bus_}) {
    held |= bus->reference_count() > 2;
    for (uint32_t i = 0; i < bus->get_device_count(); ++i) {
      held |= (*bus)[i].reference_count() > 2 || (*bus)[i].exports_are_held();
    }
  }
  for (uint32_t i = 0; i < drivers_.count(); ++i) held |= drivers_[i].reference_count() > 2;
  return held;
}

graft_error_t KitObject::detach_all() {
  graft_error_t result = GRAFT_OK;
  for (BusNode* bus : {&pci_bus_, &soft_bus_}) {
    for (uint32_t i = 0; i < bus->get_device_count(); ++i) {
      if (!(*bus)[i].has_instance()) continue;
      if (graft_error_t error = (*bus)[i].detach_in_fiber(); error != GRAFT_OK) result = error;
    }
  }
  return result;
}

graft_error_t KitObject::destroy() {
  {
    WorldScope scope(world_);
    if (is_held()) return GRAFT_E_BUSY;
  }
  // What a driver reports is logged there; destruction goes on.
  auto detach = [](void* self) {
    static_cast<void>(static_cast<KitObject*>(self)->detach_all());
    return GRAFT_OK;
  };
  if (graft_error_t error = world_.run_here(detach, this); error != GRAFT_OK) return error;
  World& world = world_;
  clear();
  world.heap().destroy_object(this);
  world.destroy();
  return GRAFT_OK;
}

void KitObject::get_counters(graft_counter_t* counters, uint32_t capacity, uint32_t* out_count) {
  WorldScope scope(world_);
  graft_world_stats_t stats;
  world_.get_stats(&stats);
  BufferPool* buffers = BufferPool::find(world_);
  const graft_counter_t own[] = {
      {"buffers_in_use", buffers != nullptr ? buffers->in_use() : 0},
      {"buffer_bytes", buffers != nullptr ? buffers->held_bytes() : 0},
      {"heap_used_bytes", world_.heap().used_bytes()},
      {"heap_held_bytes", world_.heap().held_bytes()},
      {"fiber_stack_bytes", stats.stack_bytes},
      {"fibers_alive", stats.fibers_alive},
      {"fibers_created", stats.fibers_created},
      {"fiber_switches", stats.fiber_switches},
      {"interrupts", stats.interrupts},
      {"interrupts_spurious", stats.interrupts_spurious},
      {"timers_expired", stats.timers_expired},
      {"executor_waits", stats.executor_waits},
      {"upcalls", stats.upcalls},
      {"longest_busy_wait_ns", stats.longest_busy_wait_ns},
  };
  uint32_t count = 0;
  for (const graft_counter_t& counter : own) {
    if (count < capacity) counters[count] = counter;
    ++count;
  }
  for (uint32_t i = 0; i < environment_count_; ++i) {
    if (environments_[i]->get_counters == nullptr) continue;
    uint32_t used = count < capacity ? count : capacity;
    count += environments_[i]->get_counters(counters + used, capacity - used);
  }
  *out_count = count;
}

}  // namespace graft::registry
