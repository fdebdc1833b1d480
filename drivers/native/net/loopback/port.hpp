// SPDX-License-Identifier: BSD-2-Clause
/// An Ethernet interface without hardware, cabled to another one or to itself.
#ifndef GRAFT_DRIVERS_NATIVE_NET_LOOPBACK_PORT_HPP
#define GRAFT_DRIVERS_NATIVE_NET_LOOPBACK_PORT_HPP

#include <graft/etherdev.hpp>
#include <graft/netio.hpp>
#include <graft/netio2.hpp>

#include "glue/buffer/adapter.hpp"
#include "glue/world/world.hpp"

namespace graft::loopback {

class Port;

/// The sending side that open() gives out.
class SendSide final : public Object<SendSide, graft_netio_t, graft_netio2_t> {
 public:
  explicit SendSide(Port* port);

  graft_error_t push(graft_bufio_t* packet, size_t bytes);
  graft_error_t alloc_bufio(size_t bytes, graft_bufio_t** out);
  graft_error_t push_batch(const graft_packet_t* packets, uint32_t count, uint32_t* out_accepted);
  uint32_t get_capabilities() { return 0; }
  void destroy();

 private:
  friend class Port;

  Port* port_;  ///< holds a reference
  bool closed_ = false;
};

/// Packets wait in a transmit ring until the world's loop carries them over; the copy that the receiver gets is made
/// there, so that a packet completes without waiting for who receives it.
class Port final : public Object<Port, graft_etherdev_t> {
 public:
  static constexpr uint32_t kRing = 64;
  static constexpr uint32_t kMinMtu = 68;
  static constexpr uint32_t kMaxMtu = 9000;

  Port(World& world, const graft_mac_address_t& address, uint32_t adapter);

  /// Lays the cable; the port itself for a loopback.
  void connect(Port* peer) { peer_ = peer; }

  graft_error_t open(graft_netio_t* receive, const graft_ether_listener_t* listener, graft_netio_t** out_send);
  graft_error_t close();
  void get_address(graft_mac_address_t* out_address) { *out_address = address_; }
  void get_link(graft_link_state_t* out_state);
  uint32_t get_mtu() { return mtu_; }
  graft_error_t set_mtu(uint32_t mtu);
  graft_error_t set_multicast(const graft_mac_address_t* groups, uint32_t count);
  graft_error_t set_promiscuous(bool on);
  void get_stats(graft_ether_stats_t* out_stats);
  graft_error_t rxpoll(uint32_t budget, uint32_t* out_delivered);
  void destroy();

  // World context.
  graft_error_t push(SendSide* side, graft_bufio_t* packet, size_t bytes);
  /// Ends everything; the port answers GONE from now on. @context fiber
  void detach();

  World& world() { return world_; }
  graft_iunknown_t* unknown() { return reinterpret_cast<graft_iunknown_t*>(static_cast<graft_etherdev_t*>(this)); }

 private:
  friend class graft::Heap;

  static constexpr uint32_t kMaxGroups = 32;

  struct Slot {
    Ref<graft_bufio_t> owner;
    uint32_t bytes = 0;
  };

  bool link_is_up() const { return open_ && peer_ != nullptr && peer_->open_; }
  bool wants(const unsigned char* destination) const;
  /// Carries the oldest packets over. @returns how many
  uint32_t transmit(uint32_t budget);
  void receive(Slot& slot);
  void run();
  void report_events();
  void note_link_change();
  graft_error_t close_in_fiber();
  void drop_ring();

  World& world_;
  graft_mac_address_t address_;
  Adapter adapter_;
  Port* peer_ = nullptr;
  bool open_ = false;
  bool gone_ = false;
  bool promiscuous_ = false;
  bool owes_space_ = false;
  bool reported_link_ = false;
  bool tell_gone_ = false;
  uint32_t mtu_ = 1500;
  Ref<graft_netio_t> receive_;
  graft_ether_listener_t listener_{};
  SendSide* send_side_ = nullptr;
  Slot ring_[kRing];
  uint32_t head_ = 0;  ///< oldest
  uint32_t used_ = 0;
  graft_mac_address_t groups_[kMaxGroups];
  uint32_t group_count_ = 0;
  graft_ether_stats_t stats_{};
  Work work_{[](void* self) { static_cast<Port*>(self)->run(); }, this};
};

}  // namespace graft::loopback

#endif
