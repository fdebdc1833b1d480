// SPDX-License-Identifier: BSD-2-Clause
#include "kernels/support/page_allocator.hpp"

#include <iterator>
#include <new>

#include "kernels/support/panic.hpp"

namespace graft::support {

void PageAllocator::insert(uint64_t phys, size_t pages) {
  char* va = window_ + phys;
  auto after = free_.lower_bound(*reinterpret_cast<Extent*>(va));
  if (after != free_.end() && phys_of(&*after) < phys + pages * kPageBytes) {
    panic("page_free: %zu pages at physical %llx: a page is free already", pages, static_cast<long long>(phys));
  }
  Extent* merged = nullptr;
  if (after != free_.begin()) {
    auto before = std::prev(after);
    const uint64_t before_end = end_of(*before, phys_of(&*before));
    if (before_end > phys) {
      panic("page_free: %zu pages at physical %llx: a page is free already", pages, static_cast<long long>(phys));
    }
    if (before_end == phys) {
      before->pages += pages;
      merged = &*before;
    }
  }
  if (merged == nullptr) {
    merged = new (va) Extent(pages);
    free_.insert_before(after, *merged);
  }
  if (after != free_.end() && end_of(*merged, phys_of(merged)) == phys_of(&*after)) {
    merged->pages += after->pages;
    free_.erase(after);
  }
}

void PageAllocator::add(uint64_t phys, uint64_t bytes) {
  const uint64_t start = (phys + kPageBytes - 1) & ~uint64_t{kPageBytes - 1};
  const uint64_t end = (phys + bytes) & ~uint64_t{kPageBytes - 1};
  if (end <= start) return;
  const size_t pages = (end - start) / kPageBytes;
  insert(start, pages);
  pages_total_ += pages;
  pages_free_ += pages;
  pages_free_lowest_ = pages_free_;
  if (start < lowest_phys_) lowest_phys_ = start;
  if (end > highest_phys_) highest_phys_ = end;
}

void* PageAllocator::allocate(size_t pages, size_t align_pages, uint64_t max_phys) {
  if (pages == 0 || align_pages == 0 || (align_pages & (align_pages - 1)) != 0) return nullptr;
  if (pages > pages_free_ || max_phys < lowest_phys_) return nullptr;
  const uint64_t bytes = pages * kPageBytes;
  const uint64_t align_mask = align_pages * kPageBytes - 1;
  // One past the last usable byte, in whole pages.
  const uint64_t limit = max_phys >= highest_phys_ ? highest_phys_ : (max_phys + 1) & ~uint64_t{kPageBytes - 1};

  auto it = free_.lower_bound(*reinterpret_cast<Extent*>(window_ + limit));
  while (it != free_.begin()) {
    --it;
    const uint64_t start = phys_of(&*it);
    const uint64_t end = end_of(*it, start);
    const uint64_t usable_end = end < limit ? end : limit;
    if (usable_end - start < bytes) continue;
    const uint64_t chosen = (usable_end - bytes) & ~align_mask;
    if (chosen < start) continue;

    const size_t pages_before = (chosen - start) / kPageBytes;
    const size_t pages_after = (end - chosen - bytes) / kPageBytes;
    auto next = std::next(it);
    if (pages_before == 0) {
      free_.erase(it);
    } else {
      it->pages = pages_before;
    }
    if (pages_after != 0) free_.insert_before(next, *new (window_ + chosen + bytes) Extent(pages_after));
    pages_free_ -= pages;
    if (pages_free_ < pages_free_lowest_) pages_free_lowest_ = pages_free_;
    return window_ + chosen;
  }
  return nullptr;
}

void PageAllocator::free(void* va, size_t pages) {
  const uint64_t phys = phys_of(va);
  if (pages == 0 || phys % kPageBytes != 0 || phys < lowest_phys_ || phys >= highest_phys_ ||
      pages > (highest_phys_ - phys) / kPageBytes) {
    panic("page_free: %zu pages at %p were never allocated", pages, va);
  }
  insert(phys, pages);
  pages_free_ += pages;
}

PageStats PageAllocator::stats() const { return {pages_total_, pages_free_, pages_free_lowest_, free_.size()}; }

}  // namespace graft::support
