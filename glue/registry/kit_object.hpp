// SPDX-License-Identifier: BSD-2-Clause
/// The kit of one image on one host: world, environments, buses, devices, drivers and services.
#ifndef GRAFT_GLUE_REGISTRY_KIT_OBJECT_HPP
#define GRAFT_GLUE_REGISTRY_KIT_OBJECT_HPP

#include <graft/kit.h>

#include "glue/pci/scan.hpp"
#include "glue/registry/bus_node.hpp"

struct graft_kit {};

namespace graft::registry {

class KitObject : public graft_kit {
 public:
  static graft_error_t create(const graft_osenv_t* env, const graft_kit_options_t* options,
                              const graft_driver_entry_t* const* table, KitObject** out);
  /// Detaches every driver. @context fiber  @blocks may  @returns what the last driver that complained reported
  graft_error_t detach_all();
  graft_error_t destroy();

  World& world() { return world_; }
  DriverList& drivers() { return drivers_; }
  ServiceTable& services() { return services_; }
  BusNode& pci_bus() { return pci_bus_; }
  BusNode& soft_bus() { return soft_bus_; }
  PciScan& scan() { return scan_; }
  const graft_kit_options_t& options() const { return options_; }

  void get_counters(graft_counter_t* counters, uint32_t capacity, uint32_t* out_count);

  explicit KitObject(World& world);

 private:
  static constexpr uint32_t kMaxEnvironments = 4;

  graft_error_t build(const graft_driver_entry_t* const* table);
  graft_error_t start_environments();
  void stop_environments();
  graft_error_t add_soft_devices();
  graft_error_t add_fixed_services();
  graft_error_t apply_parameters();
  graft_error_t apply_parameter(const char* text);
  void clear();
  bool is_held();

  World& world_;
  graft_kit_options_t options_{};
  PciScan scan_;
  DriverList drivers_;
  ServiceTable services_;
  BusNode pci_bus_;
  BusNode soft_bus_;
  const graft_environment_t* environments_[kMaxEnvironments] = {};
  uint32_t environment_count_ = 0;
};

}  // namespace graft::registry

#endif
