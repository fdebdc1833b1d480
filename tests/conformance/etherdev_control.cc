// SPDX-License-Identifier: BSD-2-Clause
// etherdev: identity, open and close, MTU, link, statistics, removal.
#include <iterator>

#include "tests/conformance/ether_context.hpp"

namespace graft::conformance {

namespace {

#define REQUIRE(condition) CONFORMANCE_REQUIRE(c, condition)

graft_link_state_t link_of(EtherContext& c) {
  graft_link_state_t link;
  graft_etherdev_get_link(c.device(), &link);
  return link;
}

graft_ether_stats_t stats_of(EtherContext& c) {
  graft_ether_stats_t stats;
  graft_etherdev_get_stats(c.device(), &stats);
  return stats;
}

void query_follows_the_rules_of_iunknown(EtherContext& c) {
  void* unknown = nullptr;
  REQUIRE(graft_query(c.device(), &graft_iid_iunknown, &unknown) == GRAFT_OK);
  void* again = nullptr;
  const graft_error_t status = graft_query(unknown, &graft_iid_etherdev, &again);
  graft_release(unknown);
  REQUIRE(status == GRAFT_OK);
  REQUIRE(again == c.device());
  graft_release(again);
  const graft_iid_t none = GRAFT_IID_(0xffffffff);
  void* nothing = &c;
  REQUIRE(graft_query(c.device(), &none, &nothing) == GRAFT_E_NOINTERFACE);
  REQUIRE(nothing == nullptr);
}

void address_is_an_individual_one(EtherContext& c) {
  const graft_mac_address_t address = c.address();
  REQUIRE((address.bytes[0] & 1) == 0);
  int sum = 0;
  for (uint8_t byte : address.bytes) sum |= byte;
  REQUIRE(sum != 0);
}

void link_is_down_while_closed(EtherContext& c) {
  REQUIRE(!link_of(c).up);
  {
    OpenInterface interface(c);
    if (!interface.open()) return;
    REQUIRE(link_of(c).up);
  }
  REQUIRE(!link_of(c).up);
}

void second_open_is_refused(EtherContext& c) {
  OpenInterface interface(c);
  if (!interface.open()) return;
  TestReceiver other(c);
  auto* out = reinterpret_cast<graft_netio_t*>(&c);
  const graft_error_t status = graft_etherdev_open(c.device(), &other, nullptr, &out);
  if (status == GRAFT_OK) graft_release(out);
  REQUIRE(status == GRAFT_E_EXIST);
  REQUIRE(out == nullptr);
  REQUIRE(other.reference_count() == 1);
}

void close_needs_an_open_interface(EtherContext& c) {
  REQUIRE(graft_etherdev_close(c.device()) == GRAFT_E_BADSTATE);
  {
    OpenInterface interface(c);
    if (!interface.open()) return;
  }
  REQUIRE(graft_etherdev_close(c.device()) == GRAFT_E_BADSTATE);
}

void listener_may_be_absent(EtherContext& c) {
  TestReceiver receiver(c);
  Ref<graft_netio_t> send;
  REQUIRE(graft_etherdev_open(c.device(), &receiver, nullptr, send.out()) == GRAFT_OK);
  const bool up = c.wait([&] { return link_of(c).up; });
  graft_error_t pushed = GRAFT_E_NOMEM;
  TestBuffer* buffer = c.make_frame(100, 1);
  if (buffer) pushed = graft_netio_push(send.get(), buffer, 100);
  const bool back = buffer && c.wait([&] { return buffer->is_back(); });
  const bool arrived = c.expect_at_peer(100, 1);
  const graft_error_t closed = graft_etherdev_close(c.device());
  REQUIRE(up);
  REQUIRE(pushed == GRAFT_OK);
  REQUIRE(back);
  REQUIRE(arrived);
  REQUIRE(closed == GRAFT_OK);
}

void opens_and_closes_many_times(EtherContext& c) {
  for (uint32_t i = 0; i < 8; ++i) {
    OpenInterface interface(c);
    if (!interface.open()) return;
    TestBuffer* buffer = c.make_frame(200 + i, i);
    REQUIRE(buffer);
    REQUIRE(interface.push(buffer, 200 + i).ok());
    if (!c.expect_at_peer(200 + i, i)) return;
  }
  c.expect_all_back();
}

void sender_answers_gone_after_close(EtherContext& c) {
  OpenInterface interface(c);
  if (!interface.open()) return;
  const auto send = Ref<graft_netio_t>::share(interface.send());
  interface.close();
  TestBuffer* buffer = c.make_frame(100, 1);
  REQUIRE(buffer);
  REQUIRE(graft_netio_push(send.get(), buffer, 100) == GRAFT_E_GONE);
  c.settle();
  REQUIRE(buffer->is_back());
  REQUIRE(!c.peer_has_frame());
}

void mtu_is_kept_within_bounds(EtherContext& c) {
  const uint32_t original = graft_etherdev_get_mtu(c.device());
  REQUIRE(original >= 68 && original <= 65535);
  REQUIRE(graft_etherdev_set_mtu(c.device(), original) == GRAFT_OK);
  REQUIRE(graft_etherdev_set_mtu(c.device(), 0) == GRAFT_E_RANGE);
  REQUIRE(graft_etherdev_set_mtu(c.device(), UINT32_MAX) == GRAFT_E_RANGE);
  REQUIRE(graft_etherdev_set_mtu(c.device(), 1 << 20) == GRAFT_E_RANGE);
  REQUIRE(graft_etherdev_get_mtu(c.device()) == original);
}

void smaller_mtu_bounds_what_is_sent(EtherContext& c) {
  constexpr uint32_t kSmall = 1000;
  const uint32_t original = graft_etherdev_get_mtu(c.device());
  const graft_error_t status = graft_etherdev_set_mtu(c.device(), kSmall);
  if (status == GRAFT_E_RANGE) return c.skip("the device has one MTU");
  REQUIRE(status == GRAFT_OK);
  bool good = false;
  {
    OpenInterface interface(c);
    const size_t largest = kSmall + EtherContext::kHeaderBytes;
    TestBuffer* fits = c.make_frame(largest, 1);
    TestBuffer* too_long = c.make_frame(largest + 5, 2);
    if (fits && too_long && interface.open()) {
      good = graft_etherdev_get_mtu(c.device()) == kSmall && interface.push(fits, largest).ok() &&
             c.expect_at_peer(largest, 1) && interface.push(too_long, largest + 5) == GRAFT_E_RANGE;
    }
  }
  const graft_error_t restored = graft_etherdev_set_mtu(c.device(), original);
  REQUIRE(good);
  REQUIRE(restored == GRAFT_OK);
  c.expect_all_back();
}

void statistics_count_packets_and_bytes(EtherContext& c) {
  OpenInterface interface(c);
  if (!interface.open()) return;
  constexpr uint32_t kPackets = 10;
  constexpr size_t kBytes = 500;
  const graft_ether_stats_t before = stats_of(c);
  const graft_mac_address_t own = c.address();
  for (uint32_t i = 0; i < kPackets; ++i) {
    TestBuffer* buffer = c.make_frame(kBytes, i);
    REQUIRE(buffer);
    REQUIRE(interface.push(buffer, kBytes).ok());
    if (!c.expect_at_peer(kBytes, i)) return;
    WireFrame& frame = c.scratch();
    EtherContext::fill_frame(frame.data, kBytes, own.bytes, EtherContext::kPeerMac, i);
    c.peer_send(frame.data, kBytes);
    REQUIRE(c.wait([&] { return interface.receiver().count() == i + 1; }));
  }
  const auto tx_counted = [&] { return stats_of(c).tx_packets >= before.tx_packets + kPackets; };
  REQUIRE(c.wait(tx_counted));
  const graft_ether_stats_t after = stats_of(c);
  REQUIRE(after.tx_bytes - before.tx_bytes >= kPackets * kBytes);
  REQUIRE(after.rx_packets - before.rx_packets >= kPackets);
  REQUIRE(after.rx_bytes - before.rx_bytes >= kPackets * kBytes);
  REQUIRE(after.tx_gathered + after.tx_copied - before.tx_gathered - before.tx_copied >= kPackets);
  REQUIRE(after.tx_errors == before.tx_errors);
  REQUIRE(after.rx_errors == before.rx_errors);
  c.expect_all_back();
}

void rxpoll_needs_an_open_interface(EtherContext& c) {
  uint32_t delivered = 77;
  REQUIRE(graft_etherdev_rxpoll(c.device(), 16, &delivered) == GRAFT_E_BADSTATE);
  REQUIRE(delivered == 0);
  OpenInterface interface(c);
  if (!interface.open()) return;
  delivered = 77;
  REQUIRE(graft_etherdev_rxpoll(c.device(), 16, &delivered) == GRAFT_OK);
  REQUIRE(delivered <= 16);
}

void link_changes_are_told(EtherContext& c) {
  OpenInterface interface(c);
  if (!interface.open()) return;
  c.settle();
  const uint32_t before = interface.links();
  if (!c.set_link(false)) return c.skip("the cable cannot be pulled here");
  REQUIRE(c.wait([&] { return !link_of(c).up && interface.links() > before; }));
  TestBuffer* buffer = c.make_frame(100, 1);
  REQUIRE(buffer);
  const graft_error_t pushed = graft_netio_push(interface.send(), buffer, 100);
  REQUIRE(pushed == GRAFT_E_NOLINK || pushed == GRAFT_OK);
  const uint32_t down = interface.links();
  REQUIRE(c.set_link(true));
  REQUIRE(c.wait([&] { return link_of(c).up && interface.links() > down; }));
  c.expect_all_back();
}

void removal_ends_in_gone(EtherContext& c) {
  OpenInterface interface(c);
  if (!interface.open()) return;
  const auto send = Ref<graft_netio_t>::share(interface.send());
  for (uint32_t i = 0; i < 8; ++i) {
    TestBuffer* buffer = c.make_frame(100, i);
    REQUIRE(buffer);
    REQUIRE(interface.push(buffer, 100).ok());
  }
  if (!c.remove()) return c.skip("the device cannot be removed here");
  REQUIRE(c.wait([&] { return interface.gones() == 1; }));
  TestBuffer* late = c.make_frame(100, 9);
  REQUIRE(late);
  REQUIRE(graft_netio_push(send.get(), late, 100) == GRAFT_E_GONE);
  REQUIRE(graft_etherdev_set_mtu(c.device(), 1000) == GRAFT_E_GONE);
  if (!c.expect_all_back()) return;
  REQUIRE(interface.gones() == 1);
}

constexpr Case<EtherContext> kCases[] = {
#define CASE(name) \
  { "etherdev_control", #name, name }
    CASE(query_follows_the_rules_of_iunknown),
    CASE(address_is_an_individual_one),
    CASE(link_is_down_while_closed),
    CASE(second_open_is_refused),
    CASE(close_needs_an_open_interface),
    CASE(listener_may_be_absent),
    CASE(opens_and_closes_many_times),
    CASE(sender_answers_gone_after_close),
    CASE(mtu_is_kept_within_bounds),
    CASE(smaller_mtu_bounds_what_is_sent),
    CASE(statistics_count_packets_and_bytes),
    CASE(rxpoll_needs_an_open_interface),
    CASE(link_changes_are_told),
    // Last: the device does not come back.
    CASE(removal_ends_in_gone),
#undef CASE
};

}  // namespace

Suite<EtherContext> etherdev_control_suite() { return {kCases, std::size(kCases)}; }

}  // namespace graft::conformance
