// SPDX-License-Identifier: BSD-2-Clause
/// Sends packets from the first Ethernet interface to the second on the same hub, in batches. The sender is the same in
/// every form, and one form sends to an address that nobody has, which the second device drops itself: what it costs
/// less than the others is what receiving costs.
#include <cstdio>

#include "kernels/threaded/host.hpp"
#include "tests/bench/ethernet.hpp"
#include "tests/bench/marker.h"

namespace {

using namespace graft;
using namespace graft::bench;

constexpr uint32_t kPackets = 10016;
constexpr uint32_t kWarmUpPackets = 2016;
constexpr uint32_t kPasses = 3;
constexpr uint64_t kSettleNs = 50'000'000;
// QEMU's device takes packets only one second after its receive control register was written.
constexpr uint64_t kReadyNs = 2'000'000'000;
constexpr unsigned char kReceiver[6] = {0x52, 0x54, 0, 0, 0, 2};
constexpr unsigned char kNobody[6] = {2, 0, 0, 0, 0, 1};

/// Has the packet's buffer released as soon as it is there, before or after a look at its header.
struct Consumer final : Object<Consumer, graft_netio_t> {
  bool looks = false;
  uint64_t packets = 0;
  uint64_t foreign = 0;

  graft_error_t push(graft_bufio_t* packet, size_t) {
    ++packets;
    if (!looks) return GRAFT_OK;
    void* header;
    if (packet->ops->map(packet, &header, 0, 14) != GRAFT_OK) return GRAFT_E_FAIL;
    if (static_cast<unsigned char*>(header)[12] != 0x88) ++foreign;
    packet->ops->unmap(packet, header, 0, 14);
    return GRAFT_OK;
  }
  graft_error_t alloc_bufio(size_t, graft_bufio_t** out) {
    *out = nullptr;
    return GRAFT_E_NOTSUP;
  }
  void destroy() {}
};

Consumer sink, consumer;
Interface sender, receiver;

template <unsigned kRegion>
bool measure(const char* name, graft_bufio_t* packet, uint32_t bytes, uint32_t arriving, bool looks) {
  auto send = [&](uint32_t count) {
    bool ok = sender.push_batches(packet, bytes, count);
    // The last interrupt may be late by the device's throttling.
    threaded::sleep_ns(kSettleNs);
    return ok && sender.settle(packet);
  };
  consumer.looks = looks;
  if (!send(kWarmUpPackets)) return false;
  for (uint32_t pass = 0; pass < kPasses; ++pass) {
    uint64_t before = consumer.packets;
    GRAFT_BENCH_BEGIN(kRegion);
    bool ok = send(kPackets);
    GRAFT_BENCH_END(kRegion);
    if (!ok) return false;
    if (consumer.packets - before != arriving || consumer.foreign) {
      std::printf("%s: %u packets were sent and %u arrived\n", name, kPackets,
                  static_cast<unsigned>(consumer.packets - before));
      return false;
    }
    std::printf("[BENCH] region=%u units=%u name=%s\n", kRegion, kPackets, name);
  }
  return true;
}

bool run() {
  graft_bufio_t *to_receiver, *to_nobody;
  return sender.make_packet(kReceiver, &to_receiver) && sender.make_packet(kNobody, &to_nobody) &&
         measure<0>("60B,sent", to_nobody, kSmallBytes, 0, false) &&
         measure<1>("60B,released", to_receiver, kSmallBytes, kPackets, false) &&
         measure<2>("60B,header_read", to_receiver, kSmallBytes, kPackets, true) &&
         measure<3>("1514B,sent", to_nobody, kLargeBytes, 0, false) &&
         measure<4>("1514B,released", to_receiver, kLargeBytes, kPackets, false) &&
         measure<5>("1514B,header_read", to_receiver, kLargeBytes, kPackets, true);
}

}  // namespace

int host_main() {
  // The sender's ring is as long as the receiver's, and so does not overrun it.
  graft_kit_t* kit = start_kit(nullptr);
  if (!kit || !sender.open(kit, 0, &sink) || !receiver.open(kit, 1, &consumer)) return 1;
  threaded::sleep_ns(kReadyNs);
  return run() ? 0 : 1;
}
