// SPDX-License-Identifier: BSD-2-Clause
// netio out of a device: what arrives, whose it is, and the rules of upcalls.
#include <algorithm>
#include <cstring>
#include <iterator>

#include "tests/conformance/ether_context.hpp"

namespace graft::conformance {

namespace {

#define REQUIRE(condition) CONFORMANCE_REQUIRE(c, condition)

constexpr uint8_t kBroadcast[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
constexpr uint8_t kForeign[6] = {0x02, 0x47, 0x52, 0x46, 0x54, 0x77};
constexpr uint8_t kGroup[6] = {0x01, 0x00, 0x5e, 0x12, 0x34, 0x56};
constexpr size_t kBytes = 200;

void send_to(EtherContext& c, const uint8_t* destination, size_t bytes, uint32_t seed) {
  WireFrame& frame = c.scratch();
  EtherContext::fill_frame(frame.data, bytes, destination, EtherContext::kPeerMac, seed);
  c.peer_send(frame.data, bytes);
}

void send_to_device(EtherContext& c, size_t bytes, uint32_t seed) {
  const graft_mac_address_t own = c.address();
  send_to(c, own.bytes, bytes, seed);
}

/// Says whether a frame to `destination` arrives; waits only as long as one would take.
bool arrives(EtherContext& c, OpenInterface& interface, const uint8_t* destination) {
  const uint32_t before = interface.receiver().count();
  send_to(c, destination, kBytes, 1);
  // A frame to the device follows: what came before it must be there by then.
  send_to_device(c, kBytes, 2);
  c.wait([&] {
    return interface.receiver().count() > before &&
           interface.receiver().last().data[kBytes - 1] == pattern_byte(2, kBytes - 1);
  });
  return interface.receiver().count() == before + 2;
}

void frames_of_every_size_are_received(EtherContext& c) {
  OpenInterface interface(c);
  if (!interface.open()) return;
  const graft_mac_address_t own = c.address();
  const size_t largest = c.max_frame_bytes();
  uint32_t count = 0;
  for (size_t bytes = EtherContext::kMinFrameBytes; bytes <= largest;
       bytes = bytes < 160 || bytes == largest ? bytes + 1 : std::min(bytes + 67, largest)) {
    const auto seed = static_cast<uint32_t>(bytes);
    send_to_device(c, bytes, seed);
    ++count;
    REQUIRE(c.wait([&] { return interface.receiver().count() == count; }));
    const WireFrame& got = interface.receiver().last();
    REQUIRE(got.bytes == bytes);
    WireFrame& expected = c.scratch();
    EtherContext::fill_frame(expected.data, bytes, own.bytes, EtherContext::kPeerMac, seed);
    REQUIRE(std::memcmp(got.data, expected.data, bytes) == 0);
  }
}

void bursts_are_received_in_order(EtherContext& c) {
  OpenInterface interface(c);
  if (!interface.open()) return;
  struct Order {
    EtherContext& context;
    uint32_t next = 0;
  } order{c};
  interface.receiver().arg = &order;
  interface.receiver().on_packet = [](void* arg, graft_bufio_t* packet, size_t) {
    auto* o = static_cast<Order*>(arg);
    uint8_t byte = 0;
    static_cast<void>(graft_bufio_read(packet, &byte, 100, 1));
    if (byte != pattern_byte(o->next++, 100)) o->context.fail(__FILE__, __LINE__, "packets come in order");
  };
  for (uint32_t burst = 0; burst < 20; ++burst) {
    for (uint32_t i = 0; i < 8; ++i) send_to_device(c, kBytes, burst * 8 + i);
    REQUIRE(c.wait([&] { return interface.receiver().count() == burst * 8 + 8; }));
  }
}

void frames_for_others_are_filtered(EtherContext& c) {
  OpenInterface interface(c);
  if (!interface.open()) return;
  REQUIRE(arrives(c, interface, kBroadcast));
  REQUIRE(!arrives(c, interface, kForeign));
}

void promiscuous_mode_receives_everything(EtherContext& c) {
  OpenInterface interface(c);
  if (!interface.open()) return;
  const graft_error_t status = graft_etherdev_set_promiscuous(c.device(), true);
  if (status == GRAFT_E_NOTSUP) return c.skip("no promiscuous mode");
  REQUIRE(status == GRAFT_OK);
  REQUIRE(arrives(c, interface, kForeign));
  REQUIRE(graft_etherdev_set_promiscuous(c.device(), false) == GRAFT_OK);
  REQUIRE(!arrives(c, interface, kForeign));
}

void multicast_groups_are_received(EtherContext& c) {
  OpenInterface interface(c);
  if (!interface.open()) return;
  graft_mac_address_t groups[40];
  for (uint32_t i = 0; i < 40; ++i) {
    std::memcpy(groups[i].bytes, kGroup, 6);
    groups[i].bytes[5] = static_cast<uint8_t>(i);
  }
  for (uint32_t count : {1u, 3u, 40u}) {
    const graft_error_t status = graft_etherdev_set_multicast(c.device(), groups, count);
    // A device may have room for fewer.
    if (status == GRAFT_E_NOMEM && count > 16) break;
    REQUIRE(status == GRAFT_OK);
    REQUIRE(arrives(c, interface, groups[0].bytes));
    REQUIRE(arrives(c, interface, groups[count - 1].bytes));
  }
  REQUIRE(graft_etherdev_set_multicast(c.device(), nullptr, 0) == GRAFT_OK);
  REQUIRE(arrives(c, interface, kBroadcast));
}

void buffers_outlive_the_interface(EtherContext& c) {
  constexpr uint32_t kKept = 48;
  graft_bufio_t* kept[kKept];
  {
    OpenInterface interface(c);
    if (!interface.open()) return;
    interface.receiver().keep = true;
    for (uint32_t i = 0; i < kKept; ++i) {
      send_to_device(c, kBytes + i, i);
      REQUIRE(c.wait([&] { return interface.receiver().count() == i + 1; }));
      kept[i] = interface.receiver().kept(i);
      graft_addref(kept[i]);
    }
  }
  c.settle();
  const graft_mac_address_t own = c.address();
  bool same = true;
  for (uint32_t i = 0; i < kKept; ++i) {
    uint8_t got[kBytes + kKept];
    WireFrame& expected = c.scratch();
    EtherContext::fill_frame(expected.data, kBytes + i, own.bytes, EtherContext::kPeerMac, i);
    same &= graft_bufio_read(kept[i], got, 0, kBytes + i) == GRAFT_OK;
    same &= std::memcmp(got, expected.data, kBytes + i) == 0;
    graft_release(kept[i]);
  }
  REQUIRE(same);
}

void a_receiver_may_refuse(EtherContext& c) {
  OpenInterface interface(c);
  if (!interface.open()) return;
  interface.receiver().answer = GRAFT_E_BUSY;
  for (uint32_t i = 0; i < 40; ++i) {
    send_to_device(c, kBytes, i);
    REQUIRE(c.wait([&] { return interface.receiver().count() == i + 1; }));
  }
}

void fragments_of_received_packets_match_their_content(EtherContext& c) {
  OpenInterface interface(c);
  if (!interface.open()) return;
  interface.receiver().keep = true;
  for (uint32_t i = 0; i < 10; ++i) {
    const size_t bytes = 60 + i * 140;
    send_to_device(c, bytes, i);
    REQUIRE(c.wait([&] { return interface.receiver().count() == i + 1; }));
    graft_bufio_t* packet = interface.receiver().kept(i);
    void* found = nullptr;
    if (graft_query(packet, &graft_iid_sgbufio, &found) != GRAFT_OK) continue;
    const auto pieces = Ref<graft_sgbufio_t>::adopt(static_cast<graft_sgbufio_t*>(found));
    graft_fragment_t fragments[32];
    uint32_t count;
    REQUIRE(graft_sgbufio_fragments(pieces.get(), 0, bytes, fragments, 32, &count) == GRAFT_OK);
    size_t at = 0;
    for (uint32_t k = 0; k < count; ++k) {
      REQUIRE(fragments[k].bytes > 0);
      REQUIRE(at + fragments[k].bytes <= bytes);
      REQUIRE(std::memcmp(fragments[k].address, interface.receiver().last().data + at, fragments[k].bytes) == 0);
      at += fragments[k].bytes;
    }
    REQUIRE(at == bytes);
    REQUIRE(graft_sgbufio_fragments(pieces.get(), graft_bufio_size(packet), 1, fragments, 32, &count) == GRAFT_E_RANGE);
    REQUIRE(count == 0);
  }
}

void an_upcall_may_send_but_not_block(EtherContext& c) {
  OpenInterface interface(c);
  if (!interface.open()) return;
  struct Echo {
    EtherContext& context;
    OpenInterface& interface;
    TestBuffer* reply;
    Status pushed = GRAFT_E_FAIL;
    graft_error_t blocked[4] = {};
  } echo{c, interface, c.make_frame(300, 9)};
  REQUIRE(echo.reply);
  interface.receiver().arg = &echo;
  interface.receiver().on_packet = [](void* arg, graft_bufio_t*, size_t) {
    auto* e = static_cast<Echo*>(arg);
    graft_etherdev_t* device = e->context.device();
    e->pushed = graft_netio_push(e->interface.send(), e->reply, 300);
    e->blocked[0] = graft_etherdev_close(device);
    e->blocked[1] = graft_etherdev_set_mtu(device, 1000);
    e->blocked[2] = graft_etherdev_set_promiscuous(device, false);
    e->blocked[3] = graft_etherdev_set_multicast(device, nullptr, 0);
  };
  send_to_device(c, kBytes, 1);
  REQUIRE(c.wait([&] { return interface.receiver().count() == 1; }));
  REQUIRE(echo.pushed.ok());
  for (graft_error_t status : echo.blocked) REQUIRE(status == GRAFT_E_BADSTATE);
  if (!c.expect_at_peer(300, 9)) return;
  c.expect_all_back();
}

void upcalls_do_not_nest(EtherContext& c) {
  OpenInterface interface(c);
  if (!interface.open()) return;
  struct Flood {
    OpenInterface& interface;
    TestBuffer* frame;
    uint32_t taken = 0;
  } flood{interface, c.make_frame(100, 3)};
  REQUIRE(flood.frame);
  interface.receiver().arg = &flood;
  // TestReceiver notes an upcall inside an upcall: of a packet that comes back, or of space.
  interface.receiver().on_packet = [](void* arg, graft_bufio_t*, size_t) {
    auto* f = static_cast<Flood*>(arg);
    for (int i = 0; i < 64 && graft_netio_push(f->interface.send(), f->frame, 100) == GRAFT_OK; ++i) ++f->taken;
  };
  send_to_device(c, kBytes, 1);
  const bool received = c.wait([&] { return interface.receiver().count() >= 1; });
  interface.receiver().on_packet = nullptr;
  REQUIRE(received);
  for (uint32_t i = 0; i < flood.taken; ++i) {
    if (!c.expect_at_peer(100, 3)) return;
  }
  c.expect_all_back();
}

void nothing_is_received_after_close(EtherContext& c) {
  OpenInterface interface(c);
  if (!interface.open()) return;
  send_to_device(c, kBytes, 1);
  REQUIRE(c.wait([&] { return interface.receiver().count() == 1; }));
  REQUIRE(graft_etherdev_close(c.device()) == GRAFT_OK);
  const uint32_t count = interface.receiver().count();
  send_to_device(c, kBytes, 2);
  c.settle();
  REQUIRE(interface.receiver().count() == count);
}

void malformed_frames_are_dropped(EtherContext& c) {
  OpenInterface interface(c);
  if (!interface.open()) return;
  if (!c.can_send_malformed()) return c.skip("the peer cannot send such frames here");
  for (size_t bytes : {size_t{1}, size_t{13}, c.max_frame_bytes() + 100, size_t{4000}}) {
    WireFrame& frame = c.scratch();
    const graft_mac_address_t own = c.address();
    EtherContext::fill_frame(frame.data, std::max(bytes, EtherContext::kHeaderBytes), own.bytes, EtherContext::kPeerMac,
                             1);
    c.peer_send(frame.data, bytes);
  }
  send_to_device(c, kBytes, 2);
  REQUIRE(c.wait([&] { return interface.receiver().count() >= 1; }));
  c.settle();
  REQUIRE(interface.receiver().count() == 1);
  graft_ether_stats_t stats;
  graft_etherdev_get_stats(c.device(), &stats);
  REQUIRE(stats.rx_malformed + stats.rx_errors + stats.rx_dropped > 0);
}

constexpr Case<EtherContext> kCases[] = {
#define CASE(name) \
  { "etherdev_receive", #name, name }
    CASE(frames_of_every_size_are_received),
    CASE(bursts_are_received_in_order),
    CASE(frames_for_others_are_filtered),
    CASE(promiscuous_mode_receives_everything),
    CASE(multicast_groups_are_received),
    CASE(buffers_outlive_the_interface),
    CASE(a_receiver_may_refuse),
    CASE(fragments_of_received_packets_match_their_content),
    CASE(an_upcall_may_send_but_not_block),
    CASE(upcalls_do_not_nest),
    CASE(nothing_is_received_after_close),
    CASE(malformed_frames_are_dropped),
#undef CASE
};

}  // namespace

Suite<EtherContext> etherdev_receive_suite() { return {kCases, std::size(kCases)}; }

}  // namespace graft::conformance
