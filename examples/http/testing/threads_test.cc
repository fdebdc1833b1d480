// SPDX-License-Identifier: BSD-2-Clause
// The example with real threads: the kit's world on one, the application on another, the peer on a third, over the RAM
// disk and the loopback.
#include <graft/kit.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <graft/blkio.hpp>
#include <graft/bus.hpp>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "examples/http/app.hpp"
#include "examples/http/testing/peer.hpp"
#include "examples/http/testing/ustar_writer.hpp"
#include "glue/registry/driver_entry.h"
#include "tests/fakes/osenv/threaded_host.hpp"

extern "C" {
extern const graft_driver_entry_t graft_driver_native_block_ramdisk;
extern const graft_driver_entry_t graft_driver_native_net_loopback;
const graft_driver_entry_t* const graft_set_drivers[] = {&graft_driver_native_block_ramdisk,
                                                         &graft_driver_native_net_loopback, nullptr};
const char graft_set_name[] = "http_threads_test";
}

namespace graft::http::testing {
namespace {

using namespace std::chrono_literals;

/// The far end of the cable: frames come in upcalls and are handled by the test's thread.
class Wire final : public Object<Wire, graft_netio_t> {
 public:
  Status push(graft_bufio_t* packet, size_t bytes) {
    Frame frame(bytes);
    if (graft_bufio_read(packet, frame.data(), 0, bytes) != GRAFT_OK) return GRAFT_E_RANGE;
    const std::lock_guard lock(mutex_);
    frames_.push_back(std::move(frame));
    arrived_.notify_one();
    return GRAFT_OK;
  }
  Status alloc_bufio(size_t, graft_bufio_t** out) {
    *out = nullptr;
    return GRAFT_E_NOTIMPL;
  }
  void destroy() {}

  std::deque<Frame> take() {
    std::unique_lock lock(mutex_);
    arrived_.wait_for(lock, 1ms, [&] { return !frames_.empty(); });
    return std::exchange(frames_, {});
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Frame> frames_;
};

fakes::FakeHost::Options large_arena() {
  fakes::FakeHost::Options options;
  options.arena_bytes = 160 << 20;
  return options;
}

class HttpThreadsTest : public ::testing::Test {
 protected:
  HttpThreadsTest() : host_(large_arena()), peer_([this](Frame frame) { send(frame); }) {}

  void SetUp() override {
    const char* const parameters[] = {"ramdisk.bytes=72M", nullptr};
    graft_kit_options_t options = {};
    options.size_bytes = sizeof options;
    options.parameters = parameters;
    ASSERT_EQ(graft_kit_create(&host_.env(), &options, &kit_), GRAFT_OK);
    world_thread_ = std::thread([this] { EXPECT_EQ(graft_world_serve(graft_kit_world(kit_)), GRAFT_OK); });
    const auto bus = find<graft_bus_t>(graft_iid_bus, 1);
    uint32_t attached = 0;
    while (graft_bus_probe(bus.get(), &attached) == GRAFT_E_BADSTATE) std::this_thread::yield();
    ASSERT_EQ(attached, 2u);
    other_end_ = find<graft_etherdev_t>(graft_iid_etherdev, 1);
    ASSERT_EQ(graft_etherdev_open(other_end_.get(), &wire_, nullptr, send_.out()), GRAFT_OK);
    ASSERT_EQ(graft_etherdev_set_promiscuous(other_end_.get(), true), GRAFT_OK);
  }

  void TearDown() override {
    stopping_ = true;
    if (app_thread_.joinable()) app_thread_.join();
    EXPECT_EQ(graft_etherdev_close(other_end_.get()), GRAFT_OK);
    send_.reset();
    other_end_.reset();
    graft_world_stop(graft_kit_world(kit_));
    world_thread_.join();
    EXPECT_EQ(graft_kit_destroy(kit_), GRAFT_OK);
    // What lwIP keeps for ever.
    EXPECT_LE(host_.pages_in_use(), pages_for(GRAFT_LWIP_HEAP_BYTES));
  }

  template <class Interface>
  Ref<Interface> find(const graft_iid_t& iid, uint32_t index) {
    void* found = nullptr;
    EXPECT_EQ(graft_services_lookup(graft_kit_services(kit_), &iid, index, &found), GRAFT_OK);
    return Ref<Interface>::adopt(static_cast<Interface*>(found));
  }

  void start(std::vector<uint8_t> image) {
    image.resize((image.size() + 511) / 512 * 512);
    ASSERT_EQ(graft_blkio_write(find<graft_blkio_t>(graft_iid_blkio, 0).get(), image.data(), 0, image.size()),
              GRAFT_OK);
    app_thread_ = std::thread([this] { serve(); });
  }

  /// The application's thread, from beginning to end.
  void serve() {
    const graft_osenv_t* osenv = &host_.env();
    struct Waker {
      const graft_osenv_t* osenv;
      void* thread;
    } waker{osenv, osenv->thread_self(osenv->host)};
    const auto wake = [](void* arg) {
      auto* w = static_cast<Waker*>(arg);
      w->osenv->thread_unpark(w->osenv->host, w->thread);
    };
    // Config of peer.hpp; the loopback's first port has an address of its own.
    HttpApp app(osenv, wake, &waker, HttpConfig{}, nullptr);
    ASSERT_TRUE(app.create().ok());
    app.attach_disk(find<graft_asyncblk_t>(graft_iid_asyncblk, 0));
    ASSERT_TRUE(app.open_network(find<graft_etherdev_t>(graft_iid_etherdev, 0)).ok());
    const auto run = [&](auto done) {
      while (!done()) {
        const uint64_t deadline_ns = app.poll();
        const uint64_t soon_ns = osenv->clock_now_ns(osenv->host) + 20'000'000;
        if (deadline_ns) osenv->thread_park(osenv->host, std::min(deadline_ns, soon_ns));
      }
    };
    run([&] { return stopping_.load(); });
    app.stop();
    run([&] { return app.stopped(); });
    app.close_network();
  }

  void send(const Frame& frame) {
    Frame addressed = frame;
    graft_mac_address_t server;
    graft_etherdev_get_address(find<graft_etherdev_t>(graft_iid_etherdev, 0).get(), &server);
    if (std::equal(Peer::kServerMac, Peer::kServerMac + 6, addressed.begin())) {
      std::copy_n(server.bytes, 6, addressed.begin());
    }
    Ref<graft_bufio_t> buffer;
    if (graft_netio_alloc_bufio(send_.get(), addressed.size(), buffer.out()) != GRAFT_OK) return;
    ASSERT_EQ(graft_bufio_write(buffer.get(), addressed.data(), 0, addressed.size()), GRAFT_OK);
    // A full ring loses the frame: TCP sends it again.
    static_cast<void>(graft_netio_push(send_.get(), buffer.get(), addressed.size()));
  }

  template <class Done>
  bool run(Done done, std::chrono::seconds limit = 60s) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!done()) {
      if (std::chrono::steady_clock::now() > end) return false;
      for (const Frame& frame : wire_.take()) peer_.on_frame(frame);
      peer_.on_time(host_.env().clock_now_ns(host_.env().host));
    }
    return true;
  }

  static std::string body_of(const std::string& reply) {
    const size_t end = reply.find("\r\n\r\n");
    return end == std::string::npos ? std::string() : reply.substr(end + 4);
  }

  fakes::ThreadedHost host_;
  graft_kit_t* kit_ = nullptr;
  std::thread world_thread_;
  std::thread app_thread_;
  std::atomic<bool> stopping_{false};
  Wire wire_;
  Ref<graft_etherdev_t> other_end_;
  Ref<graft_netio_t> send_;
  Peer peer_;
};

std::string pattern(size_t bytes, uint32_t seed) {
  std::string text(bytes, 0);
  uint32_t x = seed * 2654435761u + 1;
  for (char& c : text) x ^= x << 13, x ^= x >> 17, x ^= x << 5, c = static_cast<char>(x);
  return text;
}

TEST_F(HttpThreadsTest, LargeAndSmallFilesArriveWhileThreadsInterleave) {
  const std::string large = pattern(64 << 20, 1);
  UstarWriter writer;
  writer.add("large", large);
  std::string small[16];
  for (uint32_t i = 0; i < 16; ++i) {
    small[i] = pattern(30'000 + 997 * i, 50 + i);
    writer.add("small" + std::to_string(i), small[i]);
  }
  start(writer.closed());

  auto big = peer_.connect(80);
  big->send("GET /large HTTP/1.1\r\nHost: t\r\n\r\n");
  ASSERT_TRUE(run([&] { return big->received().size() > 1000 || big->was_reset(); }));
  for (int round = 0; round < 4; ++round) {
    std::vector<std::shared_ptr<PeerConnection>> clients;
    for (int i = 0; i < 16; ++i) {
      clients.push_back(peer_.connect(80));
      clients.back()->send("GET /small" + std::to_string(i) + " HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
    }
    EXPECT_TRUE(run([&] {
      return std::all_of(clients.begin(), clients.end(),
                         [](auto& c) { return c->closed_by_server() || c->was_reset(); });
    }));
    for (int i = 0; i < 16; ++i) {
      EXPECT_TRUE(body_of(clients[i]->received()) == small[i]) << i;
      clients[i]->close();
    }
  }
  EXPECT_TRUE(run([&] { return big->received().size() > large.size() || big->was_reset(); }, 240s));
  run([&] { return body_of(big->received()).size() >= large.size(); }, 60s);
  EXPECT_TRUE(body_of(big->received()) == large);
}

}  // namespace
}  // namespace graft::http::testing
