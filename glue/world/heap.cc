// SPDX-License-Identifier: BSD-2-Clause
#include "glue/world/heap.hpp"

namespace graft {

size_t Heap::class_of(size_t bytes) {
  size_t index = 0;
  while ((size_t{1} << (index + kSmallestShift)) < bytes) ++index;
  return index;
}

void* Heap::allocate(size_t bytes) {
  void* block = nullptr;
  if (bytes > size_t{1} << kLargestShift) {
    size_t pages = (bytes + GRAFT_PAGE_BYTES - 1) / GRAFT_PAGE_BYTES;
    if (pages == 0 || host_->page_alloc(pages, 1, UINT64_MAX, &block) != GRAFT_OK) return nullptr;
    held_bytes_ += pages * GRAFT_PAGE_BYTES;
    used_bytes_ += bytes;
    return block;
  }
  size_t index = class_of(bytes);
  if (free_[index] == nullptr) {
    if (host_->page_alloc(1, 1, UINT64_MAX, &block) != GRAFT_OK) return nullptr;
    held_bytes_ += GRAFT_PAGE_BYTES;
    auto* page = new (block) Page{pages_};
    pages_ = page;
    size_t size = size_t{1} << (index + kSmallestShift);
    char* at = reinterpret_cast<char*>(page + 1);
    char* end = reinterpret_cast<char*>(page) + GRAFT_PAGE_BYTES;
    for (; at + size <= end; at += size) free_[index] = new (at) Block{free_[index]};
  }
  Block* first = free_[index];
  free_[index] = first->next;
  used_bytes_ += bytes;
  return first;
}

void Heap::deallocate(void* block, size_t bytes) {
  if (block == nullptr) return;
  used_bytes_ -= bytes;
  if (bytes > size_t{1} << kLargestShift) {
    size_t pages = (bytes + GRAFT_PAGE_BYTES - 1) / GRAFT_PAGE_BYTES;
    held_bytes_ -= pages * GRAFT_PAGE_BYTES;
    host_->page_free(block, pages);
    return;
  }
  size_t index = class_of(bytes);
  free_[index] = new (block) Block{free_[index]};
}

void Heap::destroy() {
  for (Block*& list : free_) list = nullptr;
  while (pages_ != nullptr) {
    Page* page = pages_;
    pages_ = page->next;
    host_->page_free(page, 1);
    held_bytes_ -= GRAFT_PAGE_BYTES;
  }
}

}  // namespace graft
