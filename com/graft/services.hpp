// SPDX-License-Identifier: BSD-2-Clause
/// C++ side of services.h: Services owns a reference to the registry and calls it; OpsTable fills the C table from a
/// class.
#ifndef GRAFT_SERVICES_HPP
#define GRAFT_SERVICES_HPP

#include <graft/services.h>

#include <graft/object.hpp>

namespace graft {

template <>
struct InterfaceId<graft_services_t> {
  static constexpr graft_iid_t value = graft_iid_services;
};

template <>
struct OpsTable<graft_services_t> {
  template <class Impl>
  static constexpr graft_services_ops_t table = {
      GRAFT_IUNKNOWN_SLOTS(graft_services_t),
      GRAFT_SLOT(graft_services_t, add),
      GRAFT_SLOT(graft_services_t, remove),
      GRAFT_SLOT(graft_services_t, lookup),
  };
};

/// An owned reference to the registry, or null. The methods' contracts stand in services.h.
class Services : public Ref<graft_services_t> {
 public:
  using Ref::Ref;
  Services(Ref&& other) : Ref(static_cast<Ref&&>(other)) {}
  Services(const Ref& other) : Ref(other) {}

  Status add(const graft_iid_t* iid, graft_iunknown_t* object) const { return graft_services_add(get(), iid, object); }
  Status remove(const graft_iid_t* iid, graft_iunknown_t* object) const {
    return graft_services_remove(get(), iid, object);
  }
  Status lookup(const graft_iid_t* iid, uint32_t index, void** out) const {
    return graft_services_lookup(get(), iid, index, out);
  }
};

}  // namespace graft

#endif
