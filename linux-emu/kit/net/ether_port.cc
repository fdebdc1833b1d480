// SPDX-License-Identifier: GPL-2.0-only
#include "linux-emu/kit/net/ether_port.hpp"

#include "glue/buffer/world_buffer.hpp"
#include "glue/world/world.hpp"
#include "linux-emu/boundary/environment.h"
#include "linux-emu/kit/environment.hpp"
#include "linux-emu/kit/net/rx_buffer.hpp"

namespace graft::lx {
namespace {

constexpr uint32_t kOffloads =
    GRAFT_PACKET_CHECKSUM_PARTIAL | GRAFT_PACKET_VLAN | GRAFT_PACKET_TSO4 | GRAFT_PACKET_TSO6;

/// A method that blocks, carried out as a fiber whatever the caller is.
template <class Body>
graft_error_t in_fiber(Body& body) {
  return world().call([](void* arg) { return (*static_cast<Body*>(arg))(); }, &body);
}

/// Keeps a port from vanishing while a fiber that may block uses it.
class ControlLock {
 public:
  ControlLock() { lx_net_lock(); }
  ~ControlLock() { lx_net_unlock(); }
  ControlLock(const ControlLock&) = delete;
  ControlLock& operator=(const ControlLock&) = delete;
};

}  // namespace

EtherPort* EtherPort::create(lx_net_port* port, Instance& instance) {
  EtherPort* self = world().heap().make<EtherPort>(port);
  if (!self) return nullptr;
  self->attachment_ = instance.attachment;
  self->interrupts_ = &instance.interrupts;
  self->adapter_ = graft_attachment_adapter(instance.attachment);
  lx_net_get_features(port, &self->features_);
  lx_net_get_address(port, self->address_.bytes);
  self->mtu_ = lx_net_get_mtu(port);
  if (graft_attachment_export(instance.attachment, &graft_iid_etherdev, self->unknown()) != GRAFT_OK) {
    self->release();
    return nullptr;
  }
  ++instance.exports;
  return self;
}

void EtherPort::destroy() {
  World& w = world();
  WorldScope scope(w);
  w.heap().destroy_object(this);
}

// ---- Control ------------------------------------------------------------------------------------------------------

graft_error_t EtherPort::open_in_fiber() {
  ControlLock lock;
  if (!port_) return GRAFT_E_GONE;
  if (int rc = lx_net_open(port_)) return lx_error(rc);
  lx_net_get_features(port_, &features_);
  sending_ = port_;
  // A card may have nothing to say of a silent network, but it reports what it sent.
  interrupts_->watch([](void* port) { return static_cast<EtherPort*>(port)->has_sent(); }, this);
  return GRAFT_OK;
}

graft_error_t EtherPort::open(graft_netio_t* receive, const graft_ether_listener_t* listener,
                              graft_netio_t** out_send) {
  *out_send = nullptr;
  World& w = world();
  if (w.in_world() && w.in_upcall()) return GRAFT_E_BADSTATE;
  {
    WorldScope scope(w);
    if (!port_) return GRAFT_E_GONE;
    if (open_ || opening_) return GRAFT_E_EXIST;
    opening_ = true;
  }
  EtherSend* send;
  {
    WorldScope scope(w);
    send = w.heap().make<EtherSend>(this);
    if (send) {
      receive_ = Ref<graft_netio_t>::share(receive);
      listener_ = listener ? *listener : graft_ether_listener_t{};
      open_ = true;
    }
  }
  auto body = [this] { return open_in_fiber(); };
  graft_error_t error = send ? in_fiber(body) : GRAFT_E_NOMEM;
  WorldScope scope(w);
  opening_ = false;
  if (error == GRAFT_OK && !port_) error = GRAFT_E_GONE;
  if (error != GRAFT_OK) {
    open_ = false;
    receive_.reset();
    listener_ = {};
    if (send) send->release();
    return error;
  }
  *out_send = send;
  return GRAFT_OK;
}

void EtherPort::close_in_fiber() {
  ControlLock lock;
  sending_ = nullptr;
  if (port_) {
    interrupts_->unwatch();
    lx_net_close(port_);
  }
  open_ = false;
  link_ = {};
  listener_ = {};
}

graft_error_t EtherPort::close() {
  World& w = world();
  if (w.in_world() && w.in_upcall()) return GRAFT_E_BADSTATE;
  auto body = [this]() -> graft_error_t {
    if (!open_ || opening_) return GRAFT_E_BADSTATE;
    close_in_fiber();
    return GRAFT_OK;
  };
  GRAFT_TRY(in_fiber(body));
  Ref<graft_netio_t> receive;
  {
    WorldScope scope(w);
    receive = static_cast<Ref<graft_netio_t>&&>(receive_);
  }
  return GRAFT_OK;
}

void EtherPort::get_address(graft_mac_address_t* out_address) { *out_address = address_; }

void EtherPort::get_link(graft_link_state_t* out_state) {
  WorldScope scope(world());
  *out_state = link_;
}

uint32_t EtherPort::get_mtu() { return mtu_; }

graft_error_t EtherPort::set_mtu(uint32_t mtu) {
  auto body = [this, mtu]() -> graft_error_t {
    ControlLock lock;
    if (!port_) return GRAFT_E_GONE;
    if (mtu < features_.min_mtu || mtu > features_.max_mtu) return GRAFT_E_RANGE;
    if (int rc = lx_net_set_mtu(port_, mtu)) return lx_error(rc);
    mtu_ = lx_net_get_mtu(port_);
    return GRAFT_OK;
  };
  return in_fiber(body);
}

graft_error_t EtherPort::set_multicast(const graft_mac_address_t* groups, uint32_t count) {
  static_assert(sizeof(graft_mac_address_t) == 6);
  auto body = [this, groups, count]() -> graft_error_t {
    ControlLock lock;
    if (!port_) return GRAFT_E_GONE;
    return lx_error(lx_net_set_multicast(port_, groups ? groups->bytes : nullptr, count));
  };
  return in_fiber(body);
}

graft_error_t EtherPort::set_promiscuous(bool on) {
  auto body = [this, on]() -> graft_error_t {
    ControlLock lock;
    if (!port_) return GRAFT_E_GONE;
    return lx_error(lx_net_set_promiscuous(port_, on));
  };
  return in_fiber(body);
}

void EtherPort::get_stats(graft_ether_stats_t* out_stats) {
  WorldScope scope(world());
  if (port_) lx_net_get_counters(port_, &last_);
  *out_stats = stats_;
  out_stats->rx_packets = last_.rx_packets;
  out_stats->rx_bytes = last_.rx_bytes;
  out_stats->rx_errors = last_.rx_errors;
  out_stats->rx_dropped = last_.rx_dropped;
  out_stats->tx_packets = last_.tx_packets;
  out_stats->tx_bytes = last_.tx_bytes;
  out_stats->tx_errors = last_.tx_errors;
  out_stats->tx_dropped = last_.tx_dropped;
  out_stats->rx_malformed += last_.rx_malformed;
  out_stats->tx_header_bytes += last_.tx_small_bytes;
}

graft_error_t EtherPort::rxpoll(uint32_t budget, uint32_t* out_delivered) {
  *out_delivered = 0;
  World& w = world();
  if (w.in_world() && w.in_upcall()) return GRAFT_E_BADSTATE;
  uint64_t before;
  {
    WorldScope scope(w);
    if (!port_) return GRAFT_E_GONE;
    if (!open_) return GRAFT_E_BADSTATE;
    before = delivered_;
    lx_net_poll(port_);
  }
  bool more;
  uint64_t deadline_ns;
  GRAFT_TRY(w.run(budget, &more, &deadline_ns));
  *out_delivered = static_cast<uint32_t>(delivered_ - before);
  return GRAFT_OK;
}

// ---- Receiving and events -----------------------------------------------------------------------------------------

void EtherPort::receive(const lx_net_rx& packet) {
  if (!open_ || !receive_) {
    ++stats_.rx_dropped;
    lx_net_rx_free(packet.skb);
    return;
  }
  World& w = world();
  w.charge(1);
  ++delivered_;
  RxBuffer* buffer = RxBuffer::create(packet);
  {
    Upcall upcall(w);
    if (receive_->ops->push(receive_.get(), buffer, packet.bytes) != GRAFT_OK) ++stats_.rx_dropped;
  }
  if (buffer->is_ours_alone()) {
    lx_net_rx_free(packet.skb);
  } else {
    buffer->release();
  }
}

void EtherPort::space() {
  if (!open_ || !listener_.on_space) return;
  Upcall upcall(world());
  listener_.on_space(listener_.arg);
}

void EtherPort::link_changed() {
  lx_net_link now{};
  if (port_) lx_net_get_link(port_, &now);
  graft_link_state_t state{now.up, now.full_duplex, 0, now.speed_mbit};
  bool changed = state.up != link_.up || state.full_duplex != link_.full_duplex || state.speed_mbit != link_.speed_mbit;
  link_ = state;
  if (!changed || !open_ || !listener_.on_link) return;
  Upcall upcall(world());
  listener_.on_link(listener_.arg, &state);
}

bool EtherPort::has_sent() const {
  lx_net_counters counters;
  lx_net_get_counters(port_, &counters);
  return counters.tx_packets != 0;
}

void EtherPort::removed() {
  lx_net_get_counters(port_, &last_);
  port_ = nullptr;
  interrupts_->unwatch();
  sending_ = nullptr;
  link_ = {};
  graft_attachment_withdraw(attachment_, &graft_iid_etherdev, unknown());
  attachment_ = nullptr;
  interrupts_ = nullptr;
  if (open_ && !opening_ && listener_.on_gone) {
    Upcall upcall(world());
    listener_.on_gone(listener_.arg);
  }
  release();
}

// ---- Sending --------------------------------------------------------------------------------------------------------

graft_error_t EtherPort::refused(lx_net_result result) {
  switch (result) {
    case LX_NET_BUSY:
      ++stats_.tx_busy;
      return GRAFT_E_BUSY;
    case LX_NET_NOLINK:
      return GRAFT_E_NOLINK;
    case LX_NET_CLOSED:
      return GRAFT_E_GONE;
    case LX_NET_NOMEM:
      return GRAFT_E_NOMEM;
    default:
      return GRAFT_E_FAIL;
  }
}

/// Copies the whole packet into the driver's descriptor: small ones always, others if the device cannot gather.
graft_error_t EtherPort::push_copied(graft_bufio_t* packet, uint32_t bytes, const lx_net_offload* offload, bool more) {
  uint32_t padded = bytes < kMinFrameBytes ? kMinFrameBytes : bytes;
  lx_net_result result;
  auto* to = static_cast<unsigned char*>(lx_net_tx_begin(port_, padded, offload == nullptr, &result));
  if (!to) return refused(result);
  graft_error_t error = packet->ops->read(packet, to, 0, bytes);
  for (uint32_t i = bytes; i < padded; ++i) to[i] = 0;
  if (error != GRAFT_OK) {
    lx_net_tx_abort(port_);
    return error;
  }
  result = lx_net_tx_send(port_, offload, nullptr, more);
  if (result != LX_NET_OK) return refused(result);
  if (bytes <= kHeaderBytes) {
    stats_.tx_header_bytes += padded;
  } else {
    ++stats_.tx_copied;
    stats_.tx_copied_bytes += bytes;
    stats_.tx_header_bytes += padded - bytes;
  }
  return GRAFT_OK;
}

graft_error_t EtherPort::push_gathered(graft_bufio_t* packet, uint32_t bytes, const lx_net_offload* offload,
                                       bool more) {
  constexpr uint32_t kMaxFragments = 20;
  graft_fragment_t fragments[kMaxFragments];
  uint32_t count = 0;
  void* mapped;
  bool reachable = true;
  if (packet->ops->map(packet, &mapped, kHeaderBytes, bytes - kHeaderBytes) == GRAFT_OK) {
    // The common case: contiguous memory needs no list.
    fragments[0] = {mapped, bytes - kHeaderBytes, 0, 0};
    count = 1;
    reachable = world().host().in_window(mapped, bytes - kHeaderBytes);
  } else {
    graft_sgbufio_t* list;
    if (graft_query(packet, &graft_iid_sgbufio, reinterpret_cast<void**>(&list)) == GRAFT_OK) {
      if (list->ops->fragments(list, kHeaderBytes, bytes - kHeaderBytes, fragments, kMaxFragments, &count) != GRAFT_OK)
        count = 0;
      list->ops->release(list);
    }
    for (uint32_t i = 0; i < count; ++i) {
      if (!world().host().in_window(fragments[i].address, fragments[i].bytes)) reachable = false;
    }
  }
  if (count == 0 || count > features_.max_fragments || !reachable) {
    return adapter_ == GRAFT_ADAPTER_SG ? GRAFT_E_NOTSUP : push_copied(packet, bytes, offload, more);
  }

  lx_net_result result;
  void* to = lx_net_tx_begin(port_, kHeaderBytes, false, &result);
  if (!to) return refused(result);
  if (graft_error_t error = packet->ops->read(packet, to, 0, kHeaderBytes); error != GRAFT_OK) {
    lx_net_tx_abort(port_);
    return error;
  }
  for (uint32_t i = 0; i < count; ++i) {
    result = lx_net_tx_add(port_, fragments[i].address, static_cast<unsigned>(fragments[i].bytes));
    if (result != LX_NET_OK) return refused(result);
  }
  // Released by lxk_net_tx_done(), whatever becomes of the packet.
  packet->ops->addref(packet);
  result = lx_net_tx_send(port_, offload, packet, more);
  if (result != LX_NET_OK) return refused(result);
  ++stats_.tx_gathered;
  stats_.tx_header_bytes += kHeaderBytes;
  return GRAFT_OK;
}

graft_error_t EtherPort::push_contiguous(WorldBuffer& packet, uint32_t bytes, bool more) {
  packet.addref();
  graft_bufio_t* cookie = &packet;
  lx_net_gathered pieces{packet.data(), packet.data() + kHeaderBytes, bytes - kHeaderBytes, cookie};
  lx_net_result result = lx_net_tx_gathered(port_, &pieces, more);
  if (result != LX_NET_OK) return refused(result);
  ++stats_.tx_gathered;
  stats_.tx_header_bytes += kHeaderBytes;
  return GRAFT_OK;
}

graft_error_t EtherPort::push(graft_bufio_t* packet, size_t bytes, const lx_net_offload* offload, bool more) {
  if (!open_ || !port_) return GRAFT_E_GONE;
  bool segmented = offload && offload->segment_bytes;
  if (bytes < kMinBytes || (!segmented && bytes > mtu_ + 14 + 4) || bytes > 65536) return GRAFT_E_RANGE;
  auto size = static_cast<uint32_t>(bytes);
  if (size <= kHeaderBytes || adapter_ == GRAFT_ADAPTER_COPY) return push_copied(packet, size, offload, more);
  if (!features_.gather) {
    return adapter_ == GRAFT_ADAPTER_SG ? GRAFT_E_NOTSUP : push_copied(packet, size, offload, more);
  }
  if (!offload && is_ours(packet) && size <= static_cast<WorldBuffer*>(packet)->size())
    return push_contiguous(*static_cast<WorldBuffer*>(packet), size, more);
  return push_gathered(packet, size, offload, more);
}

graft_error_t EtherPort::alloc_bufio(size_t bytes, graft_bufio_t** out) {
  *out = nullptr;
  if (bytes > mtu_ + 14 + 4) return GRAFT_E_RANGE;
  return create_world_buffer(bytes, out);
}

lx_net_result EtherPort::push_small_run(const graft_packet_t* packets, uint32_t count, uint32_t* out_run) {
  lx_net_small run[kSmallRun];
  uint32_t most = count < kSmallRun ? count : kSmallRun;
  uint32_t length = 0;
  for (; length < most; ++length) {
    const graft_packet_t& packet = packets[length];
    if (packet.flags & kOffloads || !is_small(packet.buffer, packet.bytes)) break;
    run[length] = {data_of(packet.buffer), packet.bytes};
  }
  *out_run = length;
  return length ? lx_net_tx_small_batch(port_, run, length, length < count) : LX_NET_OK;
}

graft_error_t EtherPort::push_batch(const graft_packet_t* packets, uint32_t count, uint32_t* out_accepted) {
  *out_accepted = 0;
  if (!open_ || !port_) return GRAFT_E_GONE;
  unsigned long before = lx_net_tx_sent(port_);
  uint32_t allowed = capabilities();
  graft_error_t error = GRAFT_OK;
  for (uint32_t i = 0; i < count && error == GRAFT_OK;) {
    uint32_t run;
    if (lx_net_result result = push_small_run(packets + i, count - i, &run); result != LX_NET_OK) {
      error = refused(result);
      break;
    }
    i += run;
    if (run) continue;
    const graft_packet_t& packet = packets[i++];
    uint32_t wanted = packet.flags & kOffloads;
    if (wanted & ~allowed) {
      error = GRAFT_E_NOTSUP;
      break;
    }
    lx_net_offload offload{packet.flags,           packet.vlan_tag,      packet.checksum_start,
                           packet.checksum_offset, packet.segment_bytes, packet.header_bytes};
    error = push(packet.buffer, packet.bytes, wanted ? &offload : nullptr, true);
  }
  if (lx_net_result result = lx_net_tx_flush(port_); result != LX_NET_OK && error == GRAFT_OK) error = refused(result);
  *out_accepted = static_cast<uint32_t>(lx_net_tx_sent(port_) - before);
  return *out_accepted == count ? GRAFT_OK : error;
}

uint32_t EtherPort::capabilities() const {
  uint32_t capabilities = GRAFT_PACKET_CHECKSUM_VERIFIED;
  if (features_.checksum) capabilities |= GRAFT_PACKET_CHECKSUM_PARTIAL;
  if (features_.vlan_insert) capabilities |= GRAFT_PACKET_VLAN;
  if (features_.tso4) capabilities |= GRAFT_PACKET_TSO4;
  if (features_.tso6) capabilities |= GRAFT_PACKET_TSO6;
  return capabilities;
}

}  // namespace graft::lx

// ---- What the emulation calls -------------------------------------------------------------------------------------

using graft::lx::EtherPort;

void* lxk_net_port_added(lx_net_port* port, void* attachment, const char*) {
  return EtherPort::create(port, *static_cast<graft::lx::Instance*>(attachment));
}

void lxk_net_port_removed(void* kit_port) { static_cast<EtherPort*>(kit_port)->removed(); }

void lxk_net_receive(void* kit_port, const lx_net_rx* packet) { static_cast<EtherPort*>(kit_port)->receive(*packet); }

void lxk_net_tx_done(void* cookie) { graft_release(cookie); }

void lxk_net_space(void* kit_port) { static_cast<EtherPort*>(kit_port)->space(); }

void lxk_net_link_changed(void* kit_port) { static_cast<EtherPort*>(kit_port)->link_changed(); }
