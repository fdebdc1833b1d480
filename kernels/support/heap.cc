// SPDX-License-Identifier: BSD-2-Clause
#include "kernels/support/heap.hpp"

#include <new>

#include "kernels/support/panic.hpp"

namespace graft::support {
namespace {

constexpr uint32_t kMagic = 0x6865'6170;
constexpr size_t kClassBytes[] = {16, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 4096};

/// Largest power of two that divides each block's address in a slab of this class.
constexpr size_t alignment_of(size_t block_bytes) { return block_bytes & (~block_bytes + 1); }

}  // namespace

Heap::Slab* Heap::slab_of(const void* block, const char* caller) {
  auto* slab = reinterpret_cast<Slab*>(reinterpret_cast<uintptr_t>(block) & ~uintptr_t{kSlabBytes - 1});
  const size_t offset = static_cast<size_t>(static_cast<const char*>(block) - reinterpret_cast<char*>(slab));
  if (slab->magic != kMagic || offset < slab->first_offset || (offset - slab->first_offset) % slab->block_bytes != 0) {
    panic("%s: %p is no block of the heap", caller, block);
  }
  return slab;
}

Heap::Slab* Heap::create_slab(size_t class_index) {
  void* run = source_.take(kSlabPages, kSlabPages);
  if (run == nullptr) return nullptr;
  const size_t block_bytes = kClassBytes[class_index];
  const size_t align = alignment_of(block_bytes);
  const size_t first = (sizeof(Slab) + align - 1) & ~(align - 1);
  auto* slab = new (run) Slab;
  slab->magic = kMagic;
  slab->class_index = static_cast<uint32_t>(class_index);
  slab->block_bytes = block_bytes;
  slab->blocks_used = 0;
  slab->blocks_max = (kSlabBytes - first) / block_bytes;
  slab->pages = kSlabPages;
  slab->first_offset = static_cast<uint32_t>(first);
  slab->free = nullptr;
  for (size_t i = slab->blocks_max; i-- > 0;) {
    slab->free = new (static_cast<char*>(run) + first + i * block_bytes) FreeBlock{slab->free};
  }
  stats_.pages += kSlabPages;
  partial_[class_index].push_front(*slab);
  return slab;
}

void* Heap::allocate_large(size_t bytes, size_t align) {
  const size_t first = (sizeof(Slab) + align - 1) & ~(align - 1);
  if (bytes > SIZE_MAX - first - 4095) return nullptr;
  const size_t pages = (first + bytes + 4095) / 4096;
  void* run = source_.take(pages, kSlabPages);
  if (run == nullptr) return nullptr;
  auto* slab = new (run) Slab;
  slab->magic = kMagic;
  slab->class_index = kClasses;
  slab->block_bytes = pages * 4096 - first;
  slab->pages = pages;
  slab->first_offset = static_cast<uint32_t>(first);
  stats_.pages += pages;
  stats_.bytes_in_use += slab->block_bytes;
  ++stats_.blocks_in_use;
  return static_cast<char*>(run) + first;
}

void* Heap::allocate(size_t bytes, size_t align) {
  if (align > 4096 || (align & (align - 1)) != 0) return nullptr;
  size_t index = 0;
  while (index < kClasses && (kClassBytes[index] < bytes || alignment_of(kClassBytes[index]) < align)) ++index;
  if (index == kClasses) return allocate_large(bytes, align < 64 ? 64 : align);
  Slab* slab = partial_[index].empty() ? create_slab(index) : &partial_[index].front();
  if (slab == nullptr) return nullptr;
  FreeBlock* block = slab->free;
  slab->free = block->next;
  if (++slab->blocks_used == slab->blocks_max) partial_[index].erase(partial_[index].iterator_to(*slab));
  stats_.bytes_in_use += slab->block_bytes;
  ++stats_.blocks_in_use;
  return block;
}

void Heap::free(void* block) {
  if (block == nullptr) return;
  Slab* slab = slab_of(block, "free");
  stats_.bytes_in_use -= slab->block_bytes;
  --stats_.blocks_in_use;
  if (slab->class_index == kClasses) {
    stats_.pages -= slab->pages;
    slab->magic = 0;
    source_.give(slab, slab->pages);
    return;
  }
  SlabList& partial = partial_[slab->class_index];
  slab->free = new (block) FreeBlock{slab->free};
  if (slab->blocks_used-- == slab->blocks_max) partial.push_front(*slab);
  // One empty slab per class stays, so that a single block taken and freed in turn does not cost pages each time.
  if (slab->blocks_used == 0 && &partial.front() != &partial.back()) {
    partial.erase(partial.iterator_to(*slab));
    stats_.pages -= slab->pages;
    slab->magic = 0;
    source_.give(slab, slab->pages);
  }
}

size_t Heap::size_of(const void* block) const { return slab_of(block, "realloc")->block_bytes; }

}  // namespace graft::support
