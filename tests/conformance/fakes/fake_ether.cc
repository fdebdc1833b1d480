// SPDX-License-Identifier: BSD-2-Clause
#include "tests/conformance/fakes/fake_ether.hpp"

#include <algorithm>
#include <cstring>

#include "tests/conformance/fakes/fake_frame.hpp"

namespace graft::fakes {

namespace {

constexpr size_t kHeaderBytes = 14;
constexpr size_t kMinFrameBytes = 60;

}  // namespace

/// What open() hands out. It outlives close() as an object that answers GONE.
class FakeEther::Sender final : public Object<Sender, graft_netio_t, graft_netio2_t> {
 public:
  explicit Sender(FakeEther* device) : device_(device) {}

  Status push(graft_bufio_t* packet, size_t bytes) { return device_ ? device_->push(packet, bytes) : GRAFT_E_GONE; }

  Status alloc_bufio(size_t bytes, graft_bufio_t** out) {
    *out = nullptr;
    if (!device_) return GRAFT_E_GONE;
    if (bytes > device_->mtu_ + kHeaderBytes) return GRAFT_E_RANGE;
    *out = new FakeFrame(Frame(bytes), 0, nullptr);
    device_->allocated_.insert(*out);
    return GRAFT_OK;
  }

  Status push_batch(const graft_packet_t* packets, uint32_t count, uint32_t* out_accepted) {
    for (*out_accepted = 0; *out_accepted < count; ++*out_accepted) {
      const graft_packet_t& p = packets[*out_accepted];
      Status status = p.flags ? Status(GRAFT_E_NOTSUP) : push(p.buffer, p.bytes);
      if (!status.ok()) {
        if (device_ && device_->is(EtherMutation::kBatchCountsOneMore)) ++*out_accepted;
        return status;
      }
    }
    return GRAFT_OK;
  }

  uint32_t get_capabilities() { return 0; }
  void forget_device() { device_ = nullptr; }
  void destroy() {
    if (device_ && device_->sender_ == this) device_->sender_ = nullptr;
    delete this;
  }

 private:
  FakeEther* device_;
};

FakeEther::~FakeEther() {
  if (sender_) sender_->forget_device();
  // A mutant may still hold a receiver that is gone by now.
  static_cast<void>(old_receive_.take());
}

Status FakeEther::open(graft_netio_t* receive, const graft_ether_listener_t* listener, graft_netio_t** out_send) {
  *out_send = nullptr;
  if (world_.in_upcall() && !is(EtherMutation::kBlockInUpcall)) return GRAFT_E_BADSTATE;
  if (gone_) return GRAFT_E_GONE;
  if (open_ && !is(EtherMutation::kOpenTwice)) return GRAFT_E_EXIST;
  receive_ = Ref<graft_netio_t>::share(receive);
  listener_ = listener ? *listener : graft_ether_listener_t{};
  open_ = true;
  refusals_ = 0;
  sender_ = new Sender(this);
  *out_send = sender_;
  return GRAFT_OK;
}

Status FakeEther::close() {
  if (world_.in_upcall() && !is(EtherMutation::kBlockInUpcall)) return GRAFT_E_BADSTATE;
  if (!open_) return is(EtherMutation::kCloseTwice) ? GRAFT_OK : GRAFT_E_BADSTATE;
  held_ = false;
  if (!is(EtherMutation::kCloseForgets)) transmit();
  open_ = false;
  if (sender_ && !is(EtherMutation::kPushAfterClose)) sender_->forget_device();
  if (is(EtherMutation::kReceiveAfterClose) || is(EtherMutation::kKeepReceiver)) old_receive_ = receive_;
  receive_.reset();
  listener_ = {};
  if (!is(EtherMutation::kPushAfterClose)) sender_ = nullptr;
  promiscuous_ = false;
  groups_.clear();
  return GRAFT_OK;
}

Status FakeEther::set_mtu(uint32_t mtu) {
  if (world_.in_upcall()) return GRAFT_E_BADSTATE;
  if (gone_) return GRAFT_E_GONE;
  if ((mtu < kMinMtu || mtu > kMaxMtu) && !is(EtherMutation::kWrongMtu)) return GRAFT_E_RANGE;
  mtu_ = mtu;
  return GRAFT_OK;
}

Status FakeEther::set_multicast(const graft_mac_address_t* groups, uint32_t count) {
  if (world_.in_upcall()) return GRAFT_E_BADSTATE;
  if (gone_) return GRAFT_E_GONE;
  groups_.assign(groups, groups + count);
  return GRAFT_OK;
}

Status FakeEther::set_promiscuous(bool on) {
  if (world_.in_upcall()) return GRAFT_E_BADSTATE;
  if (gone_) return GRAFT_E_GONE;
  promiscuous_ = on;
  return GRAFT_OK;
}

Status FakeEther::rxpoll(uint32_t, uint32_t* out_delivered) {
  *out_delivered = 0;
  if (gone_) return GRAFT_E_GONE;
  return open_ && !world_.in_upcall() ? GRAFT_OK : GRAFT_E_BADSTATE;
}

// ---- Transmission
// -----------------------------------------------------------------------------------------------------

Status FakeEther::push(graft_bufio_t* packet, size_t bytes) {
  if (gone_ || (!open_ && !is(EtherMutation::kPushAfterClose))) return GRAFT_E_GONE;
  if (bytes > graft_bufio_size(packet)) return GRAFT_E_RANGE;
  if (bytes < kHeaderBytes && !is(EtherMutation::kAcceptTooShort)) return GRAFT_E_RANGE;
  if (bytes > mtu_ + kHeaderBytes && !is(EtherMutation::kAcceptTooLong)) return GRAFT_E_RANGE;
  if (!link_up_) return GRAFT_E_NOLINK;
  if (ring_.size() == kRing) {
    ++stats_.tx_busy;
    ++refusals_;
    if (is(EtherMutation::kBusyTakesReference)) graft_addref(packet);
    if (is(EtherMutation::kSpaceInsidePush)) space();
    return GRAFT_E_BUSY;
  }
  graft_addref(packet);
  ring_.push_back({packet, bytes});
  if (is(EtherMutation::kReceiveInsidePush)) deliver(gather(packet, bytes));
  if (!held_ && !transmit_posted_) {
    transmit_posted_ = true;
    world_.post([this] { transmit(); });
  }
  return GRAFT_OK;
}

FakeEther::Frame FakeEther::gather(graft_bufio_t* packet, size_t bytes) {
  graft_fragment_t fragments[64];
  uint32_t count = 0;
  void* pieces = nullptr;
  Frame frame;
  if (graft_query(packet, &graft_iid_sgbufio, &pieces) == GRAFT_OK) {
    auto* sg = static_cast<graft_sgbufio_t*>(pieces);
    static_cast<void>(graft_sgbufio_fragments(sg, 0, bytes, fragments, 64, &count));
    graft_release(sg);
  }
  if (count == 0) {
    frame.resize(bytes);
    static_cast<void>(graft_bufio_read(packet, frame.data(), 0, bytes));
    ++stats_.tx_copied;
    stats_.tx_copied_bytes += bytes;
    return frame;
  }
  ++stats_.tx_gathered;
  if (is(EtherMutation::kSwapFragments)) std::reverse(fragments, fragments + count);
  for (uint32_t i = 0; i < count; ++i) {
    const auto* at = static_cast<const uint8_t*>(fragments[i].address);
    frame.insert(frame.end(), at, at + fragments[i].bytes);
  }
  return frame;
}

void FakeEther::transmit() {
  transmit_posted_ = false;
  while (!ring_.empty() && !held_) {
    const Pending pending = ring_.front();
    ring_.pop_front();
    Frame frame = gather(pending.packet, pending.bytes);
    if (frame.size() < kMinFrameBytes && !is(EtherMutation::kNoPadding)) {
      stats_.tx_header_bytes += kMinFrameBytes - frame.size();
      frame.resize(kMinFrameBytes, is(EtherMutation::kPadGarbage) ? 0x5a : 0);
    }
    if (is(EtherMutation::kCorruptByte)) frame.back() ^= 1;
    if (!is(EtherMutation::kStatsStandStill)) {
      ++stats_.tx_packets;
      stats_.tx_bytes += frame.size();
    }
    if (on_wire && !gone_ && !is(EtherMutation::kSendNothing)) on_wire(std::move(frame));
    complete(pending.packet);
  }
  if (!gone_ && !held_) space();
}

void FakeEther::complete(graft_bufio_t* packet) {
  // Broken only for the test's own buffers, which survive it and are not leaked.
  const bool own = allocated_.contains(packet);
  if (is(EtherMutation::kLeakReference) && !own) return;
  graft_release(packet);
  if (is(EtherMutation::kReleaseTwice) && !own) graft_release(packet);
}

void FakeEther::space() {
  if (is(EtherMutation::kNoSpaceEvent)) return;
  while (refusals_) {
    --refusals_;
    for (int i = 0; i < (is(EtherMutation::kSpaceEventTwice) ? 2 : 1); ++i) {
      if (listener_.on_space) world_.upcall([&] { listener_.on_space(listener_.arg); });
    }
  }
}

void FakeEther::hold(bool on) {
  held_ = on;
  if (!on) world_.post([this] { transmit(); });
}

// ---- Reception
// --------------------------------------------------------------------------------------------------------

bool FakeEther::accepts(const Frame& frame) const {
  if (is(EtherMutation::kAcceptForeign)) return true;
  if (promiscuous_ && !is(EtherMutation::kIgnorePromiscuous)) return true;
  if (std::memcmp(frame.data(), address_.bytes, 6) == 0) return true;
  if (std::all_of(frame.begin(), frame.begin() + 6, [](uint8_t b) { return b == 0xff; })) return true;
  if (is(EtherMutation::kIgnoreMulticast)) return false;
  return std::any_of(groups_.begin(), groups_.end(),
                     [&](const graft_mac_address_t& g) { return std::memcmp(g.bytes, frame.data(), 6) == 0; });
}

void FakeEther::arrive(Frame frame) {
  world_.post([this, frame = std::move(frame)] {
    if (gone_ || (!open_ && !is(EtherMutation::kReceiveAfterClose))) return;
    if (frame.size() < kHeaderBytes || frame.size() > mtu_ + kHeaderBytes + 4) {
      ++stats_.rx_malformed;
    } else if (accepts(frame)) {
      deliver(frame);
    }
  });
}

void FakeEther::deliver(const Frame& frame) {
  const Ref<graft_netio_t> to = receive_ ? receive_ : old_receive_;
  if (!to) return;
  if (!is(EtherMutation::kStatsStandStill)) {
    ++stats_.rx_packets;
    stats_.rx_bytes += frame.size();
  }
  auto* packet = new FakeFrame(frame, piece_bytes_, &frames_alive_);
  const Status status = world_.upcall([&] { return Status(graft_netio_push(to.get(), packet, frame.size())); });
  if (!status.ok()) ++stats_.rx_dropped;
  packet->release();
}

void FakeEther::set_link(bool up) {
  link_up_ = up;
  world_.post([this] {
    graft_link_state_t state;
    get_link(&state);
    if (listener_.on_link) world_.upcall([&] { listener_.on_link(listener_.arg, &state); });
  });
}

void FakeEther::remove() {
  gone_ = true;
  held_ = false;
  world_.post([this] {
    transmit();
    if (listener_.on_gone) world_.upcall([&] { listener_.on_gone(listener_.arg); });
  });
}

}  // namespace graft::fakes
