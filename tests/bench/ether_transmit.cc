// SPDX-License-Identifier: BSD-2-Clause
/// Sends packets through the first Ethernet interface in measured regions: one push each, until the last buffer is
/// back and the device has counted the last packet.
#include <graft/kit.h>

#include <atomic>
#include <cstdio>
#include <cstring>
#include <graft/etherdev.hpp>
#include <graft/netio.hpp>
#include <graft/netio2.hpp>

#include "kernels/threaded/host.hpp"
#include "tests/bench/marker.h"

namespace {

using namespace graft;

constexpr uint32_t kPackets = 20000;
constexpr uint32_t kWarmUpPackets = 4000;
constexpr uint32_t kPasses = 3;
constexpr uint32_t kBatch = 32;
constexpr uint32_t kSmallBytes = 60;
constexpr uint32_t kLargeBytes = 1514;

std::atomic<bool> space{false};

/// Nothing comes from an empty hub; what comes all the same is dropped.
struct Sink final : Object<Sink, graft_netio_t> {
  graft_error_t push(graft_bufio_t*, size_t) { return GRAFT_OK; }
  graft_error_t alloc_bufio(size_t, graft_bufio_t** out) {
    *out = nullptr;
    return GRAFT_E_NOTSUP;
  }
  void destroy() {}
};

struct Bench {
  EtherDev device;
  NetIo out;
  NetIo2 out_batch;
  void* self;

  uint64_t sent() const {
    graft_ether_stats_t stats;
    device.get_stats(&stats);
    return stats.tx_packets;
  }

  void wait_for_space() const {
    const graft_osenv_t* env = threaded::osenv();
    while (!space.exchange(false)) env->thread_park(env->host, GRAFT_FOREVER);
  }

  bool push_all(graft_bufio_t* packet, uint32_t bytes, uint32_t count) const {
    for (uint32_t i = 0; i < count;) {
      graft_error_t error = out->ops->push(out.get(), packet, bytes);
      if (error == GRAFT_OK) {
        ++i;
      } else if (error == GRAFT_E_BUSY) {
        wait_for_space();
      } else {
        std::printf("push: %s\n", graft_error_name(error));
        return false;
      }
    }
    return true;
  }

  bool push_batches(graft_bufio_t* packet, uint32_t bytes, uint32_t count) const {
    graft_packet_t batch[kBatch] = {};
    for (graft_packet_t& one : batch) {
      one.buffer = packet;
      one.bytes = bytes;
    }
    for (uint32_t i = 0; i < count;) {
      uint32_t accepted;
      uint32_t wanted = count - i < kBatch ? count - i : kBatch;
      graft_error_t error = out_batch->ops->push_batch(out_batch.get(), batch, wanted, &accepted);
      i += accepted;
      if (error == GRAFT_E_BUSY) {
        wait_for_space();
      } else if (error != GRAFT_OK) {
        std::printf("push_batch: %s\n", graft_error_name(error));
        return false;
      }
    }
    return true;
  }

  /// Waits until the buffer's only reference is ours and the device has counted every packet.
  bool settled(graft_bufio_t* packet, uint64_t packets) const {
    for (int i = 0; i < 1000; ++i) {
      graft_addref(packet);
      bool is_back = graft_release(packet) == 1;
      if (is_back && sent() == packets) return true;
      threaded::sleep_ns(1'000'000);
    }
    std::printf("the last packet did not come back\n");
    return false;
  }
};

bool run(const Bench& bench) {
  graft_bufio_t* packet;
  if (bench.out.alloc_bufio(kLargeBytes, &packet) != GRAFT_OK) return false;
  unsigned char frame[kLargeBytes] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x52, 0x54, 0, 0, 0, 1, 0x88, 0xb5};
  if (packet->ops->write(packet, frame, 0, sizeof frame) != GRAFT_OK) return false;

  uint64_t total = bench.sent();
  auto warm_up = [&](uint32_t bytes) {
    total += kWarmUpPackets;
    return bench.push_all(packet, bytes, kWarmUpPackets) && bench.settled(packet, total);
  };
  if (!warm_up(kSmallBytes)) return false;
  for (uint32_t pass = 0; pass < kPasses; ++pass) {
    GRAFT_BENCH_BEGIN(0);
    bool ok = bench.push_all(packet, kSmallBytes, kPackets);
    total += kPackets;
    ok = ok && bench.settled(packet, total);
    GRAFT_BENCH_END(0);
    if (!ok) return false;
    std::printf("[BENCH] region=0 units=%u name=60B,push\n", kPackets);
  }
  for (uint32_t pass = 0; pass < kPasses; ++pass) {
    GRAFT_BENCH_BEGIN(1);
    bool ok = bench.push_batches(packet, kSmallBytes, kPackets);
    total += kPackets;
    ok = ok && bench.settled(packet, total);
    GRAFT_BENCH_END(1);
    if (!ok) return false;
    std::printf("[BENCH] region=1 units=%u name=60B,push_batch_32\n", kPackets);
  }
  if (!warm_up(kLargeBytes)) return false;
  for (uint32_t pass = 0; pass < kPasses; ++pass) {
    GRAFT_BENCH_BEGIN(2);
    bool ok = bench.push_all(packet, kLargeBytes, kPackets);
    total += kPackets;
    ok = ok && bench.settled(packet, total);
    GRAFT_BENCH_END(2);
    if (!ok) return false;
    std::printf("[BENCH] region=2 units=%u name=1514B,push\n", kPackets);
  }
  graft_release(packet);
  return true;
}

}  // namespace

int host_main() {
  graft_kit_t* kit;
  if (graft_error_t error = graft_kit_create(threaded::osenv(), nullptr, &kit); error != GRAFT_OK) {
    std::printf("no kit: %s\n", graft_error_name(error));
    return 1;
  }
  threaded::create_thread(
      "world", threaded::kServicePriority,
      [](void* arg) { graft_world_serve(graft_kit_world(static_cast<graft_kit_t*>(arg))); }, kit);
  uint32_t attached;
  if (graft_bus_probe(graft_kit_pci_bus(kit), &attached) != GRAFT_OK || attached == 0) {
    std::printf("no driver was attached\n");
    return 1;
  }
  static Sink sink;
  Bench bench;
  void* device;
  if (graft_services_lookup(graft_kit_services(kit), &graft_iid_etherdev, 0, &device) != GRAFT_OK) {
    std::printf("no Ethernet interface\n");
    return 1;
  }
  bench.device = EtherDev(Ref<graft_etherdev_t>::adopt(static_cast<graft_etherdev_t*>(device)));
  const graft_osenv_t* env = threaded::osenv();
  bench.self = env->thread_self(env->host);
  graft_ether_listener_t listener = {
      .arg = bench.self,
      .on_link = nullptr,
      .on_space =
          [](void* thread) {
            space = true;
            threaded::osenv()->thread_unpark(threaded::osenv()->host, thread);
          },
      .on_gone = nullptr,
  };
  graft_netio_t* out;
  if (bench.device.open(&sink, &listener, &out) != GRAFT_OK) return 1;
  bench.out = NetIo(Ref<graft_netio_t>::adopt(out));
  bench.out_batch = NetIo2(bench.out.query<graft_netio2_t>());
  for (int i = 0; i < 100; ++i) {
    graft_link_state_t link;
    bench.device.get_link(&link);
    if (link.up) break;
    threaded::sleep_ns(100'000'000);
  }
  return run(bench) ? 0 : 1;
}
