// SPDX-License-Identifier: BSD-2-Clause
/// The machine's memory: the page allocator over all RAM and the heap over it, with their lock.
#ifndef GRAFT_KERNELS_SUPPORT_MEMORY_HPP
#define GRAFT_KERNELS_SUPPORT_MEMORY_HPP

#include <cstddef>
#include <cstdint>

#include "kernels/support/heap.hpp"
#include "kernels/support/page_allocator.hpp"

namespace graft::support {

/// Builds the final page tables and takes over all RAM. @context early
void init_memory();

/// As PageAllocator::allocate(). The address lies in the direct map. @context thread+irq  @blocks never
void* allocate_pages(size_t pages, size_t align_pages = 1, uint64_t max_phys = UINT64_MAX);

/// @context thread+irq  @blocks never
void free_pages(void* va, size_t pages);

PageStats page_stats();
HeapStats heap_stats();

}  // namespace graft::support

#endif
