// SPDX-License-Identifier: BSD-2-Clause
#include "kernels/support/page_allocator.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <map>
#include <random>

namespace {

using graft::support::kPageBytes;
using graft::support::PageAllocator;

constexpr uint64_t kMiB = 1 << 20;
constexpr uint64_t kGiB = uint64_t{1} << 30;

/// 6 GiB of address space: only the pages that hold nodes become memory.
class PageAllocatorTest : public testing::Test {
 protected:
  static constexpr size_t kBytes = 6 * kGiB;

  PageAllocatorTest()
      : window_(static_cast<char*>(
            mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0))),
        pages_(window_) {}
  ~PageAllocatorTest() override { munmap(window_, kBytes); }

  uint64_t phys(const void* va) const { return static_cast<uint64_t>(static_cast<const char*>(va) - window_); }

  char* window_;
  PageAllocator pages_;
};

TEST_F(PageAllocatorTest, HasNothingAtFirst) {
  EXPECT_EQ(pages_.allocate(1), nullptr);
  EXPECT_EQ(pages_.stats().pages_total, 0u);
}

TEST_F(PageAllocatorTest, ShrinksRegionsToWholePages) {
  pages_.add(kMiB + 1, 3 * kPageBytes);
  EXPECT_EQ(pages_.stats().pages_total, 2u);
  pages_.add(2 * kMiB + 1, kPageBytes - 1);
  EXPECT_EQ(pages_.stats().pages_total, 2u);
}

TEST_F(PageAllocatorTest, TakesHighMemoryFirstAndKeepsLimits) {
  pages_.add(kMiB, 127 * kMiB);
  pages_.add(4 * kGiB, kGiB);
  EXPECT_GE(phys(pages_.allocate(1)), 4 * kGiB);
  void* below = pages_.allocate(4, 1, 4 * kGiB - 1);
  EXPECT_LT(phys(below), 128 * kMiB);
  void* isa = pages_.allocate(4, 1, 16 * kMiB - 1);
  EXPECT_EQ(phys(isa) + 4 * kPageBytes, 16 * kMiB);
  EXPECT_EQ(pages_.allocate(1, 1, kMiB - 1), nullptr);
}

TEST_F(PageAllocatorTest, ALimitInTheMiddleOfAPageExcludesIt) {
  pages_.add(kMiB, 2 * kPageBytes);
  EXPECT_EQ(pages_.allocate(2, 1, kMiB + 2 * kPageBytes - 2), nullptr);
  EXPECT_NE(pages_.allocate(2, 1, kMiB + 2 * kPageBytes - 1), nullptr);
}

TEST_F(PageAllocatorTest, Aligns) {
  pages_.add(kMiB + kPageBytes, 64 * kMiB);
  for (size_t align = 1; align <= 4096; align *= 2) {
    void* va = pages_.allocate(3, align);
    ASSERT_NE(va, nullptr) << align;
    EXPECT_EQ(phys(va) % (align * kPageBytes), 0u) << align;
  }
}

TEST_F(PageAllocatorTest, RefusesArgumentsWithoutSense) {
  pages_.add(kMiB, kMiB);
  EXPECT_EQ(pages_.allocate(0), nullptr);
  EXPECT_EQ(pages_.allocate(1, 3), nullptr);
  EXPECT_EQ(pages_.allocate(1, 0), nullptr);
  EXPECT_EQ(pages_.allocate(257), nullptr);
  EXPECT_EQ(pages_.allocate(SIZE_MAX), nullptr);
}

TEST_F(PageAllocatorTest, MergesFreedNeighbours) {
  pages_.add(kMiB, kMiB);
  void* runs[4];
  for (void*& run : runs) run = pages_.allocate(64);
  EXPECT_EQ(pages_.stats().pages_free, 0u);
  for (const int i : {0, 2, 1, 3}) pages_.free(runs[i], 64);
  EXPECT_EQ(pages_.stats().extents_free, 1u);
  EXPECT_EQ(pages_.stats().pages_free_lowest, 0u);
  EXPECT_NE(pages_.allocate(256), nullptr);
}

TEST_F(PageAllocatorTest, RandomUseNeverOverlapsAndLosesNothing) {
  pages_.add(kMiB, 15 * kMiB);
  pages_.add(17 * kMiB, 8 * kMiB);
  const size_t total = pages_.stats().pages_total;
  std::mt19937 random(1);
  std::map<uint64_t, size_t> used;
  for (int step = 0; step < 20'000; ++step) {
    if (random() % 2 == 0 || used.empty()) {
      const size_t count = 1 + random() % 40;
      void* va = pages_.allocate(count, size_t{1} << random() % 5, random() % 2 ? UINT64_MAX : 16 * kMiB - 1);
      if (va == nullptr) continue;
      const auto [it, inserted] = used.emplace(phys(va), count);
      ASSERT_TRUE(inserted);
      if (it != used.begin()) {
        ASSERT_LE(std::prev(it)->first + std::prev(it)->second * kPageBytes, it->first);
      }
      if (std::next(it) != used.end()) {
        ASSERT_LE(it->first + count * kPageBytes, std::next(it)->first);
      }
    } else {
      auto it = used.lower_bound(random() % (25 * kMiB));
      if (it == used.end()) it = used.begin();
      pages_.free(window_ + it->first, it->second);
      used.erase(it);
    }
  }
  for (const auto& [start, count] : used) pages_.free(window_ + start, count);
  EXPECT_EQ(pages_.stats().pages_free, total);
  EXPECT_EQ(pages_.stats().extents_free, 2u);
}

using PageAllocatorDeathTest = PageAllocatorTest;

TEST_F(PageAllocatorDeathTest, NamesADoubleFree) {
  pages_.add(kMiB, kMiB);
  void* run = pages_.allocate(4);
  pages_.free(run, 4);
  EXPECT_DEATH(pages_.free(run, 4), "4 pages at physical 1fc000: a page is free already");
  EXPECT_DEATH(pages_.free(static_cast<char*>(run) + kPageBytes, 1), "a page is free already");
}

TEST_F(PageAllocatorDeathTest, NamesPagesItNeverHad) {
  pages_.add(kMiB, kMiB);
  EXPECT_DEATH(pages_.free(window_ + 4 * kMiB, 1), "were never allocated");
  EXPECT_DEATH(pages_.free(window_ + kMiB + 1, 1), "were never allocated");
}

}  // namespace
