// SPDX-License-Identifier: BSD-2-Clause
/// Sends packets through the first Ethernet interface in measured regions, until the last buffer is back and the device
/// has counted the last packet.
#include <cstdio>

#include "tests/bench/ethernet.hpp"
#include "tests/bench/marker.h"

namespace {

using namespace graft;
using namespace graft::bench;

constexpr uint32_t kPackets = 20000;
constexpr uint32_t kWarmUpPackets = 4000;
constexpr uint32_t kPasses = 3;

/// Nothing comes from an empty hub; what comes all the same is dropped.
struct Sink final : Object<Sink, graft_netio_t> {
  graft_error_t push(graft_bufio_t*, size_t) { return GRAFT_OK; }
  graft_error_t alloc_bufio(size_t, graft_bufio_t** out) {
    *out = nullptr;
    return GRAFT_E_NOTSUP;
  }
  void destroy() {}
};

// A mark is a constant in the code.
template <unsigned kRegion, class Push>
bool measure(Interface& device, graft_bufio_t* packet, const char* name, Push push) {
  if (!push(kWarmUpPackets) || !device.settle(packet)) return false;
  for (uint32_t pass = 0; pass < kPasses; ++pass) {
    GRAFT_BENCH_BEGIN(kRegion);
    bool ok = push(kPackets) && device.settle(packet);
    GRAFT_BENCH_END(kRegion);
    if (!ok) return false;
    std::printf("[BENCH] region=%u units=%u name=%s\n", kRegion, kPackets, name);
  }
  return true;
}

bool run(Interface& device) {
  graft_bufio_t* packet;
  bool ok = device.make_packet({0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, &packet) &&
            measure<0>(device, packet, "60B,push",
                       [&](uint32_t count) { return device.push_all(packet, kSmallBytes, count); }) &&
            measure<1>(device, packet, "60B,push_batch_32",
                       [&](uint32_t count) { return device.push_batches(packet, kSmallBytes, count); }) &&
            measure<2>(device, packet, "1514B,push",
                       [&](uint32_t count) { return device.push_all(packet, kLargeBytes, count); }) &&
            measure<3>(device, packet, "1514B,push_batch_32",
                       [&](uint32_t count) { return device.push_batches(packet, kLargeBytes, count); });
  graft_release(packet);
  return ok;
}

}  // namespace

int host_main() {
  static Sink sink;
  static Interface device;
  // With the default of 256 the ring is full before the next interrupt comes.
  static const char* const kParameters[] = {"linux/e1000.TxDescriptors=512", nullptr};
  graft_kit_t* kit = start_kit(kParameters);
  return kit && device.open(kit, 0, &sink) && run(device) ? 0 : 1;
}
