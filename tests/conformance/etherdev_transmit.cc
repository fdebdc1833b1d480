// SPDX-License-Identifier: BSD-2-Clause
// netio into a device: what is pushed arrives as it was, and its reference comes back once.
#include <algorithm>
#include <cstring>
#include <graft/netio2.hpp>
#include <iterator>

#include "tests/conformance/ether_context.hpp"

namespace graft::conformance {

namespace {

#define REQUIRE(condition) CONFORMANCE_REQUIRE(c, condition)

// Outside of the host's memory window: what lies here must be copied.
uint8_t g_outside[2 * WireFrame::kMaxBytes];

constexpr size_t kHeader = EtherContext::kHeaderBytes;

bool send_and_compare(EtherContext& c, OpenInterface& interface, TestBuffer* buffer, size_t bytes, uint32_t seed) {
  CONFORMANCE_REQUIRE_OR_FALSE(c, buffer != nullptr);
  CONFORMANCE_REQUIRE_OR_FALSE(c, interface.push(buffer, bytes).ok());
  if (!c.expect_at_peer(bytes, seed)) return false;
  const bool the_packet_is_released = c.wait([&] { return buffer->reference_count() <= 1; });
  CONFORMANCE_REQUIRE_OR_FALSE(c, the_packet_is_released);
  return true;
}

void frames_of_every_size_arrive(EtherContext& c) {
  OpenInterface interface(c);
  if (!interface.open()) return;
  const size_t largest = c.max_frame_bytes();
  uint8_t* memory;
  TestBuffer* buffer = c.make_empty(largest, &memory);
  REQUIRE(buffer);
  const graft_mac_address_t own = c.address();
  for (size_t bytes = kHeader; bytes <= largest;
       bytes = bytes < 160 || bytes == largest ? bytes + 1 : std::min(bytes + 61, largest)) {
    EtherContext::fill_frame(memory, bytes, EtherContext::kPeerMac, own.bytes, static_cast<uint32_t>(bytes));
    buffer->clear();
    buffer->add(c, memory, bytes);
    if (!send_and_compare(c, interface, buffer, bytes, static_cast<uint32_t>(bytes))) return;
  }
  c.expect_all_back();
}

void only_the_first_bytes_of_a_buffer_may_be_a_packet(EtherContext& c) {
  OpenInterface interface(c);
  if (!interface.open()) return;
  for (size_t bytes : {size_t{60}, size_t{61}, size_t{333}}) {
    TestBuffer* buffer = c.make_frame(1000, 3);
    if (!send_and_compare(c, interface, buffer, bytes, 3)) return;
  }
  c.expect_all_back();
}

void sizes_out_of_bounds_are_refused(EtherContext& c) {
  OpenInterface interface(c);
  if (!interface.open()) return;
  const size_t largest = c.max_frame_bytes();
  TestBuffer* small = c.make_frame(64, 1);
  TestBuffer* large = c.make_frame(WireFrame::kMaxBytes, 2);
  REQUIRE(small && large);
  REQUIRE(graft_netio_push(interface.send(), small, 0) == GRAFT_E_RANGE);
  REQUIRE(graft_netio_push(interface.send(), small, kHeader - 1) == GRAFT_E_RANGE);
  REQUIRE(graft_netio_push(interface.send(), small, 65) == GRAFT_E_RANGE);
  // A VLAN tag may take four bytes more than the MTU says.
  if (largest + 5 <= WireFrame::kMaxBytes)
    REQUIRE(graft_netio_push(interface.send(), large, largest + 5) == GRAFT_E_RANGE);
  c.settle();
  REQUIRE(small->is_back() && large->is_back());
  REQUIRE(!c.peer_has_frame());
  send_and_compare(c, interface, c.make_frame(100, 7), 100, 7);
}

/// Where the pieces of a packet lie.
enum class Place { kWindow, kOutside, kMixed };

/// Cuts a frame into pieces of the given sizes (the last takes the rest), each at an odd place of its own.
TestBuffer* make_pieces(EtherContext& c, size_t bytes, uint32_t seed, const size_t* sizes, uint32_t count,
                        Place place) {
  uint8_t* memory;
  TestBuffer* buffer = c.make_empty(2 * bytes + 64 * TestBuffer::kMaxPieces, &memory);
  if (!buffer) return nullptr;
  WireFrame& frame = c.scratch();
  const graft_mac_address_t own = c.address();
  EtherContext::fill_frame(frame.data, bytes, EtherContext::kPeerMac, own.bytes, seed);
  uint8_t* outside = g_outside;
  size_t at = 0;
  for (uint32_t i = 0; at < bytes; ++i) {
    const bool last = i + 1 >= TestBuffer::kMaxPieces || i >= count;
    const size_t n = last ? bytes - at : std::min(sizes[i], bytes - at);
    const bool in_window = place == Place::kWindow || (place == Place::kMixed && i % 2 == 0);
    uint8_t*& to = in_window ? memory : outside;
    to += 1 + c.random_below(13);
    std::memcpy(to, frame.data + at, n);
    buffer->add(c, to, n);
    to += n;
    at += n;
  }
  return buffer;
}

void fragments_of_every_shape_arrive(EtherContext& c) {
  OpenInterface interface(c);
  if (!interface.open()) return;
  static constexpr size_t kShapes[][6] = {
      {14}, {1}, {13, 1}, {1, 1, 1, 1, 1, 1}, {14, 20, 20}, {54, 1}, {60}, {128, 1, 128}, {500, 500}, {3, 700, 5},
  };
  uint32_t seed = 0;
  for (Place place : {Place::kWindow, Place::kOutside, Place::kMixed}) {
    for (const auto& shape : kShapes) {
      const auto pieces = static_cast<uint32_t>(std::find(std::begin(shape), std::end(shape), 0u) - shape);
      const size_t bytes = c.max_frame_bytes() - seed % 5;
      ++seed;
      if (!send_and_compare(c, interface, make_pieces(c, bytes, seed, shape, pieces, place), bytes, seed)) return;
    }
  }
  c.expect_all_back();
}

void random_fragments_arrive(EtherContext& c) {
  OpenInterface interface(c);
  if (!interface.open()) return;
  for (uint32_t i = 0; i < 100; ++i) {
    const size_t bytes = kHeader + c.random_below(static_cast<uint32_t>(c.max_frame_bytes() - kHeader + 1));
    size_t sizes[TestBuffer::kMaxPieces];
    const uint32_t count = c.random_below(TestBuffer::kMaxPieces);
    for (size_t& size : sizes) size = 1 + c.random_below(c.random_below(4) ? 20 : 700);
    const auto place = static_cast<Place>(c.random_below(3));
    if (!send_and_compare(c, interface, make_pieces(c, bytes, i, sizes, count, place), bytes, i)) return;
  }
  c.expect_all_back();
}

void buffers_without_fragments_arrive(EtherContext& c) {
  OpenInterface interface(c);
  if (!interface.open()) return;
  for (size_t bytes : {size_t{14}, size_t{60}, size_t{777}, c.max_frame_bytes()}) {
    uint8_t* memory;
    TestBuffer* buffer = c.make_empty(bytes, &memory);
    REQUIRE(buffer);
    const graft_mac_address_t own = c.address();
    EtherContext::fill_frame(memory, bytes, EtherContext::kPeerMac, own.bytes, 5);
    buffer->clear(/*gather=*/false);
    buffer->add(c, memory, bytes);
    if (!send_and_compare(c, interface, buffer, bytes, 5)) return;
  }
  c.expect_all_back();
}

void order_is_kept_and_references_come_back_once(EtherContext& c) {
  OpenInterface interface(c);
  if (!interface.open()) return;
  constexpr uint32_t kPackets = 200;
  uint32_t seen = 0;
  for (uint32_t i = 0; i < kPackets; ++i) {
    const size_t bytes = 60 + i % 900;
    TestBuffer* buffer = c.make_frame(bytes, i);
    REQUIRE(buffer);
    REQUIRE(interface.push(buffer, bytes).ok());
    // The peer has a queue of its own that shall not run over.
    if (i % 16 == 15) {
      for (; seen <= i; ++seen) {
        if (!c.expect_at_peer(60 + seen % 900, seen)) return;
      }
    }
  }
  for (; seen < kPackets; ++seen) {
    if (!c.expect_at_peer(60 + seen % 900, seen)) return;
  }
  c.expect_all_back();
}

void packets_of_alloc_bufio_arrive(EtherContext& c) {
  OpenInterface interface(c);
  if (!interface.open()) return;
  const graft_mac_address_t own = c.address();
  for (size_t bytes : {size_t{60}, size_t{61}, size_t{1000}, c.max_frame_bytes()}) {
    Ref<graft_bufio_t> buffer;
    REQUIRE(graft_netio_alloc_bufio(interface.send(), bytes, buffer.out()) == GRAFT_OK);
    REQUIRE(graft_bufio_size(buffer.get()) >= bytes);
    WireFrame& frame = c.scratch();
    EtherContext::fill_frame(frame.data, bytes, EtherContext::kPeerMac, own.bytes, 8);
    REQUIRE(graft_bufio_write(buffer.get(), frame.data, 0, bytes) == GRAFT_OK);
    REQUIRE(graft_netio_push(interface.send(), buffer.get(), bytes) == GRAFT_OK);
    buffer.reset();
    if (!c.expect_at_peer(bytes, 8)) return;
  }
  auto* out = reinterpret_cast<graft_bufio_t*>(&c);
  REQUIRE(graft_netio_alloc_bufio(interface.send(), 1 << 24, &out) == GRAFT_E_RANGE);
  REQUIRE(out == nullptr);
}

/// Pushes the same frame until the ring is full. Gives how many were taken; false if it never is full.
bool fill_ring(EtherContext& c, OpenInterface& interface, TestBuffer* buffer, uint32_t* out_taken) {
  constexpr uint32_t kMost = 20000;
  for (*out_taken = 0; *out_taken < kMost; ++*out_taken) {
    const Status status = graft_netio_push(interface.send(), buffer, 100);
    if (status == GRAFT_E_BUSY) return true;
    CONFORMANCE_REQUIRE_OR_FALSE(c, status.ok());
  }
  return false;
}

void a_full_ring_is_busy_and_space_is_told_once(EtherContext& c) {
  OpenInterface interface(c);
  if (!interface.open()) return;
  if (!c.hold(true)) return c.skip("the device cannot be kept from sending here");
  TestBuffer* buffer = c.make_frame(100, 4);
  TestBuffer* refused = c.make_frame(100, 5);
  REQUIRE(buffer && refused);
  uint32_t taken;
  const bool full = fill_ring(c, interface, buffer, &taken);
  const uint32_t spaces_before = interface.spaces();
  const Status again = graft_netio_push(interface.send(), refused, 100);
  const bool not_taken = refused->is_back();
  c.settle();
  const bool told_too_early = interface.spaces() != spaces_before;
  REQUIRE(c.hold(false));
  REQUIRE(full);
  REQUIRE(again == GRAFT_E_BUSY);
  REQUIRE(not_taken);
  REQUIRE(!told_too_early);
  // fill_ring() was refused once and `refused` a second time; one event may answer both.
  REQUIRE(c.wait([&] { return interface.spaces() > spaces_before; }));
  for (uint32_t i = 0; i < taken; ++i) {
    if (!c.expect_at_peer(100, 4)) return;
  }
  c.settle();
  const bool each_refusal_is_answered_once = interface.spaces() <= spaces_before + 2;
  REQUIRE(each_refusal_is_answered_once);
  REQUIRE(interface.push(refused, 100).ok());
  if (!c.expect_at_peer(100, 5)) return;
  c.expect_all_back();
}

void batches_are_taken_in_order(EtherContext& c) {
  OpenInterface interface(c);
  if (!interface.open()) return;
  const auto batch = Ref<graft_netio_t>::share(interface.send()).query<graft_netio2_t>();
  if (!batch) return c.skip("no netio2");
  constexpr uint32_t kPackets = 8;
  graft_packet_t packets[kPackets] = {};
  for (uint32_t i = 0; i < kPackets; ++i) {
    packets[i].bytes = 60 + 100 * i;
    packets[i].buffer = c.make_frame(packets[i].bytes, i);
    REQUIRE(packets[i].buffer);
  }
  uint32_t accepted = 99;
  REQUIRE(graft_netio2_push_batch(batch.get(), packets, 0, &accepted) == GRAFT_OK);
  REQUIRE(accepted == 0);
  REQUIRE(graft_netio2_push_batch(batch.get(), packets, kPackets, &accepted) == GRAFT_OK);
  REQUIRE(accepted == kPackets);
  for (uint32_t i = 0; i < kPackets; ++i) {
    if (!c.expect_at_peer(60 + 100 * i, i)) return;
  }
  // The third is wrong: two are taken.
  if (!c.expect_all_back()) return;
  packets[2].bytes = 3;
  accepted = 99;
  REQUIRE(graft_netio2_push_batch(batch.get(), packets, kPackets, &accepted) == GRAFT_E_RANGE);
  REQUIRE(accepted == 2);
  for (uint32_t i = 0; i < 2; ++i) {
    if (!c.expect_at_peer(60 + 100 * i, i)) return;
  }
  if (!c.expect_all_back()) return;
  REQUIRE(!c.peer_has_frame());
}

void a_batch_beyond_the_ring_is_taken_in_part(EtherContext& c) {
  OpenInterface interface(c);
  if (!interface.open()) return;
  const auto batch = Ref<graft_netio_t>::share(interface.send()).query<graft_netio2_t>();
  if (!batch) return c.skip("no netio2");
  if (!c.hold(true)) return c.skip("the device cannot be kept from sending here");
  constexpr uint32_t kPackets = 64;
  TestBuffer* buffer = c.make_frame(100, 6);
  TestBuffer* refused = c.make_frame(100, 7);
  graft_packet_t packets[kPackets] = {};
  for (uint32_t i = 0; i < kPackets; ++i) packets[i].buffer = buffer, packets[i].bytes = 100;
  uint32_t taken = 0;
  uint32_t accepted = 0;
  Status status;
  for (int round = 0; round < 1000 && status.ok(); ++round) {
    status = graft_netio2_push_batch(batch.get(), packets, kPackets, &accepted);
    taken += accepted;
  }
  const uint32_t last_accepted = accepted;
  packets[0].buffer = refused;
  const Status again = graft_netio2_push_batch(batch.get(), packets, 1, &accepted);
  REQUIRE(c.hold(false));
  REQUIRE(buffer && refused);
  REQUIRE(status == GRAFT_E_BUSY);
  REQUIRE(last_accepted < kPackets);
  REQUIRE(again == GRAFT_E_BUSY);
  REQUIRE(accepted == 0);
  for (uint32_t i = 0; i < taken; ++i) {
    if (!c.expect_at_peer(100, 6)) return;
  }
  c.settle();
  REQUIRE(!c.peer_has_frame());
  c.expect_all_back();
}

void close_lets_accepted_packets_complete(EtherContext& c) {
  constexpr uint32_t kPackets = 20;
  uint32_t taken = 0;
  {
    OpenInterface interface(c);
    if (!interface.open()) return;
    for (; taken < kPackets; ++taken) {
      TestBuffer* buffer = c.make_frame(100 + taken, taken);
      REQUIRE(buffer);
      if (!graft::Status(graft_netio_push(interface.send(), buffer, 100 + taken)).ok()) break;
    }
    REQUIRE(taken > 0);
    REQUIRE(graft_etherdev_close(c.device()) == GRAFT_OK);
    const bool close_returned_after_all_completions = c.all_back();
    REQUIRE(close_returned_after_all_completions);
  }
  for (uint32_t i = 0; i < taken; ++i) {
    if (!c.expect_at_peer(100 + i, i)) return;
  }
  c.expect_all_back();
}

constexpr Case<EtherContext> kCases[] = {
#define CASE(name) \
  { "etherdev_transmit", #name, name }
    CASE(frames_of_every_size_arrive),
    CASE(only_the_first_bytes_of_a_buffer_may_be_a_packet),
    CASE(sizes_out_of_bounds_are_refused),
    CASE(fragments_of_every_shape_arrive),
    CASE(random_fragments_arrive),
    CASE(buffers_without_fragments_arrive),
    CASE(order_is_kept_and_references_come_back_once),
    CASE(packets_of_alloc_bufio_arrive),
    CASE(a_full_ring_is_busy_and_space_is_told_once),
    CASE(batches_are_taken_in_order),
    CASE(a_batch_beyond_the_ring_is_taken_in_part),
    CASE(close_lets_accepted_packets_complete),
#undef CASE
};

}  // namespace

Suite<EtherContext> etherdev_transmit_suite() { return {kCases, std::size(kCases)}; }

}  // namespace graft::conformance
