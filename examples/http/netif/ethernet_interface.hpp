// SPDX-License-Identifier: BSD-2-Clause
/// EthernetInterface: an lwIP interface on an etherdev.
#ifndef GRAFT_EXAMPLES_HTTP_NETIF_ETHERNET_INTERFACE_HPP
#define GRAFT_EXAMPLES_HTTP_NETIF_ETHERNET_INTERFACE_HPP

#include <lwip/netif.h>

#include <atomic>
#include <graft/etherdev.hpp>

#include "examples/http/netif/receive_packet.hpp"
#include "examples/http/netif/receive_queue.hpp"
#include "examples/http/netif/transmit_queue.hpp"

namespace graft::http {

/// IPv4 configuration; addresses as four bytes in the order they are written.
struct Ipv4Config {
  uint8_t address[4] = {10, 0, 2, 15};
  uint8_t netmask[4] = {255, 255, 255, 0};
  uint8_t gateway[4] = {10, 0, 2, 2};
};

class EthernetInterface {
 public:
  struct Stats {
    ReceiveQueue::Stats queue;
    ReceivePackets::Stats receive;
    TransmitQueue::Stats transmit;
    uint64_t received = 0;  ///< handed to lwIP
  };

  EthernetInterface(Host& host, const Ipv4Config& config);
  EthernetInterface(const EthernetInterface&) = delete;
  /// The interface must be closed.
  ~EthernetInterface();

  /// Allocates the pools. @context the polling thread, after start_lwip()  @errors NOMEM
  Status create();

  /// Opens the device. Touches nothing of lwIP, so it may run in a fiber while the polling thread polls.
  /// @context thread, fiber  @blocks may  @owns device: shares a reference  @errors those of etherdev.open
  Status open(const Ref<graft_etherdev_t>& device);

  /// Takes the interface down in lwIP; nothing is sent any more. To be followed by close(). @context the polling thread
  void take_down();
  /// Closes the device: every packet comes back. @context thread, fiber  @blocks may
  void close();

  /// Moves received packets, at most `budget`, into lwIP and follows the link. Says whether packets are left.
  /// @context the polling thread
  bool poll_receive(uint32_t budget);

  [[nodiscard]] TransmitQueue& transmit() { return transmit_; }
  [[nodiscard]] bool gone() const { return gone_.load(std::memory_order_acquire); }
  [[nodiscard]] bool is_open() const { return opened_.load(std::memory_order_acquire); }
  [[nodiscard]] const Ref<graft_etherdev_t>& device() const { return device_; }
  [[nodiscard]] const graft_mac_address_t& mac() const { return mac_; }
  [[nodiscard]] graft_link_state_t link() const;
  [[nodiscard]] const Ipv4Config& config() const { return config_; }
  [[nodiscard]] Stats stats() const;

 private:
  static err_t initialise(netif* interface);
  void bring_up();
  void follow_link();

  Host& host_;
  Ipv4Config config_;
  ReceiveQueue receive_queue_;
  ReceivePackets receive_packets_;
  TransmitQueue transmit_;
  Ref<graft_etherdev_t> device_;
  Ref<graft_netio_t> send_;
  graft_mac_address_t mac_ = {};
  uint32_t mtu_ = 1500;
  netif netif_ = {};
  bool up_ = false;
  bool taken_down_ = false;
  uint64_t received_ = 0;
  std::atomic<bool> opened_{false};
  std::atomic<bool> gone_{false};
  std::atomic<bool> link_changed_{false};
};

}  // namespace graft::http

#endif
