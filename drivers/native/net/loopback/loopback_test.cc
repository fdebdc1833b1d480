// SPDX-License-Identifier: BSD-2-Clause
// The pair as a host sees it: through the kit, from several threads.
#include <graft/kit.h>
#include <gtest/gtest.h>
#include <string.h>

#include <atomic>
#include <deque>
#include <graft/bus.hpp>
#include <graft/etherdev.hpp>
#include <graft/netio.hpp>
#include <graft/netio2.hpp>
#include <mutex>
#include <thread>
#include <vector>

#include "drivers/native/net/loopback/port.hpp"
#include "glue/registry/driver_entry.h"
#include "tests/fakes/osenv/threaded_host.hpp"

extern "C" {
extern const graft_driver_entry_t graft_driver_native_net_loopback;
const graft_driver_entry_t* const graft_set_drivers[] = {&graft_driver_native_net_loopback, nullptr};
const char graft_set_name[] = "loopback";
}

namespace graft::loopback {
namespace {

using Frame = std::vector<unsigned char>;

/// A receiving side that keeps copies of the frames.
class Receiver final : public Object<Receiver, graft_netio_t> {
 public:
  graft_error_t push(graft_bufio_t* packet, size_t bytes) {
    Frame frame(bytes);
    EXPECT_EQ(graft_bufio_read(packet, frame.data(), 0, bytes), GRAFT_OK);
    std::lock_guard lock(mutex);
    frames.push_back(frame);
    if (on_frame) on_frame(packet, bytes);
    return GRAFT_OK;
  }
  graft_error_t alloc_bufio(size_t, graft_bufio_t** out) { return *out = nullptr, GRAFT_E_NOMEM; }
  void destroy() {}

  size_t count() {
    std::lock_guard lock(mutex);
    return frames.size();
  }

  std::mutex mutex;
  std::deque<Frame> frames;
  std::function<void(graft_bufio_t*, size_t)> on_frame;
};

struct Events {
  std::atomic<int> link_up{0}, link_down{0}, space{0}, gone{0};
  graft_ether_listener_t listener{};
  Events() {
    listener.arg = this;
    listener.on_link = [](void* arg, const graft_link_state_t* state) {
      ++(state->up ? static_cast<Events*>(arg)->link_up : static_cast<Events*>(arg)->link_down);
    };
    listener.on_space = [](void* arg) { ++static_cast<Events*>(arg)->space; };
    listener.on_gone = [](void* arg) { ++static_cast<Events*>(arg)->gone; };
  }
};

class LoopbackTest : public testing::Test {
 protected:
  void SetUp() override { start({}); }

  void start(std::vector<const char*> parameters) {
    parameters.push_back(nullptr);
    graft_kit_options_t options{};
    options.size_bytes = sizeof(options);
    options.parameters = parameters.data();
    ASSERT_EQ(graft_kit_create(&host_.env(), &options, &kit_), GRAFT_OK);
    server_ = std::thread([world = graft_kit_world(kit_)] { graft_world_serve(world); });
    void* found;
    ASSERT_EQ(graft_services_lookup(graft_kit_services(kit_), &graft_iid_bus, 1, &found), GRAFT_OK);
    Bus bus(Ref<graft_bus_t>::adopt(static_cast<graft_bus_t*>(found)));
    ASSERT_EQ(bus.get_device(0, device_.out()), GRAFT_OK);
    while (graft_device_attach(device_.get(), nullptr) == GRAFT_E_BADSTATE) std::this_thread::yield();
    for (uint32_t i = 0; i < 2; ++i) {
      void* port;
      if (graft_device_get_interface(device_.get(), &graft_iid_etherdev, i, &port) == GRAFT_OK) {
        ports_[i] = Ref<graft_etherdev_t>::adopt(static_cast<graft_etherdev_t*>(port));
      }
    }
  }

  void stop() {
    for (auto& s : sends_) s.reset();
    for (auto& p : ports_) {
      if (p) (void)graft_etherdev_close(p.get());
      p.reset();
    }
    device_.reset();
    graft_world_stop(graft_kit_world(kit_));
    server_.join();
    EXPECT_EQ(graft_kit_destroy(kit_), GRAFT_OK);
    EXPECT_EQ(host_.pages_in_use(), 0u);
  }

  void TearDown() override { stop(); }

  void open(int i) {
    ASSERT_EQ(graft_etherdev_open(ports_[i].get(), &receivers_[i], &events_[i].listener, sends_[i].out()), GRAFT_OK);
  }

  Ref<graft_bufio_t> frame(int to, size_t bytes, unsigned char fill) {
    graft_mac_address_t address;
    graft_etherdev_get_address(ports_[to].get(), &address);
    Frame content(bytes, fill);
    memcpy(content.data(), address.bytes, 6);
    graft_bufio_t* buffer;
    EXPECT_EQ(graft_netio_alloc_bufio(sends_[0].get(), bytes, &buffer), GRAFT_OK);
    EXPECT_EQ(graft_bufio_write(buffer, content.data(), 0, bytes), GRAFT_OK);
    return Ref<graft_bufio_t>::adopt(buffer);
  }

  template <typename Condition>
  static void await(Condition condition) {
    auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition() && std::chrono::steady_clock::now() < give_up) std::this_thread::yield();
    ASSERT_TRUE(condition());
  }

  fakes::ThreadedHost host_;
  graft_kit_t* kit_ = nullptr;
  std::thread server_;
  Ref<graft_device_t> device_;
  Ref<graft_etherdev_t> ports_[2];
  Ref<graft_netio_t> sends_[2];
  Receiver receivers_[2];
  Events events_[2];
};

TEST_F(LoopbackTest, FramesArriveAtTheOtherEnd) {
  open(0);
  open(1);
  for (int i = 0; i < 200; ++i) {
    Ref<graft_bufio_t> packet = frame(1, static_cast<size_t>(60 + i * 7), static_cast<unsigned char>(i));
    graft_error_t error;
    while ((error = graft_netio_push(sends_[0].get(), packet.get(), static_cast<size_t>(60 + i * 7))) == GRAFT_E_BUSY) {
      std::this_thread::yield();
    }
    ASSERT_EQ(error, GRAFT_OK);
  }
  await([&] { return receivers_[1].count() == 200; });
  for (size_t i = 0; i < 200; ++i) {
    ASSERT_EQ(receivers_[1].frames[i].size(), 60 + i * 7);
    EXPECT_EQ(receivers_[1].frames[i].back(), static_cast<unsigned char>(i));
  }
  EXPECT_EQ(receivers_[0].count(), 0u);
  graft_ether_stats_t stats;
  graft_etherdev_get_stats(ports_[0].get(), &stats);
  EXPECT_EQ(stats.tx_packets, 200u);
  EXPECT_GT(stats.tx_gathered, 0u);
  EXPECT_EQ(stats.tx_copied, 0u);
}

TEST_F(LoopbackTest, NoLinkUntilBothEndsAreOpen) {
  open(0);
  Ref<graft_bufio_t> packet = frame(1, 60, 1);
  EXPECT_EQ(graft_netio_push(sends_[0].get(), packet.get(), 60), GRAFT_E_NOLINK);
  graft_link_state_t link;
  graft_etherdev_get_link(ports_[0].get(), &link);
  EXPECT_FALSE(link.up);
  open(1);
  await([&] { return events_[0].link_up == 1 && events_[1].link_up == 1; });
  EXPECT_EQ(graft_netio_push(sends_[0].get(), packet.get(), 60), GRAFT_OK);
  EXPECT_EQ(graft_etherdev_close(ports_[1].get()), GRAFT_OK);
  await([&] { return events_[0].link_down == 1; });
  EXPECT_EQ(graft_netio_push(sends_[0].get(), packet.get(), 60), GRAFT_E_NOLINK);
  EXPECT_EQ(graft_netio_push(sends_[1].get(), packet.get(), 60), GRAFT_E_GONE);
  await([&] { return packet.get() != nullptr; });
}

TEST_F(LoopbackTest, AddressesAreFiltered) {
  open(0);
  open(1);
  Ref<graft_bufio_t> own = frame(0, 60, 1);
  unsigned char group[6] = {0x01, 0x00, 0x5e, 0, 0, 1};
  Ref<graft_bufio_t> multicast = frame(1, 60, 2), broadcast = frame(1, 60, 3), last = frame(1, 60, 4);
  EXPECT_EQ(graft_bufio_write(multicast.get(), group, 0, 6), GRAFT_OK);
  unsigned char all[6] = {255, 255, 255, 255, 255, 255};
  EXPECT_EQ(graft_bufio_write(broadcast.get(), all, 0, 6), GRAFT_OK);
  for (auto* p : {&own, &multicast, &broadcast, &last}) {
    EXPECT_EQ(graft_netio_push(sends_[0].get(), p->get(), 60), GRAFT_OK);
  }
  await([&] { return receivers_[1].count() == 2; });
  EXPECT_EQ(receivers_[1].frames[0][20], 3);
  EXPECT_EQ(receivers_[1].frames[1][20], 4);
  graft_mac_address_t joined;
  memcpy(joined.bytes, group, 6);
  EXPECT_EQ(graft_etherdev_set_multicast(ports_[1].get(), &joined, 1), GRAFT_OK);
  EXPECT_EQ(graft_netio_push(sends_[0].get(), multicast.get(), 60), GRAFT_OK);
  await([&] { return receivers_[1].count() == 3; });
  EXPECT_EQ(graft_etherdev_set_promiscuous(ports_[1].get(), true), GRAFT_OK);
  EXPECT_EQ(graft_netio_push(sends_[0].get(), own.get(), 60), GRAFT_OK);
  await([&] { return receivers_[1].count() == 4; });
}

TEST_F(LoopbackTest, FullRingIsBusyAndSpaceIsToldOnce) {
  open(0);
  open(1);
  Ref<graft_bufio_t> packet = frame(1, 60, 1);
  graft_world_t* world = graft_kit_world(kit_);
  graft_world_enter(world);
  uint32_t accepted = 0;
  graft_error_t error;
  while ((error = graft_netio_push(sends_[0].get(), packet.get(), 60)) == GRAFT_OK) ++accepted;
  EXPECT_EQ(error, GRAFT_E_BUSY);
  EXPECT_EQ(accepted, Port::kRing);
  EXPECT_EQ(graft_netio_push(sends_[0].get(), packet.get(), 60), GRAFT_E_BUSY);
  graft_world_leave(world);
  await([&] { return receivers_[1].count() == Port::kRing; });
  await([&] { return events_[0].space == 1; });
  graft_ether_stats_t stats;
  graft_etherdev_get_stats(ports_[0].get(), &stats);
  EXPECT_EQ(stats.tx_busy, 2u);
}

TEST_F(LoopbackTest, AnswersInsideTheReceiveUpcallDoNotNest) {
  open(0);
  open(1);
  std::atomic<int> depth{0}, deepest{0};
  std::atomic<int> bounces{0};
  for (int i = 0; i < 2; ++i) {
    receivers_[i].on_frame = [&, i](graft_bufio_t* packet, size_t bytes) {
      int now = ++depth;
      if (now > deepest) deepest = now;
      if (++bounces < 500) {
        graft_mac_address_t peer;
        graft_etherdev_get_address(ports_[1 - i].get(), &peer);
        EXPECT_EQ(graft_bufio_write(packet, peer.bytes, 0, 6), GRAFT_OK);
        EXPECT_EQ(graft_netio_push(sends_[i].get(), packet, bytes), GRAFT_OK);
      }
      EXPECT_EQ(graft_etherdev_set_mtu(ports_[i].get(), 1400), GRAFT_E_BADSTATE);
      --depth;
    };
  }
  Ref<graft_bufio_t> packet = frame(1, 200, 1);
  EXPECT_EQ(graft_netio_push(sends_[0].get(), packet.get(), 200), GRAFT_OK);
  await([&] { return bounces == 500; });
  EXPECT_EQ(deepest, 1);
}

TEST_F(LoopbackTest, SizesAreChecked) {
  open(0);
  open(1);
  Ref<graft_bufio_t> packet = frame(1, 1518, 1);
  EXPECT_EQ(graft_netio_push(sends_[0].get(), packet.get(), 13), GRAFT_E_RANGE);
  EXPECT_EQ(graft_netio_push(sends_[0].get(), packet.get(), 1518), GRAFT_OK);
  EXPECT_EQ(graft_netio_push(sends_[0].get(), packet.get(), 1519), GRAFT_E_RANGE);
  EXPECT_EQ(graft_etherdev_set_mtu(ports_[0].get(), 67), GRAFT_E_RANGE);
  EXPECT_EQ(graft_etherdev_set_mtu(ports_[0].get(), 9001), GRAFT_E_RANGE);
  EXPECT_EQ(graft_etherdev_set_mtu(ports_[0].get(), 3000), GRAFT_OK);
  Ref<graft_bufio_t> large = frame(1, 3014, 1);
  EXPECT_EQ(graft_netio_push(sends_[0].get(), large.get(), 3014), GRAFT_OK);
  await([&] {
    graft_ether_stats_t stats;
    graft_etherdev_get_stats(ports_[1].get(), &stats);
    return stats.rx_malformed == 1;
  });
}

TEST_F(LoopbackTest, BatchStopsAtTheFirstRefusal) {
  open(0);
  open(1);
  Ref<graft_netio2_t> batch = sends_[0].query<graft_netio2_t>();
  ASSERT_TRUE(static_cast<bool>(batch));
  Ref<graft_bufio_t> packet = frame(1, 100, 1);
  graft_packet_t packets[3] = {};
  for (auto& p : packets)
    p = {.buffer = packet.get(),
         .bytes = 100,
         .flags = 0,
         .vlan_tag = 0,
         .checksum_start = 0,
         .checksum_offset = 0,
         .segment_bytes = 0,
         .header_bytes = 0};
  packets[2].flags = GRAFT_PACKET_TSO4;
  uint32_t accepted;
  EXPECT_EQ(graft_netio2_push_batch(batch.get(), packets, 3, &accepted), GRAFT_E_NOTSUP);
  EXPECT_EQ(accepted, 2u);
  await([&] { return receivers_[1].count() == 2; });
}

TEST_F(LoopbackTest, DetachOfAnOpenPairTellsItAndAnswersGone) {
  open(0);
  open(1);
  Ref<graft_bufio_t> packet = frame(1, 100, 1);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(graft_netio_push(sends_[0].get(), packet.get(), 100), GRAFT_OK);
  EXPECT_EQ(graft_device_detach(device_.get()), GRAFT_OK);
  EXPECT_EQ(events_[0].gone, 1);
  EXPECT_EQ(events_[1].gone, 1);
  EXPECT_EQ(graft_netio_push(sends_[0].get(), packet.get(), 100), GRAFT_E_GONE);
  EXPECT_EQ(graft_etherdev_set_mtu(ports_[0].get(), 1500), GRAFT_E_GONE);
  graft_netio_t* send;
  EXPECT_EQ(graft_etherdev_open(ports_[0].get(), &receivers_[0], nullptr, &send), GRAFT_E_GONE);
  // Only this test holds the packet: every reference of the port was released.
  EXPECT_EQ((packet.get()->ops->addref(packet.get())), 2u);
  graft_release(packet.get());
}

TEST_F(LoopbackTest, SecondOpenAndStrayCloseAreRefused) {
  EXPECT_EQ(graft_etherdev_close(ports_[0].get()), GRAFT_E_BADSTATE);
  open(0);
  graft_netio_t* send;
  EXPECT_EQ(graft_etherdev_open(ports_[0].get(), &receivers_[0], nullptr, &send), GRAFT_E_EXIST);
  EXPECT_EQ(send, nullptr);
  uint32_t delivered;
  EXPECT_EQ(graft_etherdev_rxpoll(ports_[1].get(), 1, &delivered), GRAFT_E_BADSTATE);
}

class SingleLoopbackTest : public LoopbackTest {
 protected:
  void SetUp() override { start({"native/loopback.paired=0"}); }
  void TearDown() override {
    stop();
    // The parameter belongs to the image, and the image to the next test too.
    EXPECT_EQ(graft_driver_native_net_loopback.set_parameter(&graft_driver_native_net_loopback, "paired", "1"),
              GRAFT_OK);
  }
};

TEST_F(SingleLoopbackTest, FramesComeBack) {
  ASSERT_FALSE(static_cast<bool>(ports_[1]));
  open(0);
  Ref<graft_bufio_t> packet = frame(0, 100, 9);
  EXPECT_EQ(graft_netio_push(sends_[0].get(), packet.get(), 100), GRAFT_OK);
  await([&] { return receivers_[0].count() == 1; });
  EXPECT_EQ(receivers_[0].frames[0][50], 9);
}

}  // namespace
}  // namespace graft::loopback
