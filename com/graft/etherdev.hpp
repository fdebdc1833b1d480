// SPDX-License-Identifier: BSD-2-Clause
/// C++ side of etherdev.h: EtherDev owns a reference to an Ethernet interface and calls it; OpsTable fills the C table
/// from a class.
#ifndef GRAFT_ETHERDEV_HPP
#define GRAFT_ETHERDEV_HPP

#include <graft/etherdev.h>

#include <graft/object.hpp>

namespace graft {

template <>
struct InterfaceId<graft_etherdev_t> {
  static constexpr graft_iid_t value = graft_iid_etherdev;
};

template <>
struct OpsTable<graft_etherdev_t> {
  template <class Impl>
  static constexpr graft_etherdev_ops_t table = {
      GRAFT_IUNKNOWN_SLOTS(graft_etherdev_t),        GRAFT_SLOT(graft_etherdev_t, open),
      GRAFT_SLOT(graft_etherdev_t, close),           GRAFT_SLOT(graft_etherdev_t, get_address),
      GRAFT_SLOT(graft_etherdev_t, get_link),        GRAFT_SLOT(graft_etherdev_t, get_mtu),
      GRAFT_SLOT(graft_etherdev_t, set_mtu),         GRAFT_SLOT(graft_etherdev_t, set_multicast),
      GRAFT_SLOT(graft_etherdev_t, set_promiscuous), GRAFT_SLOT(graft_etherdev_t, get_stats),
      GRAFT_SLOT(graft_etherdev_t, rxpoll),
  };
};

/// An owned reference to an Ethernet interface, or null. The methods' contracts stand in etherdev.h.
class EtherDev : public Ref<graft_etherdev_t> {
 public:
  using Ref::Ref;
  EtherDev(Ref&& other) : Ref(static_cast<Ref&&>(other)) {}
  EtherDev(const Ref& other) : Ref(other) {}

  Status open(graft_netio_t* receive, const graft_ether_listener_t* listener, graft_netio_t** out_send) const {
    return graft_etherdev_open(get(), receive, listener, out_send);
  }
  Status close() const { return graft_etherdev_close(get()); }
  void get_address(graft_mac_address_t* out_address) const { graft_etherdev_get_address(get(), out_address); }
  void get_link(graft_link_state_t* out_state) const { graft_etherdev_get_link(get(), out_state); }
  [[nodiscard]] uint32_t get_mtu() const { return graft_etherdev_get_mtu(get()); }
  Status set_mtu(uint32_t mtu) const { return graft_etherdev_set_mtu(get(), mtu); }
  Status set_multicast(const graft_mac_address_t* groups, uint32_t count) const {
    return graft_etherdev_set_multicast(get(), groups, count);
  }
  Status set_promiscuous(bool on) const { return graft_etherdev_set_promiscuous(get(), on); }
  void get_stats(graft_ether_stats_t* out_stats) const { graft_etherdev_get_stats(get(), out_stats); }
  Status rxpoll(uint32_t budget, uint32_t* out_delivered) const {
    return graft_etherdev_rxpoll(get(), budget, out_delivered);
  }
};

}  // namespace graft

#endif
