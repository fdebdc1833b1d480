// SPDX-License-Identifier: BSD-2-Clause
#include "kernels/support/libc/memory_ops.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <numeric>
#include <vector>

namespace {

using namespace graft::support;

std::vector<char> numbered(size_t n) {
  std::vector<char> bytes(n);
  std::iota(bytes.begin(), bytes.end(), char{1});
  return bytes;
}

TEST(MemoryOps, CopiesEveryLengthAndNothingBeside) {
  for (size_t n = 0; n < 300; ++n) {
    // Exactly sized, so that a sanitizer sees a byte too much.
    const std::vector<char> from = numbered(n);
    std::vector<char> to(n), backward(n);
    copy_forward(to.data(), from.data(), n);
    copy_backward(backward.data(), from.data(), n);
    EXPECT_EQ(to, from) << n;
    EXPECT_EQ(backward, from) << n;
  }
}

TEST(MemoryOps, CopiesOverlappingAreas) {
  for (size_t n = 0; n < 200; ++n) {
    for (size_t distance = 1; distance < 40; ++distance) {
      std::vector<char> area = numbered(n + distance), expected = area;
      memmove(expected.data(), expected.data() + distance, n);
      copy_forward(area.data(), area.data() + distance, n);
      ASSERT_EQ(area, expected) << n << " down by " << distance;

      area = numbered(n + distance), expected = area;
      memmove(expected.data() + distance, expected.data(), n);
      copy_backward(area.data() + distance, area.data(), n);
      ASSERT_EQ(area, expected) << n << " up by " << distance;
    }
  }
}

TEST(MemoryOps, FillsEveryLength) {
  for (size_t n = 0; n < 300; ++n) {
    std::vector<char> area(n);
    fill(area.data(), 0xa7, n);
    EXPECT_EQ(area, std::vector<char>(n, static_cast<char>(0xa7))) << n;
  }
}

TEST(MemoryOps, ComparesAsUnsignedBytes) {
  for (size_t n = 1; n < 40; ++n) {
    for (size_t at = 0; at < n; ++at) {
      std::vector<unsigned char> a(n, 0x10), b(n, 0x10);
      EXPECT_EQ(compare(a.data(), b.data(), n), 0);
      a[at] = 0xff;
      EXPECT_GT(compare(a.data(), b.data(), n), 0) << n << " " << at;
      EXPECT_LT(compare(b.data(), a.data(), n), 0) << n << " " << at;
    }
  }
}

}  // namespace
