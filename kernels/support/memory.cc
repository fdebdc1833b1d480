// SPDX-License-Identifier: BSD-2-Clause
#include "kernels/support/memory.hpp"

#include <cstdlib>
#include <cstring>
#include <new>

#include "kernels/support/boot_info.hpp"
#include "kernels/support/cpu.hpp"
#include "kernels/support/paging.hpp"

extern "C" char __image_end[];

namespace graft::support {
namespace {

/// The first MiB belongs to the firmware: its data, the loader's structures, the VGA window.
constexpr uint64_t kFirmwareEnd = 1 << 20;
/// What the page tables of boot.S reach.
constexpr uint64_t kBootMapEnd = uint64_t{4} << 30;

// Built by init_memory(), long before static constructors run.
alignas(PageAllocator) char g_page_storage[sizeof(PageAllocator)];
alignas(Heap) char g_heap_storage[sizeof(Heap)];
PageAllocator& pages() { return *std::launder(reinterpret_cast<PageAllocator*>(g_page_storage)); }
Heap& heap() { return *std::launder(reinterpret_cast<Heap*>(g_heap_storage)); }

void add_ram(uint64_t from, uint64_t to) {
  for (const MemoryRegion& region : boot_info().memory) {
    if (!region.is_ram) continue;
    const uint64_t start = region.phys > from ? region.phys : from;
    const uint64_t end = region.phys + region.bytes < to ? region.phys + region.bytes : to;
    if (start < end) pages().add(start, end - start);
  }
}

}  // namespace

void init_memory() {
  new (g_page_storage) PageAllocator(reinterpret_cast<char*>(kDirectMapBase));
  new (g_heap_storage) Heap({[](size_t count, size_t align) { return pages().allocate(count, align); },
                             [](void* va, size_t count) { pages().free(va, count); }});
  const uint64_t image_end_phys = reinterpret_cast<uint64_t>(__image_end) - kKernelBase;
  add_ram(image_end_phys > kFirmwareEnd ? image_end_phys : kFirmwareEnd, kBootMapEnd);
  init_paging();
  add_ram(kBootMapEnd, kPhysLimit);
}

void* allocate_pages(size_t count, size_t align_pages, uint64_t max_phys) {
  InterruptsOff guard;
  return pages().allocate(count, align_pages, max_phys);
}

void free_pages(void* va, size_t count) {
  InterruptsOff guard;
  pages().free(va, count);
}

PageStats page_stats() {
  InterruptsOff guard;
  return pages().stats();
}

HeapStats heap_stats() {
  InterruptsOff guard;
  return heap().stats();
}

}  // namespace graft::support

using graft::support::heap;
using graft::support::InterruptsOff;

extern "C" {

void* malloc(size_t bytes) {
  InterruptsOff guard;
  return heap().allocate(bytes);
}

void* aligned_alloc(size_t align, size_t bytes) {
  InterruptsOff guard;
  return heap().allocate(bytes, align < 16 ? 16 : align);
}

void free(void* block) {
  InterruptsOff guard;
  heap().free(block);
}

void* calloc(size_t count, size_t bytes) {
  size_t total;
  if (__builtin_mul_overflow(count, bytes, &total)) return nullptr;
  void* block = malloc(total);
  if (block != nullptr) memset(block, 0, total);
  return block;
}

void* realloc(void* block, size_t bytes) {
  if (block == nullptr) return malloc(bytes);
  size_t old_bytes;
  {
    InterruptsOff guard;
    old_bytes = heap().size_of(block);
  }
  if (bytes <= old_bytes) return block;
  void* bigger = malloc(bytes);
  if (bigger == nullptr) return nullptr;
  memcpy(bigger, block, old_bytes);
  free(block);
  return bigger;
}

}  // extern "C"
