// SPDX-License-Identifier: BSD-2-Clause
/// Memory for the kit's own objects: sized free lists over host pages. Donors have an allocator of their own.
#ifndef GRAFT_GLUE_WORLD_HEAP_HPP
#define GRAFT_GLUE_WORLD_HEAP_HPP

#include <new>
#include <utility>

#include "glue/world/host.hpp"

namespace graft {

/// Used in world context, or by the only thread there is. Pages of small blocks stay with the heap until destroy().
class Heap {
 public:
  void init(Host* host) { host_ = host; }
  /// Gives the pages of small blocks back to the host.
  void destroy();

  /// Gives `bytes` bytes aligned to 16; content undefined. @returns null: no memory
  void* allocate(size_t bytes);
  /// Takes back what allocate(bytes) gave. Null is allowed.
  void deallocate(void* block, size_t bytes);

  template <typename T, typename... Args>
  T* make(Args&&... args) {
    void* block = allocate(sizeof(T));
    return block != nullptr ? new (block) T(std::forward<Args>(args)...) : nullptr;
  }

  template <typename T>
  void destroy_object(T* object) {
    if (object == nullptr) return;
    object->~T();
    deallocate(object, sizeof(T));
  }

  /// Bytes handed out at this moment.
  uint64_t used_bytes() const { return used_bytes_; }
  /// Bytes taken from the host.
  uint64_t held_bytes() const { return held_bytes_; }

 private:
  static constexpr size_t kSmallestShift = 4;
  static constexpr size_t kLargestShift = 10;

  struct Block {
    Block* next;
  };
  struct alignas(16) Page {
    Page* next;
  };

  static size_t class_of(size_t bytes);

  Host* host_ = nullptr;
  Block* free_[kLargestShift - kSmallestShift + 1] = {};
  Page* pages_ = nullptr;
  uint64_t used_bytes_ = 0;
  uint64_t held_bytes_ = 0;
};

}  // namespace graft

#endif
