// SPDX-License-Identifier: BSD-2-Clause
/// A bus as a component: the PCI bus, and the bus of devices that consist of software alone.
#ifndef GRAFT_GLUE_REGISTRY_BUS_NODE_HPP
#define GRAFT_GLUE_REGISTRY_BUS_NODE_HPP

#include <graft/bus.hpp>

#include "glue/registry/device_node.hpp"

namespace graft::registry {

class BusNode : public Object<BusNode, graft_bus_t> {
 public:
  explicit BusNode(KitObject& kit) : kit_(kit) {}

  /// Makes room for devices. @errors NOMEM
  graft_error_t reserve(uint32_t capacity);
  /// @errors NOMEM
  graft_error_t add(const graft_device_info_t& info);
  void clear();
  DeviceNode& operator[](uint32_t index) const { return *devices_[index]; }
  /// Index of a device on this bus, count if it is not here.
  uint32_t index_of(const DeviceNode* device) const;

  uint32_t get_device_count() { return count_; }
  Status get_device(uint32_t index, graft_device_t** out);
  Status probe(uint32_t* out_attached);

  void destroy() {}

 private:
  uint32_t probe_in_fiber();

  KitObject& kit_;
  DeviceNode** devices_ = nullptr;
  uint32_t capacity_ = 0;
  uint32_t count_ = 0;
};

}  // namespace graft::registry

#endif
