// SPDX-License-Identifier: BSD-2-Clause
// allocate, dma.
#include <initializer_list>

#include "glue/ladder/climb.hpp"

namespace graft::ladder {
namespace {

constexpr uint64_t kNoLimit = UINT64_MAX;

struct Run {
  void* va;
  size_t pages;
};

/// Runs of pages that are given back in any case.
class Runs {
 public:
  explicit Runs(Climb& climb) : climb_(climb) {}
  ~Runs() {
    while (count_ > 0) free_last();
  }

  /// One page_alloc() with all that can be said of its result.
  Verdict allocate(size_t pages, size_t align_pages, uint64_t max_phys, bool may_fail) {
    const graft_osenv_t& env = climb_.env;
    void* va = this;
    const graft_error_t error = env.page_alloc(env.host, pages, align_pages, max_phys, &va);
    if (error != GRAFT_OK) {
      LADDER_RULE(error == GRAFT_E_NOMEM, "page_alloc", "its one error is NOMEM");
      LADDER_RULE(va == nullptr, "page_alloc", "*out_va is null when it fails");
      LADDER_RULE(may_fail, "page_alloc", "a few pages without a limit can be had");
      return kPassed;
    }
    const uint64_t bytes = pages * GRAFT_PAGE_BYTES;
    LADDER_RULE(va != nullptr, "page_alloc", "OK comes with an address");
    LADDER_RULE(climb_.in_window(va, bytes), "page_alloc", "every page lies inside mem_window");
    const uint64_t align_bytes = align_pages * GRAFT_PAGE_BYTES;
    LADDER_RULE(reinterpret_cast<uintptr_t>(va) % align_bytes == 0, "page_alloc",
                "the address is aligned as asked for");
    LADDER_RULE(climb_.phys_of(va) % align_bytes == 0, "page_alloc", "the physical address is aligned as asked for");
    LADDER_RULE(climb_.phys_of(va) + bytes - 1 <= max_phys, "page_alloc", "the last byte lies at max_phys at most");
    runs_[count_++] = {va, pages};
    return kPassed;
  }

  void free_last() {
    const Run& run = runs_[--count_];
    climb_.env.page_free(climb_.env.host, run.va, run.pages);
  }

  size_t count() const { return count_; }
  const Run& operator[](size_t i) const { return runs_[i]; }

  static constexpr size_t kMost = 64;

 private:
  Climb& climb_;
  Run runs_[kMost];
  size_t count_ = 0;
};

volatile uint64_t* words_of(const Run& run, size_t page) {
  return static_cast<volatile uint64_t*>(run.va) + page * (GRAFT_PAGE_BYTES / sizeof(uint64_t));
}

/// Many runs at once; what is written into one must not show in another.
Verdict check_overlap(Climb& climb) {
  constexpr size_t kLast = GRAFT_PAGE_BYTES / sizeof(uint64_t) - 1;
  constexpr const char* kRule = "pages given out are memory, and no two runs overlap";
  Runs runs(climb);
  for (size_t i = 0; i < Runs::kMost; ++i) {
    LADDER_TRY(runs.allocate(1 + i % 5, 1, kNoLimit, true));
    if (runs.count() <= i) break;
    for (size_t j = 0; j < i; ++j) {
      const auto a = reinterpret_cast<uintptr_t>(runs[i].va), b = reinterpret_cast<uintptr_t>(runs[j].va);
      const bool apart = a + runs[i].pages * GRAFT_PAGE_BYTES <= b || b + runs[j].pages * GRAFT_PAGE_BYTES <= a;
      LADDER_RULE(apart, "page_alloc", kRule);
    }
  }
  for (size_t i = 0; i < runs.count(); ++i) {
    for (size_t page = 0; page < runs[i].pages; ++page) {
      words_of(runs[i], page)[0] = i << 32 | page;
      words_of(runs[i], page)[kLast] = ~(i << 32 | page);
    }
  }
  for (size_t i = 0; i < runs.count(); ++i) {
    for (size_t page = 0; page < runs[i].pages; ++page) {
      const bool holds =
          words_of(runs[i], page)[0] == (i << 32 | page) && words_of(runs[i], page)[kLast] == ~(i << 32 | page);
      LADDER_RULE(holds, "page_alloc", kRule);
    }
  }
  return kPassed;
}

/// Takes and gives back more than the window holds.
Verdict check_free(Climb& climb) {
  size_t pages = 256;
  {
    Runs runs(climb);
    while (pages > 1) {
      LADDER_TRY(runs.allocate(pages, 1, kNoLimit, true));
      if (runs.count() > 0) break;
      pages /= 2;
    }
  }
  climb.begin("page_free");
  const uint64_t rounds = climb.env.mem_window.bytes / (pages * GRAFT_PAGE_BYTES) + 2;
  for (uint64_t i = 0; i < rounds; ++i) {
    Runs runs(climb);
    LADDER_TRY(runs.allocate(pages, 1, kNoLimit, true));
    LADDER_RULE(runs.count() == 1, "page_free", "what it takes back can be had again");
  }
  return kPassed;
}

}  // namespace

Verdict check_allocate(Climb& climb) {
  climb.begin("page_alloc");
  {
    Runs runs(climb);
    for (const size_t align : {1, 2, 4, 16, 64}) {
      LADDER_TRY(runs.allocate(1, align, kNoLimit, false));
      LADDER_TRY(runs.allocate(3, align, kNoLimit, false));
    }
    // Memory below such limits need not exist; what is given must keep them.
    for (const uint64_t limit : {uint64_t{1} << 24, uint64_t{1} << 30, uint64_t{1} << 32}) {
      LADDER_TRY(runs.allocate(2, 2, limit - 1, true));
    }
    LADDER_TRY(runs.allocate(1, 1, climb.env.mem_window.phys + climb.env.mem_window.bytes / 2, true));
    const size_t had = runs.count();
    LADDER_TRY(runs.allocate(climb.env.mem_window.bytes / GRAFT_PAGE_BYTES + 1, 1, kNoLimit, true));
    LADDER_RULE(runs.count() == had, "page_alloc", "it fails when more is asked for than the window holds");
  }
  LADDER_TRY(check_overlap(climb));
  return check_free(climb);
}

Verdict check_dma(Climb& climb) {
  const graft_osenv_t& env = climb.env;
  if (env.dma_map == nullptr) return skipped("no dma_map: device addresses are physical ones");
  const graft_pci_address_t function = climb.options.device != nullptr ? climb.options.device->function : 0;
  Runs runs(climb);
  LADDER_TRY(runs.allocate(4, 1, kNoLimit, false));
  char* const va = static_cast<char*>(runs[0].va);
  climb.begin("dma_map");
  uint64_t whole = 0, again = 0;
  constexpr uint64_t kBytes = 4 * GRAFT_PAGE_BYTES;
  graft_error_t error = env.dma_map(env.host, function, va, kBytes, GRAFT_DMA_BOTH, kNoLimit, &whole);
  LADDER_RULE(error == GRAFT_OK, "dma_map", "a few pages of the window can be mapped");
  LADDER_RULE(whole % GRAFT_PAGE_BYTES == 0, "dma_map", "the offset within a page stays the same");
  env.dma_unmap(env.host, function, whole, kBytes, GRAFT_DMA_BOTH);

  uint64_t part = 0;
  error = env.dma_map(env.host, function, va + 0x123, 0x100, GRAFT_DMA_TO_DEVICE, kNoLimit, &part);
  LADDER_RULE(error == GRAFT_OK && part % GRAFT_PAGE_BYTES == 0x123, "dma_map",
              "the offset within a page stays the same");
  error = env.dma_map(env.host, function, va + GRAFT_PAGE_BYTES, 0x100, GRAFT_DMA_FROM_DEVICE, kNoLimit, &again);
  LADDER_RULE(error == GRAFT_OK, "dma_map", "several mappings may exist at once");
  LADDER_RULE(again >= part + 0x100 || part >= again + 0x100, "dma_map", "different memory has different addresses");
  env.dma_unmap(env.host, function, again, 0x100, GRAFT_DMA_FROM_DEVICE);
  env.dma_unmap(env.host, function, part, 0x100, GRAFT_DMA_TO_DEVICE);

  constexpr uint64_t kLimit = UINT32_MAX;
  error = env.dma_map(env.host, function, va, kBytes, GRAFT_DMA_BOTH, kLimit, &whole);
  LADDER_RULE(error == GRAFT_OK || error == GRAFT_E_RANGE || error == GRAFT_E_NOMEM, "dma_map",
              "its errors are NOMEM and RANGE");
  if (error == GRAFT_OK) {
    LADDER_RULE(whole + kBytes - 1 <= kLimit, "dma_map", "the device address lies at max_address at most");
    env.dma_unmap(env.host, function, whole, kBytes, GRAFT_DMA_BOTH);
  }
  climb.begin("dma_unmap");
  for (int i = 0; i < 100'000; ++i) {
    error = env.dma_map(env.host, function, va, kBytes, GRAFT_DMA_BOTH, kNoLimit, &whole);
    LADDER_RULE(error == GRAFT_OK, "dma_unmap", "what it gives back can be mapped again");
    env.dma_unmap(env.host, function, whole, kBytes, GRAFT_DMA_BOTH);
  }
  return kPassed;
}

}  // namespace graft::ladder
