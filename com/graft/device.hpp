// SPDX-License-Identifier: BSD-2-Clause
/// C++ side of device.h: Device owns a reference to a device and calls it; OpsTable fills the C table from a class.
#ifndef GRAFT_DEVICE_HPP
#define GRAFT_DEVICE_HPP

#include <graft/device.h>

#include <graft/object.hpp>

namespace graft {

template <>
struct InterfaceId<graft_device_t> {
  static constexpr graft_iid_t value = graft_iid_device;
};

template <>
struct OpsTable<graft_device_t> {
  template <class Impl>
  static constexpr graft_device_ops_t table = {
      GRAFT_IUNKNOWN_SLOTS(graft_device_t),       GRAFT_SLOT(graft_device_t, get_info),
      GRAFT_SLOT(graft_device_t, attach),         GRAFT_SLOT(graft_device_t, detach),
      GRAFT_SLOT(graft_device_t, get_interface),  GRAFT_SLOT(graft_device_t, get_counters),
      GRAFT_SLOT(graft_device_t, report_removal),
  };
};

/// An owned reference to a device, or null. The methods' contracts stand in device.h.
class Device : public Ref<graft_device_t> {
 public:
  using Ref::Ref;
  Device(Ref&& other) : Ref(static_cast<Ref&&>(other)) {}
  Device(const Ref& other) : Ref(other) {}

  void get_info(graft_device_info_t* out_info) const { graft_device_get_info(get(), out_info); }
  Status attach(const char* driver_name) const { return graft_device_attach(get(), driver_name); }
  Status detach() const { return graft_device_detach(get()); }
  Status get_interface(const graft_iid_t* iid, uint32_t index, void** out) const {
    return graft_device_get_interface(get(), iid, index, out);
  }
  void get_counters(graft_counter_t* counters, uint32_t capacity, uint32_t* out_count) const {
    graft_device_get_counters(get(), counters, capacity, out_count);
  }
  void report_removal() const { graft_device_report_removal(get()); }
};

}  // namespace graft

#endif
