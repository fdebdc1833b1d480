// SPDX-License-Identifier: BSD-2-Clause
#include "kernels/support/heap.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <random>
#include <set>
#include <vector>

namespace {

using graft::support::Heap;

long g_pages_taken;
bool g_exhausted;

std::set<void*> g_runs;

void* take(size_t pages, size_t align_pages) {
  if (g_exhausted) return nullptr;
  g_pages_taken += static_cast<long>(pages);
  const size_t align = align_pages * 4096;
  return *g_runs.insert(std::aligned_alloc(align, (pages * 4096 + align - 1) & ~(align - 1))).first;
}

void give(void* va, size_t pages) {
  g_pages_taken -= static_cast<long>(pages);
  EXPECT_EQ(g_runs.erase(va), 1u);
  std::free(va);
}

class HeapTest : public testing::Test {
 protected:
  HeapTest() { g_pages_taken = 0, g_exhausted = false; }
  ~HeapTest() override {
    for (void* run : g_runs) std::free(run);  // the empty slabs that the heap keeps
    g_runs.clear();
  }
  Heap heap_{{take, give}};
};

TEST_F(HeapTest, BlocksAreAlignedAndLargeEnough) {
  std::vector<void*> blocks;
  for (size_t bytes = 1; bytes < 20'000; bytes = bytes * 5 / 4 + 1) {
    for (const size_t align : {size_t{16}, size_t{64}, size_t{256}, size_t{4096}}) {
      void* block = heap_.allocate(bytes, align);
      ASSERT_NE(block, nullptr);
      EXPECT_EQ(reinterpret_cast<uintptr_t>(block) % align, 0u) << bytes;
      EXPECT_GE(heap_.size_of(block), bytes);
      memset(block, 0x5a, bytes);
      blocks.push_back(block);
    }
  }
  for (void* block : blocks) heap_.free(block);
  EXPECT_EQ(heap_.stats().bytes_in_use, 0u);
  EXPECT_EQ(heap_.stats().blocks_in_use, 0u);
}

TEST_F(HeapTest, GivesPagesBackAndKeepsOneEmptySlabPerClass) {
  std::vector<void*> blocks;
  for (int i = 0; i < 1000; ++i) blocks.push_back(heap_.allocate(100));
  void* large = heap_.allocate(1 << 20);
  for (void* block : blocks) heap_.free(block);
  heap_.free(large);
  EXPECT_EQ(g_pages_taken, 4);
  EXPECT_EQ(heap_.stats().pages, 4u);
  // The slab that stayed is used again.
  heap_.free(heap_.allocate(100));
  EXPECT_EQ(g_pages_taken, 4);
  g_exhausted = true;
  EXPECT_NE(heap_.allocate(100), nullptr);
}

TEST_F(HeapTest, ReturnsNullWhenPagesRunOut) {
  g_exhausted = true;
  EXPECT_EQ(heap_.allocate(16), nullptr);
  EXPECT_EQ(heap_.allocate(100'000), nullptr);
  EXPECT_EQ(heap_.allocate(SIZE_MAX), nullptr);
  EXPECT_EQ(heap_.allocate(SIZE_MAX - 4200), nullptr);
  EXPECT_EQ(heap_.allocate(16, 8192), nullptr);
}

TEST_F(HeapTest, RandomUseKeepsContents) {
  struct Block {
    unsigned char* at;
    size_t bytes;
    unsigned char mark;
  };
  std::vector<Block> blocks;
  std::mt19937 random(2);
  const auto check_and_free = [this](const Block& block) {
    for (size_t i = 0; i < block.bytes; ++i) ASSERT_EQ(block.at[i], block.mark);
    heap_.free(block.at);
  };
  for (int step = 0; step < 20'000; ++step) {
    if (random() % 2 == 0 || blocks.empty()) {
      const size_t bytes = random() % 10 == 0 ? random() % 30'000 : random() % 600;
      auto* at = static_cast<unsigned char*>(heap_.allocate(bytes));
      ASSERT_NE(at, nullptr);
      const auto mark = static_cast<unsigned char>(random());
      memset(at, mark, bytes);
      blocks.push_back({at, bytes, mark});
    } else {
      std::swap(blocks[random() % blocks.size()], blocks.back());
      check_and_free(blocks.back());
      blocks.pop_back();
    }
  }
  for (const Block& block : blocks) check_and_free(block);
  EXPECT_EQ(heap_.stats().bytes_in_use, 0u);
}

TEST_F(HeapTest, FreeingNothingIsAllowed) { heap_.free(nullptr); }

TEST_F(HeapTest, NamesWhatIsNoBlock) {
  char* block = static_cast<char*>(heap_.allocate(64));
  EXPECT_DEATH(heap_.free(block + 1), "is no block of the heap");
  heap_.free(block);
}

}  // namespace
