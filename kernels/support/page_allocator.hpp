// SPDX-License-Identifier: BSD-2-Clause
/// Physical pages: contiguous, aligned, below a limit.
#ifndef GRAFT_KERNELS_SUPPORT_PAGE_ALLOCATOR_HPP
#define GRAFT_KERNELS_SUPPORT_PAGE_ALLOCATOR_HPP

#include <boost/intrusive/set.hpp>
#include <cstddef>
#include <cstdint>

#include "kernels/support/layout.hpp"

namespace graft::support {

struct PageStats {
  size_t pages_total;
  size_t pages_free;
  size_t pages_free_lowest;  ///< since start
  size_t extents_free;       ///< 1 means no fragmentation
};

/// Free runs of pages in an ordered tree whose nodes lie in the free pages themselves, so that the size of RAM costs
/// nothing. Allocation takes from the highest run that fits, which keeps low memory for devices with short addresses.
/// Not locked: the caller serialises.
class PageAllocator {
 public:
  /// A page's virtual address is `window` + its physical address. Pages are usable once added and mapped there.
  explicit PageAllocator(char* window) : window_(window) {}
  ~PageAllocator() { free_.clear(); }

  /// Adds [phys, phys + bytes), shrunk to whole pages.
  void add(uint64_t phys, uint64_t bytes);

  /// Gives `pages` contiguous pages at a multiple of `align_pages` (a power of two), the last byte at `max_phys` at
  /// most; null if there are none or an argument makes no sense.
  void* allocate(size_t pages, size_t align_pages = 1, uint64_t max_phys = UINT64_MAX);

  /// Takes back `pages` pages. Panics if one of them is free already or was never added.
  void free(void* va, size_t pages);

  PageStats stats() const;

 private:
  struct Extent : boost::intrusive::set_base_hook<boost::intrusive::link_mode<boost::intrusive::normal_link>> {
    explicit Extent(size_t n) : pages(n) {}
    size_t pages;
    bool operator<(const Extent& other) const { return this < &other; }
  };
  using Tree = boost::intrusive::set<Extent>;

  uint64_t phys_of(const void* va) const { return static_cast<uint64_t>(static_cast<const char*>(va) - window_); }
  static uint64_t end_of(const Extent& e, uint64_t start) { return start + e.pages * kPageBytes; }
  void insert(uint64_t phys, size_t pages);

  char* window_;
  Tree free_;
  uint64_t lowest_phys_ = UINT64_MAX;
  uint64_t highest_phys_ = 0;
  size_t pages_total_ = 0;
  size_t pages_free_ = 0;
  size_t pages_free_lowest_ = SIZE_MAX;
};

}  // namespace graft::support

#endif
