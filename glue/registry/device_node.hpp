// SPDX-License-Identifier: BSD-2-Clause
/// A device as a component: its states, its driver's attachment and what that exports.
#ifndef GRAFT_GLUE_REGISTRY_DEVICE_NODE_HPP
#define GRAFT_GLUE_REGISTRY_DEVICE_NODE_HPP

#include <boost/intrusive/list.hpp>
#include <graft/device.hpp>

#include "glue/registry/driver_node.hpp"
#include "glue/registry/service_table.hpp"
#include "glue/world/wait.hpp"

namespace graft::registry {

class DeviceNode;
class KitObject;

/// An interface that the attached driver exports. The reference is held on the interface pointer.
struct Export : boost::intrusive::list_base_hook<> {
  graft_iid_t iid;
  graft_iunknown_t* interface;
  graft_iunknown_t* component;  ///< its IUnknown, to recognise it by; no reference
};

}  // namespace graft::registry

/// The part of a device that its driver sees.
struct graft_attachment {
  graft::registry::DeviceNode* device;
};

namespace graft::registry {

/// UNBOUND -> ATTACHING -> ATTACHED or FAILED; ATTACHED -> DETACHING -> UNBOUND; any -> GONE, and a fiber takes the
/// driver off. State changes in world context alone.
class DeviceNode : public Object<DeviceNode, graft_device_t> {
 public:
  DeviceNode(KitObject& kit, const graft_device_info_t& info);

  void get_info(graft_device_info_t* out_info);
  Status attach(const char* driver_name);
  Status detach();
  Status get_interface(const graft_iid_t* iid, uint32_t index, void** out);
  void get_counters(graft_counter_t* counters, uint32_t capacity, uint32_t* out_count);
  void report_removal();

  void destroy() {}

  // For the registry itself; world context.
  graft_error_t attach_in_fiber(DriverNode* driver);
  graft_error_t detach_in_fiber();
  graft_error_t add_export(const graft_iid_t& iid, graft_iunknown_t* object);
  graft_error_t remove_export(const graft_iid_t& iid, graft_iunknown_t* object);
  /// The device was removed by surprise. Handlers too.
  void set_gone();
  bool has_instance() const { return driver_ != nullptr; }
  bool is_unbound() const { return info_.state == GRAFT_DEVICE_UNBOUND || info_.state == GRAFT_DEVICE_FAILED; }
  const graft_device_info_t& info() const { return info_; }
  KitObject& kit() { return kit_; }
  /// Says whether somebody besides the registry and the driver holds an exported component.
  bool exports_are_held();

 private:
  using Exports = boost::intrusive::list<Export, boost::intrusive::constant_time_size<false>>;

  graft_error_t take_driver_off();
  void start_removal();
  void drop_export(Exports::iterator it);
  uint32_t foreign_references(const Export& e);

  KitObject& kit_;
  graft_device_info_t info_;
  graft_attachment attachment_{this};
  DriverNode* driver_ = nullptr;
  void* instance_ = nullptr;
  Exports exports_;
  bool gone_ = false;
  Timer removal_timer_;
  WaitQueue driver_off_;  ///< fibers that wait until a removed device has no driver any more
  uint64_t attaches_ = 0;
  uint64_t attach_failures_ = 0;
  uint64_t detaches_ = 0;
};

}  // namespace graft::registry

#endif
