// SPDX-License-Identifier: BSD-2-Clause
/// malloc over pages: size classes in slabs, large blocks as runs of pages.
#ifndef GRAFT_KERNELS_SUPPORT_HEAP_HPP
#define GRAFT_KERNELS_SUPPORT_HEAP_HPP

#include <boost/intrusive/list.hpp>
#include <cstddef>
#include <cstdint>

namespace graft::support {

struct HeapStats {
  size_t bytes_in_use;  ///< of blocks handed out, rounded up to their class
  size_t blocks_in_use;
  size_t pages;  ///< taken from the page source
};

/// Not locked: the caller serialises.
class Heap {
 public:
  /// Pages come from `take(pages, align_pages)`, null when there are none, and go back through `give`.
  struct PageSource {
    void* (*take)(size_t pages, size_t align_pages);
    void (*give)(void* va, size_t pages);
  };

  explicit Heap(PageSource source) : source_(source) {}

  /// Gives at least `bytes` bytes aligned to `align` (a power of two, at most 4096); null when memory ran out.
  void* allocate(size_t bytes, size_t align = 16);

  /// Takes back a block of allocate(); null is ignored. Panics on what is no block.
  void free(void* block);

  /// Usable size of a block.
  size_t size_of(const void* block) const;

  const HeapStats& stats() const { return stats_; }

 private:
  static constexpr size_t kSlabPages = 4;
  static constexpr size_t kSlabBytes = kSlabPages * 4096;
  static constexpr size_t kClasses = 15;

  struct FreeBlock {
    FreeBlock* next;
  };

  /// At the start of each run of pages; runs are aligned to kSlabBytes, so that a block's address leads to it.
  struct Slab : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::normal_link>> {
    uint32_t magic;
    uint32_t class_index;  ///< kClasses for a large block
    FreeBlock* free;
    size_t block_bytes;
    size_t blocks_used;
    size_t blocks_max;
    size_t pages;
    uint32_t first_offset;
  };
  using SlabList = boost::intrusive::list<Slab, boost::intrusive::constant_time_size<false>>;

  void* allocate_large(size_t bytes, size_t align);
  Slab* create_slab(size_t class_index);
  static Slab* slab_of(const void* block, const char* caller);

  PageSource source_;
  HeapStats stats_{};
  SlabList partial_[kClasses];
};

}  // namespace graft::support

#endif
