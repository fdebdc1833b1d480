// SPDX-License-Identifier: BSD-2-Clause
/// The whole example in a test process: HttpApp on a fake card and a fake disk, a peer on the wire, and a clock that
/// jumps to the next thing that is due.
#ifndef GRAFT_EXAMPLES_HTTP_TESTING_APP_FIXTURE_HPP
#define GRAFT_EXAMPLES_HTTP_TESTING_APP_FIXTURE_HPP

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>

#include "examples/http/app.hpp"
#include "examples/http/testing/peer.hpp"
#include "examples/http/testing/ustar_writer.hpp"
#include "tests/conformance/fakes/fake_disk.hpp"
#include "tests/conformance/fakes/fake_ether.hpp"
#include "tests/fakes/osenv/manual_host.hpp"

namespace graft::http::testing {

struct Reply {
  int status = 0;
  std::string head;
  std::string body;
  bool complete = false;
};

/// lwIP keeps its heap for ever, so all fixtures of a process share one host.
inline fakes::ManualHost& shared_host() {
  static auto* host = [] {
    fakes::FakeHost::Options options;
    options.arena_bytes = 64 << 20;
    return new fakes::ManualHost(options);
  }();
  return *host;
}

class AppFixture : public ::testing::Test {
 protected:
  static constexpr uint64_t kSecond_ns = 1'000'000'000;

  AppFixture()
      : host_(shared_host()),
        ether_(world_, {{2, 0, 0, 0, 0, 1}}),
        peer_([this](Frame frame) { ether_.arrive(std::move(frame)); }) {
    ether_.on_wire = [this](Frame frame) { to_peer_.push_back(std::move(frame)); };
  }

  ~AppFixture() override { stop(); }

  void start(std::vector<uint8_t> image, fakes::FakeDisk::Options options = {}) {
    image.resize((image.size() + options.block_bytes - 1) / options.block_bytes * options.block_bytes);
    options.size_bytes = image.size();
    disk_.emplace(world_, options);
    disk_->content() = std::move(image);
    start_app();
  }

  void start_without_disk() { start_app(); }

  void start_app() {
    app_ = std::make_unique<HttpApp>(
        &host_.env(), [](void*) {}, nullptr, HttpConfig{}, nullptr);
    ASSERT_TRUE(app_->create().ok());
    app_->attach_disk(disk_ ? Ref<graft_asyncblk_t>::share(&*disk_) : Ref<graft_asyncblk_t>());
    ASSERT_TRUE(app_->open_network(Ref<graft_etherdev_t>::share(&ether_)).ok());
  }

  /// Ends the application and checks that everything came back.
  void stop() {
    if (!app_) return;
    app_->stop();
    if (disk_) disk_->hold(false);
    EXPECT_TRUE(run([&] { return app_->stopped(); }));
    app_->close_network();
    world_.run();
    app_.reset();
    EXPECT_EQ(ether_.frames_alive(), 0);
    EXPECT_EQ(ether_.reference_count(), 1u);
    if (disk_) {
      EXPECT_EQ(disk_->reference_count(), 1u);
    }
  }

  /// Runs everything until `done()`, moving the clock when nothing else can happen. False after `limit_ns` of it.
  template <class Done>
  bool run(Done done, uint64_t limit_ns = 120 * kSecond_ns) {
    const uint64_t end_ns = host_.now_ns() + limit_ns;
    for (;;) {
      const uint64_t app_deadline_ns = app_->poll();
      bool busy = app_deadline_ns == 0;
      busy |= world_.run();
      std::vector<Frame> frames;
      frames.swap(to_peer_);
      for (const Frame& frame : frames) peer_.on_frame(frame);
      busy |= !frames.empty() || world_.run();
      peer_.on_time(host_.now_ns());
      if (done()) return true;
      if (busy) continue;
      if (host_.now_ns() > end_ns) return false;
      const uint64_t next_ns = std::min({app_deadline_ns, peer_.next_deadline_ns(), host_.now_ns() + kSecond_ns});
      host_.advance_to(std::max(next_ns, host_.now_ns() + 1'000'000));
    }
  }

  void run_for(uint64_t duration_ns) {
    const uint64_t end_ns = host_.now_ns() + duration_ns;
    run([&] { return host_.now_ns() >= end_ns; }, duration_ns);
  }

  /// Splits the first complete reply off what a connection received.
  static Reply parse(const std::string& bytes, bool head_only = false) {
    Reply reply;
    const size_t end = bytes.find("\r\n\r\n");
    if (end == std::string::npos) return reply;
    reply.head = bytes.substr(0, end + 4);
    reply.status = std::atoi(reply.head.c_str() + 9);
    const size_t length = std::strtoul(field(reply, "Content-Length").c_str(), nullptr, 10);
    if (head_only) {
      reply.complete = true;
      return reply;
    }
    reply.body = bytes.substr(end + 4, length);
    reply.complete = reply.body.size() == length;
    return reply;
  }

  static std::string field(const Reply& reply, const std::string& name) {
    const size_t at = reply.head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return {};
    const size_t begin = at + name.size() + 4;
    return reply.head.substr(begin, reply.head.find("\r\n", begin) - begin);
  }

  std::shared_ptr<PeerConnection> connect() {
    auto connection = peer_.connect(80);
    EXPECT_TRUE(run([&] { return connection->established(); }));
    return connection;
  }

  /// Sends raw text on a connection of its own and gives the first reply.
  Reply exchange(const std::string& text, bool head_only = false) {
    auto connection = connect();
    connection->send(text);
    Reply reply;
    run([&] {
      reply = parse(connection->received(), head_only);
      return reply.complete || connection->was_reset();
    });
    connection->close();
    return reply;
  }

  Reply get(const std::string& path, const std::string& fields = {}) {
    return exchange("GET " + path + " HTTP/1.1\r\nHost: test\r\n" + fields + "\r\n");
  }

  /// Waits until the archive is read or refused.
  void settle() {
    ASSERT_TRUE(run([&] {
      const auto state = app_->archive().state();
      return state == ArchiveLoader::State::kReady || state == ArchiveLoader::State::kFailed;
    }));
  }

  static std::string pattern(size_t bytes, uint32_t seed) {
    std::string text(bytes, 0);
    uint32_t x = seed * 2654435761u + 1;
    for (char& c : text) {
      x ^= x << 13, x ^= x >> 17, x ^= x << 5;
      c = static_cast<char>(x);
    }
    return text;
  }

  fakes::ManualHost& host_;
  fakes::FakeWorld world_;
  fakes::FakeEther ether_;
  std::optional<fakes::FakeDisk> disk_;
  Peer peer_;
  std::vector<Frame> to_peer_;
  std::unique_ptr<HttpApp> app_;
};

}  // namespace graft::http::testing

#endif
