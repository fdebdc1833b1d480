// SPDX-License-Identifier: BSD-2-Clause
// The rungs of the first block and the first packet, with devices that keep their contracts and ones that do not.
#include <graft/ladder.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "tests/conformance/fakes/fake_disk.hpp"
#include "tests/conformance/fakes/fake_ether.hpp"
#include "tests/fakes/osenv/manual_host.hpp"

namespace {

using namespace graft::fakes;

constexpr graft_mac_address_t kAddress = {{0x52, 0x54, 0, 1, 2, 3}};

graft_osenv_t g_real;
FakeWorld* g_world;

class DataRungs : public testing::Test {
 protected:
  DataRungs() {
    host_.set_step_ns(100);
    g_real = host_.env();
    g_world = &world_;
    // The devices' world moves while the climber waits.
    host_.env().thread_park = [](void* host, uint64_t deadline_ns) {
      if (!g_world->run()) g_real.thread_park(host, deadline_ns);
    };
    options_.size_bytes = sizeof options_;
  }

  void climb() {
    const auto note = [](void* arg, const graft_ladder_result_t* r) {
      if (r->status != GRAFT_LADDER_BEGUN) static_cast<DataRungs*>(arg)->results_[r->rung] = *r;
    };
    graft_ladder_run(&host_.env(), &options_, note, this);
  }

  void expect_passed(const std::string& rung) {
    climb();
    EXPECT_EQ(results_[rung].status, GRAFT_LADDER_PASSED)
        << (results_[rung].text ? results_[rung].text : "not reached");
    EXPECT_EQ(host_.pages_in_use(), 0u);
  }

  void expect_broken(const std::string& rung, const std::string& method, const std::string& rule) {
    climb();
    ASSERT_EQ(results_[rung].status, GRAFT_LADDER_BROKEN);
    EXPECT_EQ(results_[rung].callback, method);
    EXPECT_NE(std::string(results_[rung].text).find(rule), std::string::npos) << results_[rung].text;
    EXPECT_EQ(host_.pages_in_use(), 0u);
  }

  ManualHost host_;
  FakeWorld world_;
  graft_ladder_options_t options_{};
  std::map<std::string, graft_ladder_result_t> results_;
};

TEST_F(DataRungs, ADiskReadsItsFirstBlock) {
  FakeDisk disk(world_, {});
  options_.blkio = &disk;
  expect_passed("block");
}

TEST_F(DataRungs, ADiskOfLargeBlocksToo) {
  FakeDisk::Options large;
  large.block_bytes = 16384;
  FakeDisk disk(world_, large);
  options_.blkio = &disk;
  expect_passed("block");
}

TEST_F(DataRungs, AShortReadIsNamed) {
  FakeDisk::Options broken;
  broken.mutation = DiskMutation::kReadShort;
  FakeDisk disk(world_, broken);
  options_.blkio = &disk;
  expect_broken("block", "blkio.read", "fills the buffer");
}

TEST_F(DataRungs, AReadBeyondTheEndIsNamed) {
  FakeDisk::Options broken;
  broken.mutation = DiskMutation::kSyncIgnoresRange;
  FakeDisk disk(world_, broken);
  options_.blkio = &disk;
  expect_broken("block", "blkio.read", "RANGE");
}

TEST_F(DataRungs, ADiskErrorIsNamed) {
  FakeDisk disk(world_, {});
  disk.fail(0, 512, GRAFT_E_IO);
  options_.blkio = &disk;
  expect_broken("block", "blkio.read", "first block");
}

TEST_F(DataRungs, APacketGoesOut) {
  FakeEther ether(world_, kAddress);
  FakeEther::Frame sent;
  ether.on_wire = [&](FakeEther::Frame frame) { sent = std::move(frame); };
  options_.etherdev = &ether;
  expect_passed("packet");
  ASSERT_EQ(sent.size(), 60u);
  EXPECT_EQ(sent[0], 0xff);
  EXPECT_EQ(sent[11], kAddress.bytes[5]);
}

TEST_F(DataRungs, ARequestIsAnswered) {
  FakeEther ether(world_, kAddress);
  ether.on_wire = [&](FakeEther::Frame frame) {
    EXPECT_EQ(frame[22 + 5], kAddress.bytes[5]) << "an ARP request names its sender";
    std::copy_n(kAddress.bytes, 6, frame.begin());
    ether.arrive(frame);
  };
  uint8_t request[42] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
  request[12] = 0x08;
  request[13] = 0x06;
  options_.etherdev = &ether;
  options_.request = request;
  options_.request_bytes = sizeof request;
  expect_passed("packet");
}

TEST_F(DataRungs, SilenceIsNamed) {
  FakeEther ether(world_, kAddress);
  ether.on_wire = [](const FakeEther::Frame&) {};
  uint8_t request[42] = {};
  options_.etherdev = &ether;
  options_.request = request;
  options_.request_bytes = sizeof request;
  expect_broken("packet", "netio.push", "answers");
}

TEST_F(DataRungs, ALinkThatStaysDownIsNamed) {
  FakeEther ether(world_, kAddress);
  ether.set_link(false);
  options_.etherdev = &ether;
  expect_broken("packet", "etherdev.get_link", "comes up");
}

TEST_F(DataRungs, AReceiverThatIsKeptIsNamed) {
  FakeEther ether(world_, kAddress, EtherMutation::kKeepReceiver);
  ether.on_wire = [](const FakeEther::Frame&) {};
  options_.etherdev = &ether;
  expect_broken("packet", "etherdev.close", "releases the receiver");
}

TEST_F(DataRungs, AnInterfaceThatIsGoneIsNamed) {
  FakeEther ether(world_, kAddress);
  options_.etherdev = &ether;
  ether.remove();
  expect_broken("packet", "etherdev.open", "can be opened");
}

}  // namespace
