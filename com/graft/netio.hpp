// SPDX-License-Identifier: BSD-2-Clause
/// C++ side of netio.h: NetIo owns a reference to one direction of a packet path and calls it; OpsTable fills the C
/// table from a class.
#ifndef GRAFT_NETIO_HPP
#define GRAFT_NETIO_HPP

#include <graft/netio.h>

#include <graft/object.hpp>

namespace graft {

template <>
struct InterfaceId<graft_netio_t> {
  static constexpr graft_iid_t value = graft_iid_netio;
};

template <>
struct OpsTable<graft_netio_t> {
  template <class Impl>
  static constexpr graft_netio_ops_t table = {
      GRAFT_IUNKNOWN_SLOTS(graft_netio_t),
      GRAFT_SLOT(graft_netio_t, push),
      GRAFT_SLOT(graft_netio_t, alloc_bufio),
  };
};

/// An owned reference to one direction of a packet path, or null. The methods' contracts stand in netio.h.
class NetIo : public Ref<graft_netio_t> {
 public:
  using Ref::Ref;
  NetIo(Ref&& other) : Ref(static_cast<Ref&&>(other)) {}
  NetIo(const Ref& other) : Ref(other) {}

  Status push(graft_bufio_t* packet, size_t bytes) const { return graft_netio_push(get(), packet, bytes); }
  Status alloc_bufio(size_t bytes, graft_bufio_t** out) const { return graft_netio_alloc_bufio(get(), bytes, out); }
};

}  // namespace graft

#endif
