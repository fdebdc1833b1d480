// SPDX-License-Identifier: BSD-2-Clause
/// C++ side of bus.h: Bus owns a reference to a bus and calls it; OpsTable fills the C table from a class.
#ifndef GRAFT_BUS_HPP
#define GRAFT_BUS_HPP

#include <graft/bus.h>

#include <graft/object.hpp>

namespace graft {

template <>
struct InterfaceId<graft_bus_t> {
  static constexpr graft_iid_t value = graft_iid_bus;
};

template <>
struct OpsTable<graft_bus_t> {
  template <class Impl>
  static constexpr graft_bus_ops_t table = {
      GRAFT_IUNKNOWN_SLOTS(graft_bus_t),
      GRAFT_SLOT(graft_bus_t, get_device_count),
      GRAFT_SLOT(graft_bus_t, get_device),
      GRAFT_SLOT(graft_bus_t, probe),
  };
};

/// An owned reference to a bus, or null. The methods' contracts stand in bus.h.
class Bus : public Ref<graft_bus_t> {
 public:
  using Ref::Ref;
  Bus(Ref&& other) : Ref(static_cast<Ref&&>(other)) {}
  Bus(const Ref& other) : Ref(other) {}

  [[nodiscard]] uint32_t get_device_count() const { return graft_bus_get_device_count(get()); }
  Status get_device(uint32_t index, graft_device_t** out) const { return graft_bus_get_device(get(), index, out); }
  Status probe(uint32_t* out_attached) const { return graft_bus_probe(get(), out_attached); }
};

}  // namespace graft

#endif
