// SPDX-License-Identifier: BSD-2-Clause
#include "examples/http/netif/ethernet_interface.hpp"

#include <lwip/etharp.h>
#include <lwip/ip4_frag.h>
#include <netif/ethernet.h>

#include <algorithm>
#include <cstring>

namespace graft::http {

namespace {

constexpr uint32_t kHeaderBytes = 14;
constexpr uint32_t kVlanTagBytes = 4;
constexpr uint32_t kMaxMtu = 1500;

ip4_addr_t to_lwip(const uint8_t (&address)[4]) {
  ip4_addr_t out;
  IP4_ADDR(&out, address[0], address[1], address[2], address[3]);
  return out;
}

}  // namespace

EthernetInterface::EthernetInterface(Host& host, const Ipv4Config& config)
    : host_(host), config_(config), receive_queue_(host), receive_packets_(host), transmit_(host) {}

EthernetInterface::~EthernetInterface() {
  take_down();
  // Fragments of unfinished datagrams refer to received packets; they expire after IP_REASS_MAXAGE ticks.
  for (int tick = 0; tick <= IP_REASS_MAXAGE; ++tick) ip_reass_tmr();
}

Status EthernetInterface::create() {
  if (!receive_packets_.create() || !transmit_.create()) return GRAFT_E_NOMEM;
  return GRAFT_OK;
}

Status EthernetInterface::open(const Ref<graft_etherdev_t>& device) {
  graft_ether_listener_t listener = {};
  listener.arg = this;
  listener.on_link = [](void* arg, const graft_link_state_t*) {
    auto* self = static_cast<EthernetInterface*>(arg);
    self->link_changed_.store(true, std::memory_order_release);
    self->host_.wake();
  };
  listener.on_space = [](void* arg) { static_cast<EthernetInterface*>(arg)->transmit_.on_space(); };
  listener.on_gone = [](void* arg) {
    auto* self = static_cast<EthernetInterface*>(arg);
    self->gone_.store(true, std::memory_order_release);
    self->host_.wake();
  };
  mtu_ = std::min(graft_etherdev_get_mtu(device.get()), kMaxMtu);
  receive_queue_.set_max_frame_bytes(mtu_ + kHeaderBytes + kVlanTagBytes);
  GRAFT_TRY(graft_etherdev_open(device.get(), &receive_queue_, &listener, send_.out()));
  graft_etherdev_get_address(device.get(), &mac_);
  device_ = device;
  link_changed_.store(true, std::memory_order_relaxed);
  opened_.store(true, std::memory_order_release);
  host_.wake();
  return GRAFT_OK;
}

void EthernetInterface::take_down() {
  if (up_) netif_remove(&netif_);
  up_ = false;
  taken_down_ = true;
  transmit_.set_target({});
  transmit_.discard();
}

void EthernetInterface::close() {
  if (!opened_.exchange(false, std::memory_order_acq_rel)) return;
  // After surprise removal the device may say BADSTATE or GONE; it holds nothing either way.
  static_cast<void>(graft_etherdev_close(device_.get()));
  send_.reset();
  receive_queue_.discard();
}

err_t EthernetInterface::initialise(netif* interface) {
  auto* self = static_cast<EthernetInterface*>(interface->state);
  interface->name[0] = 'e';
  interface->name[1] = 'n';
  interface->output = etharp_output;
  interface->linkoutput = [](netif* n, pbuf* p) {
    return static_cast<EthernetInterface*>(n->state)->transmit_.send(p);
  };
  interface->mtu = static_cast<u16_t>(self->mtu_);
  interface->hwaddr_len = ETH_HWADDR_LEN;
  std::memcpy(interface->hwaddr, self->mac_.bytes, ETH_HWADDR_LEN);
  interface->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET;
  return ERR_OK;
}

void EthernetInterface::bring_up() {
  transmit_.set_target(send_);
  const ip4_addr_t address = to_lwip(config_.address);
  const ip4_addr_t netmask = to_lwip(config_.netmask);
  const ip4_addr_t gateway = to_lwip(config_.gateway);
  netif_add(&netif_, &address, &netmask, &gateway, this, initialise, ethernet_input);
  netif_set_default(&netif_);
  netif_set_up(&netif_);
  up_ = true;
}

void EthernetInterface::follow_link() {
  if (!link_changed_.exchange(false, std::memory_order_acq_rel)) return;
  if (link().up) {
    netif_set_link_up(&netif_);
  } else {
    netif_set_link_down(&netif_);
  }
}

graft_link_state_t EthernetInterface::link() const {
  graft_link_state_t state = {};
  if (is_open() && !gone()) graft_etherdev_get_link(device_.get(), &state);
  return state;
}

bool EthernetInterface::poll_receive(uint32_t budget) {
  if (!is_open() || taken_down_) return false;
  if (!up_) bring_up();
  follow_link();
  ReceiveQueue::Packet packet;
  for (; budget && receive_queue_.pop(&packet); --budget) {
    pbuf* p = receive_packets_.wrap(packet.buffer, packet.bytes);
    if (!p) continue;
    ++received_;
    if (netif_.input(p, &netif_) != ERR_OK) pbuf_free(p);
  }
  return !receive_queue_.empty();
}

EthernetInterface::Stats EthernetInterface::stats() const {
  return {receive_queue_.stats(), receive_packets_.stats(), transmit_.stats(), received_};
}

}  // namespace graft::http
