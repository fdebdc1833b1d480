// SPDX-License-Identifier: BSD-2-Clause
/// C++ side of netio2.h: NetIo2 owns a reference to a packet path with batches and calls it; OpsTable fills the C table
/// from a class.
#ifndef GRAFT_NETIO2_HPP
#define GRAFT_NETIO2_HPP

#include <graft/netio2.h>

#include <graft/object.hpp>

namespace graft {

template <>
struct InterfaceId<graft_netio2_t> {
  static constexpr graft_iid_t value = graft_iid_netio2;
};

template <>
struct OpsTable<graft_netio2_t> {
  template <class Impl>
  static constexpr graft_netio2_ops_t table = {
      GRAFT_IUNKNOWN_SLOTS(graft_netio2_t),
      GRAFT_SLOT(graft_netio2_t, push_batch),
      GRAFT_SLOT(graft_netio2_t, get_capabilities),
  };
};

/// An owned reference to a packet path with batches, or null. The methods' contracts stand in netio2.h.
class NetIo2 : public Ref<graft_netio2_t> {
 public:
  using Ref::Ref;
  NetIo2(Ref&& other) : Ref(static_cast<Ref&&>(other)) {}
  NetIo2(const Ref& other) : Ref(other) {}

  Status push_batch(const graft_packet_t* packets, uint32_t count, uint32_t* out_accepted) const {
    return graft_netio2_push_batch(get(), packets, count, out_accepted);
  }
  [[nodiscard]] uint32_t get_capabilities() const { return graft_netio2_get_capabilities(get()); }
};

}  // namespace graft

#endif
