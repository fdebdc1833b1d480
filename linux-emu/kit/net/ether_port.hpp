// SPDX-License-Identifier: GPL-2.0-only
/// EtherPort: the etherdev of one network device of a donor driver. It outlives the device: after that it answers GONE.
#ifndef GRAFT_LINUX_EMU_KIT_NET_ETHER_PORT_HPP
#define GRAFT_LINUX_EMU_KIT_NET_ETHER_PORT_HPP

#include <graft/etherdev.hpp>
#include <graft/netio.hpp>
#include <graft/netio2.hpp>

#include "glue/buffer/world_buffer.hpp"
#include "glue/registry/driver_entry.h"
#include "glue/world/heap.hpp"
#include "linux-emu/boundary/net.h"
#include "linux-emu/kit/driver.hpp"

namespace graft::lx {

class EtherPort;

/// The sending side that open() gives out.
class EtherSend final : public Object<EtherSend, graft_netio_t, graft_netio2_t> {
 public:
  explicit EtherSend(EtherPort* port);

  graft_error_t push(graft_bufio_t* packet, size_t bytes);
  graft_error_t alloc_bufio(size_t bytes, graft_bufio_t** out);
  graft_error_t push_batch(const graft_packet_t* packets, uint32_t count, uint32_t* out_accepted);
  uint32_t get_capabilities();
  void destroy();

 private:
  World& world_;
  EtherPort* port_;  ///< holds a reference
};

class EtherPort final : public Object<EtherPort, graft_etherdev_t> {
 public:
  /// Makes the port of a device that was just registered and exports it; null if memory ran out.
  static EtherPort* create(lx_net_port* port, Instance& instance);

  graft_error_t open(graft_netio_t* receive, const graft_ether_listener_t* listener, graft_netio_t** out_send);
  graft_error_t close();
  void get_address(graft_mac_address_t* out_address);
  void get_link(graft_link_state_t* out_state);
  uint32_t get_mtu();
  graft_error_t set_mtu(uint32_t mtu);
  graft_error_t set_multicast(const graft_mac_address_t* groups, uint32_t count);
  graft_error_t set_promiscuous(bool on);
  void get_stats(graft_ether_stats_t* out_stats);
  graft_error_t rxpoll(uint32_t budget, uint32_t* out_delivered);
  void destroy();

  // ---- For the emulation, in world context ----
  void receive(const lx_net_rx& packet);
  void space();
  void link_changed();
  /// The device goes away; ends every relation to it.
  void removed();

  // ---- For EtherSend ----
  graft_error_t push(graft_bufio_t* packet, size_t bytes, const lx_net_offload* offload, bool more);
  /// push() of one packet without offloads: the way of small ones is short.
  graft_error_t push_one(graft_bufio_t* packet, size_t bytes) {
    if (is_small(packet, bytes) && sending_) {
      lx_net_result result = lx_net_tx_small(sending_, data_of(packet), static_cast<uint32_t>(bytes));
      return result == LX_NET_OK ? GRAFT_OK : refused(result);
    }
    return push(packet, bytes, nullptr, false);
  }
  graft_error_t push_batch(const graft_packet_t* packets, uint32_t count, uint32_t* out_accepted);
  graft_error_t alloc_bufio(size_t bytes, graft_bufio_t** out);
  bool is_open() const { return open_; }
  uint32_t capabilities() const;

 private:
  friend class graft::Heap;

  /// Bytes pulled into a packet's head; a packet that is no longer is copied whole.
  static constexpr uint32_t kHeaderBytes = LX_NET_HEADER_BYTES;
  static constexpr uint32_t kMinBytes = 14;
  /// What shorter frames are padded to, without the checksum.
  static constexpr uint32_t kMinFrameBytes = 60;
  /// Small packets of a batch that go to the emulation in one call.
  static constexpr uint32_t kSmallRun = 32;

  explicit EtherPort(lx_net_port* port) : port_(port) {}

  /// Buffers of alloc_bufio() are known by their table, so their bytes need no call.
  static bool is_ours(const graft_bufio_t* packet) {
    return packet->ops == &OpsTable<graft_bufio_t>::table<WorldBuffer>;
  }
  /// Says whether a packet may go the short way of small ones.
  static bool is_small(graft_bufio_t* packet, size_t bytes) {
    return is_ours(packet) && bytes - kMinBytes <= kHeaderBytes - kMinBytes &&
           bytes <= static_cast<WorldBuffer*>(packet)->size();
  }
  static const void* data_of(graft_bufio_t* packet) { return static_cast<WorldBuffer*>(packet)->data(); }

  graft_iunknown_t* unknown() { return reinterpret_cast<graft_iunknown_t*>(static_cast<graft_etherdev_t*>(this)); }
  /// Sends the small packets that a batch begins with; *out_run says how many there are.
  lx_net_result push_small_run(const graft_packet_t* packets, uint32_t count, uint32_t* out_run);
  graft_error_t push_copied(graft_bufio_t* packet, uint32_t bytes, const lx_net_offload* offload, bool more);
  /// push_gathered() of a buffer of alloc_bufio() without offloads.
  graft_error_t push_contiguous(WorldBuffer& packet, uint32_t bytes, bool more);
  graft_error_t push_gathered(graft_bufio_t* packet, uint32_t bytes, const lx_net_offload* offload, bool more);
  graft_error_t refused(lx_net_result result);
  graft_error_t open_in_fiber();
  void close_in_fiber();
  bool has_sent() const;

  lx_net_port* port_;               ///< null once the device is gone
  lx_net_port* sending_ = nullptr;  ///< port_ while the interface is open
  graft_attachment_t* attachment_ = nullptr;
  DeviceInterrupts* interrupts_ = nullptr;  ///< of its device, while port_ is there
  uint32_t adapter_ = GRAFT_ADAPTER_AUTO;
  bool open_ = false;
  bool opening_ = false;
  Ref<graft_netio_t> receive_;
  graft_ether_listener_t listener_{};
  lx_net_features features_{};
  graft_mac_address_t address_{};
  graft_link_state_t link_{};
  uint32_t mtu_ = 0;
  uint64_t delivered_ = 0;
  graft_ether_stats_t stats_{};  ///< the adapter's part; the rest is the device's
  lx_net_counters last_{};       ///< of the device, kept when it is gone
};

}  // namespace graft::lx

#endif
