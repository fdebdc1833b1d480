// SPDX-License-Identifier: BSD-2-Clause
#include "tests/conformance/ether_context.hpp"

#include <algorithm>
#include <cstring>

namespace graft::conformance {

namespace {

constexpr uint8_t kTestType[2] = {0x88, 0xb5};
constexpr size_t kArenaBytes = 512 << 10;

}  // namespace

void EtherContext::fill_frame(uint8_t* to, size_t bytes, const uint8_t* destination, const uint8_t* source,
                              uint32_t seed) {
  std::memcpy(to, destination, 6);
  std::memcpy(to + 6, source, 6);
  std::memcpy(to + 12, kTestType, 2);
  for (size_t i = kHeaderBytes; i < bytes; ++i) to[i] = pattern_byte(seed, i);
}

TestBuffer* EtherContext::make_empty(size_t bytes, uint8_t** out_memory) {
  if (buffer_count_ == kMaxBuffers) return nullptr;
  const size_t rounded = (bytes + 63) & ~size_t{63};
  if (rounded > memory_left_) {
    memory_ = static_cast<uint8_t*>(alloc(std::max(kArenaBytes, rounded)));
    memory_left_ = memory_ ? std::max(kArenaBytes, rounded) : 0;
    if (!memory_) return nullptr;
  }
  *out_memory = memory_;
  memory_ += rounded;
  memory_left_ -= rounded;
  TestBuffer* buffer = &buffers_[buffer_count_++];
  buffer->clear();
  return buffer;
}

TestBuffer* EtherContext::make_frame(size_t bytes, uint32_t seed) {
  uint8_t* memory;
  TestBuffer* buffer = make_empty(std::max(bytes, kHeaderBytes), &memory);
  if (!buffer) return nullptr;
  const graft_mac_address_t own = address();
  fill_frame(memory, std::max(bytes, kHeaderBytes), kPeerMac, own.bytes, seed);
  buffer->add(*this, memory, bytes);
  return buffer;
}

bool EtherContext::expect_at_peer(size_t bytes, uint32_t seed) {
  CONFORMANCE_REQUIRE_OR_FALSE(*this, wait([&] { return peer_receive(&wire_); }));
  const graft_mac_address_t own = address();
  fill_frame(expected_.data, bytes, kPeerMac, own.bytes, seed);
  const size_t padded = std::max(bytes, kMinFrameBytes);
  for (size_t i = bytes; i < padded; ++i) expected_.data[i] = 0;
  CONFORMANCE_REQUIRE_OR_FALSE(*this, wire_.bytes == padded);
  CONFORMANCE_REQUIRE_OR_FALSE(*this, std::memcmp(wire_.data, expected_.data, bytes) == 0);
  const bool padding_is_zero = std::memcmp(wire_.data + bytes, expected_.data + bytes, padded - bytes) == 0;
  CONFORMANCE_REQUIRE_OR_FALSE(*this, padding_is_zero);
  return true;
}

bool EtherContext::all_back() const {
  return std::all_of(buffers_, buffers_ + buffer_count_, [](const TestBuffer& b) { return b.reference_count() <= 1; });
}

bool EtherContext::expect_all_back() {
  const bool every_packet_was_released = wait([&] { return all_back(); });
  CONFORMANCE_REQUIRE_OR_FALSE(*this, every_packet_was_released);
  settle();
  for (size_t i = 0; i < buffer_count_; ++i) {
    const bool released_only_once = buffers_[i].is_back();
    CONFORMANCE_REQUIRE_OR_FALSE(*this, released_only_once);
  }
  return true;
}

// ---- Receiving
// --------------------------------------------------------------------------------------------------------

void TestReceiver::enter() {
  const bool upcalls_come_one_at_a_time = depth_.fetch_add(1) == 0;
  if (!upcalls_come_one_at_a_time) context_.fail(__FILE__, __LINE__, "upcalls_come_one_at_a_time");
}

Status TestReceiver::push(graft_bufio_t* packet, size_t bytes) {
  enter();
  struct Leave {
    TestReceiver& receiver;
    ~Leave() { receiver.leave(); }
  } leave_at_end{*this};
  if (bytes > WireFrame::kMaxBytes || bytes > graft_bufio_size(packet)) {
    context_.fail(__FILE__, __LINE__, "a received packet is as long as it says");
    return GRAFT_E_RANGE;
  }
  WireFrame& frame = last_;
  if (graft_bufio_read(packet, frame.data, 0, bytes) != GRAFT_OK) {
    context_.fail(__FILE__, __LINE__, "a received packet can be read");
    return GRAFT_E_RANGE;
  }
  // Others may talk on the same wire.
  if (bytes < EtherContext::kHeaderBytes || std::memcmp(frame.data + 12, kTestType, 2) != 0) return GRAFT_OK;
  frame.bytes = bytes;
  if (keep && kept_count_ < kMaxKept) {
    graft_addref(packet);
    kept_[kept_count_++] = packet;
  }
  if (on_packet) on_packet(arg, packet, bytes);
  count_.fetch_add(1, std::memory_order_release);
  return answer;
}

void TestReceiver::drop_kept() {
  while (kept_count_) graft_release(kept_[--kept_count_]);
}

// ---- Open and close
// ---------------------------------------------------------------------------------------------------

OpenInterface::OpenInterface(EtherContext& context) : context_(context), receiver_(context) {}

bool OpenInterface::open() {
  graft_ether_listener_t listener = {};
  listener.arg = this;
  listener.on_space = [](void* arg) {
    auto* self = static_cast<OpenInterface*>(arg);
    self->receiver_.enter();
    self->spaces_.fetch_add(1);
    self->receiver_.leave();
  };
  listener.on_link = [](void* arg, const graft_link_state_t*) {
    auto* self = static_cast<OpenInterface*>(arg);
    self->receiver_.enter();
    self->links_.fetch_add(1);
    self->receiver_.leave();
  };
  listener.on_gone = [](void* arg) {
    auto* self = static_cast<OpenInterface*>(arg);
    self->receiver_.enter();
    self->gones_.fetch_add(1);
    self->receiver_.leave();
  };
  const Status status = graft_etherdev_open(context_.device(), &receiver_, &listener, send_.out());
  CONFORMANCE_REQUIRE_OR_FALSE(context_, status.ok());
  open_ = true;
  CONFORMANCE_REQUIRE_OR_FALSE(context_, send_.get() != nullptr);
  const bool the_link_comes_up = context_.wait([&] {
    graft_link_state_t link;
    graft_etherdev_get_link(context_.device(), &link);
    return link.up;
  });
  CONFORMANCE_REQUIRE_OR_FALSE(context_, the_link_comes_up);
  // What a case that failed left on the wire is not this one's.
  while (context_.peer_has_frame()) {
  }
  return true;
}

void OpenInterface::close() {
  if (!open_) return;
  open_ = false;
  static_cast<void>(graft_etherdev_close(context_.device()));
  send_.reset();
  receiver_.drop_kept();
  const bool the_receiver_is_released = context_.wait([&] { return receiver_.reference_count() == 1; });
  if (!the_receiver_is_released) context_.fail(__FILE__, __LINE__, "the_receiver_is_released");
}

Status OpenInterface::push(TestBuffer* buffer, size_t bytes) {
  Status status;
  const bool there_was_space = context_.wait([&] {
    const uint32_t before = spaces();
    status = graft_netio_push(send(), buffer, bytes);
    if (status != GRAFT_E_BUSY) return true;
    return !context_.wait([&] { return spaces() != before; });
  });
  return there_was_space ? status : Status(GRAFT_E_TIMEDOUT);
}

}  // namespace graft::conformance
