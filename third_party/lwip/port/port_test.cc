// SPDX-License-Identifier: BSD-2-Clause
#include "port.h"

#include <gtest/gtest.h>
#include <lwip/init.h>
#include <lwip/opt.h>
#include <lwip/pbuf.h>
#include <lwip/sys.h>

#include <cstdlib>
#include <random>
#include <vector>

namespace {

// The definition of RFC 1071, word by word.
uint16_t reference_sum(const uint8_t* data, int bytes) {
  uint32_t sum = 0;
  for (int i = 0; i < bytes; i += 2) {
    sum += data[i] | (i + 1 < bytes ? data[i + 1] << 8 : 0);
    sum = (sum & 0xffff) + (sum >> 16);
  }
  return static_cast<uint16_t>(sum);
}

TEST(LwipChecksum, EqualsTheDefinitionForEveryLengthAndAlignment) {
  std::mt19937 random(1);
  std::vector<uint8_t> data(2100);
  for (auto& byte : data) byte = random() & 1 ? 0xff : static_cast<uint8_t>(random());
  for (int bytes = 0; bytes <= 2048; ++bytes) {
    const uint8_t* from = data.data() + bytes % 17;
    ASSERT_EQ(graft_lwip_checksum(from, bytes), reference_sum(from, bytes)) << bytes;
  }
}

TEST(LwipPort, RunsOnTheHeapAndTheClockItWasGiven) {
  static uint64_t now_ns = 5'000'000'000;
  void* heap = std::aligned_alloc(4096, GRAFT_LWIP_HEAP_BYTES);
  graft_lwip_port_t port = {};
  port.clock_now_ns = [](void*) { return now_ns; };
  port.panic = [](void*, const char*) { std::abort(); };
  port.heap = heap;
  port.seed = 42;
  graft_lwip_set_port(&port);
  lwip_init();
  EXPECT_EQ(sys_now(), 5000u);
  pbuf* p = pbuf_alloc(PBUF_RAW, 1000, PBUF_RAM);
  ASSERT_NE(p, nullptr);
  const auto at = reinterpret_cast<uintptr_t>(p->payload);
  EXPECT_GE(at, reinterpret_cast<uintptr_t>(heap));
  EXPECT_LT(at, reinterpret_cast<uintptr_t>(heap) + GRAFT_LWIP_HEAP_BYTES);
  pbuf_free(p);
  EXPECT_NE(graft_lwip_random(), graft_lwip_random());
  std::free(heap);
}

}  // namespace
