// SPDX-License-Identifier: BSD-2-Clause
#include "drivers/native/net/loopback/port.hpp"

#include <string.h>

#include "glue/buffer/world_buffer.hpp"

namespace graft::loopback {
namespace {

constexpr size_t kHeaderBytes = 14;
constexpr size_t kTagBytes = 4;

/// A method that blocks, carried out as a fiber whatever the caller is.
template <class Body>
graft_error_t in_fiber(World& world, Body& body) {
  return world.call([](void* arg) { return (*static_cast<Body*>(arg))(); }, &body);
}

}  // namespace

// ---- Sending side ---------------------------------------------------------------------------------------------------

SendSide::SendSide(Port* port) : port_(port) { port_->addref(); }

void SendSide::destroy() {
  Port* port = port_;
  {
    WorldScope scope(port->world());
    port->world().heap().destroy_object(this);
  }
  port->release();
}

graft_error_t SendSide::push(graft_bufio_t* packet, size_t bytes) {
  WorldScope scope(port_->world());
  return closed_ ? GRAFT_E_GONE : port_->push(this, packet, bytes);
}

graft_error_t SendSide::alloc_bufio(size_t bytes, graft_bufio_t** out) {
  *out = nullptr;
  if (bytes > port_->get_mtu() + kHeaderBytes + kTagBytes) return GRAFT_E_RANGE;
  return create_world_buffer(bytes, out);
}

graft_error_t SendSide::push_batch(const graft_packet_t* packets, uint32_t count, uint32_t* out_accepted) {
  *out_accepted = 0;
  WorldScope scope(port_->world());
  for (uint32_t i = 0; i < count; ++i) {
    constexpr uint32_t kMetadata =
        GRAFT_PACKET_CHECKSUM_PARTIAL | GRAFT_PACKET_VLAN | GRAFT_PACKET_TSO4 | GRAFT_PACKET_TSO6;
    if ((packets[i].flags & kMetadata) != 0) return GRAFT_E_NOTSUP;
    if (graft_error_t error = push(packets[i].buffer, packets[i].bytes); error != GRAFT_OK) return error;
    ++*out_accepted;
  }
  return GRAFT_OK;
}

// ---- Life -----------------------------------------------------------------------------------------------------------

Port::Port(World& world, const graft_mac_address_t& address, uint32_t adapter)
    : world_(world), address_(address), adapter_(world, {.mode = adapter, .max_fragments = 16}) {}

void Port::destroy() {
  World& world = world_;
  WorldScope scope(world);
  world.heap().destroy_object(this);
}

graft_error_t Port::open(graft_netio_t* receive, const graft_ether_listener_t* listener, graft_netio_t** out_send) {
  *out_send = nullptr;
  auto body = [&]() -> graft_error_t {
    if (gone_) return GRAFT_E_GONE;
    if (open_) return GRAFT_E_EXIST;
    auto* side = world_.heap().make<SendSide>(this);
    if (side == nullptr) return GRAFT_E_NOMEM;
    receive_ = Ref<graft_netio_t>::share(receive);
    listener_ = listener != nullptr ? *listener : graft_ether_listener_t{};
    send_side_ = side;
    open_ = true;
    note_link_change();
    *out_send = side;
    return GRAFT_OK;
  };
  return in_fiber(world_, body);
}

graft_error_t Port::close() {
  auto body = [this] { return open_ ? close_in_fiber() : GRAFT_E_BADSTATE; };
  return in_fiber(world_, body);
}

graft_error_t Port::close_in_fiber() {
  send_side_->closed_ = true;
  send_side_ = nullptr;
  // Accepted packets go out while the cable is there.
  while (used_ != 0) world_.yield();
  open_ = false;
  note_link_change();
  while (work_.is_raised()) world_.yield();
  receive_.reset();
  listener_ = {};
  return GRAFT_OK;
}

void Port::detach() {
  gone_ = true;
  if (open_) {
    tell_gone_ = true;
    // It cannot fail once the port is open.
    (void)close_in_fiber();
  }
  if (peer_ != nullptr && peer_ != this) peer_->peer_ = nullptr;
  peer_ = nullptr;
  while (work_.is_raised()) world_.yield();
}

// ---- Settings -------------------------------------------------------------------------------------------------------

void Port::get_link(graft_link_state_t* out_state) {
  WorldScope scope(world_);
  *out_state = {};
  out_state->up = link_is_up();
  out_state->full_duplex = true;
  out_state->speed_mbit = 10000;
}

graft_error_t Port::set_mtu(uint32_t mtu) {
  auto body = [&]() -> graft_error_t {
    if (gone_) return GRAFT_E_GONE;
    if (mtu < kMinMtu || mtu > kMaxMtu) return GRAFT_E_RANGE;
    mtu_ = mtu;
    return GRAFT_OK;
  };
  return in_fiber(world_, body);
}

graft_error_t Port::set_multicast(const graft_mac_address_t* groups, uint32_t count) {
  auto body = [&]() -> graft_error_t {
    if (gone_) return GRAFT_E_GONE;
    if (count > kMaxGroups) return GRAFT_E_NOMEM;
    if (count != 0) memcpy(groups_, groups, count * sizeof(groups_[0]));
    group_count_ = count;
    return GRAFT_OK;
  };
  return in_fiber(world_, body);
}

graft_error_t Port::set_promiscuous(bool on) {
  auto body = [&]() -> graft_error_t {
    if (gone_) return GRAFT_E_GONE;
    promiscuous_ = on;
    return GRAFT_OK;
  };
  return in_fiber(world_, body);
}

void Port::get_stats(graft_ether_stats_t* out_stats) {
  WorldScope scope(world_);
  *out_stats = stats_;
  adapter_.counters().add_to(out_stats);
}

// ---- Packets --------------------------------------------------------------------------------------------------------

graft_error_t Port::push(SendSide*, graft_bufio_t* packet, size_t bytes) {
  if (gone_) return GRAFT_E_GONE;
  if (bytes < kHeaderBytes || bytes > mtu_ + kHeaderBytes + kTagBytes) return GRAFT_E_RANGE;
  if (!link_is_up()) return GRAFT_E_NOLINK;
  if (used_ == kRing) {
    owes_space_ = true;
    ++stats_.tx_busy;
    return GRAFT_E_BUSY;
  }
  PreparedPacket prepared;
  if (graft_error_t error = adapter_.prepare(packet, bytes, &prepared); error != GRAFT_OK) return error;
  Slot& slot = ring_[(head_ + used_) % kRing];
  slot.owner = static_cast<Ref<graft_bufio_t>&&>(prepared.owner);
  slot.bytes = prepared.bytes;
  ++used_;
  world_.raise(work_);
  return GRAFT_OK;
}

bool Port::wants(const unsigned char* destination) const {
  static constexpr unsigned char kBroadcast[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
  if (promiscuous_ || memcmp(destination, kBroadcast, 6) == 0) return true;
  if ((destination[0] & 1) == 0) return memcmp(destination, address_.bytes, 6) == 0;
  for (uint32_t i = 0; i < group_count_; ++i) {
    if (memcmp(destination, groups_[i].bytes, 6) == 0) return true;
  }
  return false;
}

void Port::receive(Slot& slot) {
  unsigned char destination[6];
  if (!open_ || graft_bufio_read(slot.owner.get(), destination, 0, sizeof(destination)) != GRAFT_OK) return;
  if (!wants(destination)) return;
  if (slot.bytes > mtu_ + kHeaderBytes + kTagBytes) {
    ++stats_.rx_malformed;
    return;
  }
  graft_bufio_t* copy;
  if (copy_to_world_buffer(slot.owner.get(), 0, slot.bytes, &copy) != GRAFT_OK) {
    ++stats_.rx_dropped;
    return;
  }
  ++stats_.rx_packets;
  stats_.rx_bytes += slot.bytes;
  stats_.rx_copied_bytes += slot.bytes;
  slot.owner.reset();
  {
    Upcall upcall(world_);
    if (graft_netio_push(receive_.get(), copy, slot.bytes) != GRAFT_OK) ++stats_.rx_dropped;
  }
  graft_release(copy);
}

uint32_t Port::transmit(uint32_t budget) {
  uint32_t count = 0;
  while (used_ != 0 && count < budget) {
    Slot slot = static_cast<Slot&&>(ring_[head_]);
    head_ = (head_ + 1) % kRing;
    --used_;
    ++count;
    ++stats_.tx_packets;
    stats_.tx_bytes += slot.bytes;
    // With the cable pulled the packet is lost on the way, as it would be.
    if (peer_ != nullptr) peer_->receive(slot);
  }
  return count;
}

void Port::run() {
  // One ring's worth at most: what upcalls push meanwhile waits for the next turn.
  uint32_t budget = world_.budget_left() < used_ ? world_.budget_left() : used_;
  world_.charge(transmit(budget));
  report_events();
  if (used_ != 0) world_.raise(work_);
}

void Port::note_link_change() {
  world_.raise(work_);
  if (peer_ != nullptr && peer_ != this) world_.raise(peer_->work_);
}

void Port::report_events() {
  if (owes_space_ && used_ < kRing) {
    owes_space_ = false;
    if (listener_.on_space != nullptr) {
      Upcall upcall(world_);
      listener_.on_space(listener_.arg);
    }
  }
  graft_link_state_t state;
  get_link(&state);
  if (state.up != reported_link_) {
    reported_link_ = state.up;
    if (open_ && listener_.on_link != nullptr) {
      Upcall upcall(world_);
      listener_.on_link(listener_.arg, &state);
    }
  }
  if (tell_gone_ && !open_) {
    tell_gone_ = false;
    if (listener_.on_gone != nullptr) {
      Upcall upcall(world_);
      listener_.on_gone(listener_.arg);
    }
  }
}

graft_error_t Port::rxpoll(uint32_t budget, uint32_t* out_delivered) {
  *out_delivered = 0;
  WorldScope scope(world_);
  if (gone_) return GRAFT_E_GONE;
  if (!open_ || world_.in_upcall()) return GRAFT_E_BADSTATE;
  if (peer_ == nullptr) return GRAFT_OK;
  uint64_t before = stats_.rx_packets;
  while (peer_->used_ != 0 && stats_.rx_packets - before < budget) peer_->transmit(1);
  *out_delivered = static_cast<uint32_t>(stats_.rx_packets - before);
  if (peer_->used_ == 0) world_.raise(peer_->work_);
  return GRAFT_OK;
}

}  // namespace graft::loopback
