// SPDX-License-Identifier: BSD-2-Clause
/// A driver of the image as a component.
#ifndef GRAFT_GLUE_REGISTRY_DRIVER_NODE_HPP
#define GRAFT_GLUE_REGISTRY_DRIVER_NODE_HPP

#include <graft/driver.hpp>

#include "glue/registry/driver_entry.h"
#include "glue/world/world.hpp"

namespace graft::registry {

class DriverNode : public Object<DriverNode, graft_driver_t> {
 public:
  DriverNode(World& world, const graft_driver_entry_t& entry) : world_(world), entry_(entry) {}

  const graft_driver_entry_t& entry() const { return entry_; }
  /// True for "linux/e1000" and, of that driver, for "e1000".
  bool is_called(const char* name) const;
  bool is_called_in_full(const char* name) const;

  void get_info(graft_driver_info_t* out_info);
  bool matches(const graft_device_info_t* device) { return entry_.matches(&entry_, device) != 0; }
  Status set_parameter(const char* name, const char* value);

  void destroy() {}

 private:
  World& world_;
  const graft_driver_entry_t& entry_;
};

/// The drivers of the image, in the order of its table.
class DriverList {
 public:
  explicit DriverList(World& world) : world_(world) {}

  /// @errors NOMEM. @onfail empty
  graft_error_t fill(const graft_driver_entry_t* const* table);
  void clear();

  uint32_t count() const { return count_; }
  DriverNode& operator[](uint32_t index) const { return *drivers_[index]; }
  /// By full name, or by the part behind the origin where only one driver has it; null if there is none.
  DriverNode* find(const char* name) const;
  /// The driver that knows the device best, the first of several equal ones; null if none does.
  DriverNode* best_match(const graft_device_info_t& device) const;

 private:
  World& world_;
  DriverNode** drivers_ = nullptr;
  uint32_t count_ = 0;
};

}  // namespace graft::registry

#endif
