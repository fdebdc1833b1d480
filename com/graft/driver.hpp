// SPDX-License-Identifier: BSD-2-Clause
/// C++ side of driver.h: Driver owns a reference to a driver and calls it; OpsTable fills the C table from a class.
#ifndef GRAFT_DRIVER_HPP
#define GRAFT_DRIVER_HPP

#include <graft/driver.h>

#include <graft/object.hpp>

namespace graft {

template <>
struct InterfaceId<graft_driver_t> {
  static constexpr graft_iid_t value = graft_iid_driver;
};

template <>
struct OpsTable<graft_driver_t> {
  template <class Impl>
  static constexpr graft_driver_ops_t table = {
      GRAFT_IUNKNOWN_SLOTS(graft_driver_t),
      GRAFT_SLOT(graft_driver_t, get_info),
      GRAFT_SLOT(graft_driver_t, matches),
      GRAFT_SLOT(graft_driver_t, set_parameter),
  };
};

/// An owned reference to a driver, or null. The methods' contracts stand in driver.h.
class Driver : public Ref<graft_driver_t> {
 public:
  using Ref::Ref;
  Driver(Ref&& other) : Ref(static_cast<Ref&&>(other)) {}
  Driver(const Ref& other) : Ref(other) {}

  void get_info(graft_driver_info_t* out_info) const { graft_driver_get_info(get(), out_info); }
  [[nodiscard]] bool matches(const graft_device_info_t* device) const { return graft_driver_matches(get(), device); }
  Status set_parameter(const char* name, const char* value) const {
    return graft_driver_set_parameter(get(), name, value);
  }
};

}  // namespace graft

#endif
