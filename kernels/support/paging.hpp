// SPDX-License-Identifier: BSD-2-Clause
/// Page tables: direct map, device windows, guard pages.
#ifndef GRAFT_KERNELS_SUPPORT_PAGING_HPP
#define GRAFT_KERNELS_SUPPORT_PAGING_HPP

#include <graft/error.h>

#include <cstddef>
#include <cstdint>

#include "kernels/support/layout.hpp"

namespace graft::support {

/// Replaces the page tables of boot.S: the image with the rights of its sections, all RAM in the direct map, nothing
/// at address 0. Needs pages below 4 GiB in the page allocator. @context early
void init_paging();

template <typename T = void>
T* phys_to_virt(uint64_t phys) {
  return reinterpret_cast<T*>(kDirectMapBase + phys);
}

/// Physical address of a byte of the direct map or of the image.
inline uint64_t virt_to_phys(const void* va) {
  const auto address = reinterpret_cast<uint64_t>(va);
  return address >= kKernelBase ? address - kKernelBase : address - kDirectMapBase;
}

/// Says whether all of [phys, phys + bytes) can be read through the direct map. It is made of 2 MiB pages, so it
/// usually covers the firmware's tables beside RAM as well.
bool is_direct_mapped(uint64_t phys, uint64_t bytes);

/// Maps device registers, uncached or write-combining. Mappings of one page are counted, up to 127.
/// @context thread  @blocks never  @errors INVAL: overlaps RAM or empty; NOMEM: no page for a table, or too many
/// mappings
graft_error_t map_device(uint64_t phys, uint64_t bytes, bool write_combining, void** out_va);

/// Undoes one map_device(). @context thread
void unmap_device(void* va, uint64_t bytes);

/// Makes one page of the direct map inaccessible, so that running past a stack faults. False if memory ran out.
bool guard_page(void* page);
void unguard_page(void* page);

/// Says whether an address lies in a page under guard_page().
bool is_guarded(uint64_t address);

}  // namespace graft::support

#endif
