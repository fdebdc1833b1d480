// SPDX-License-Identifier: BSD-2-Clause
/// The bytes of a RAM disk, in chunks of host pages.
#ifndef GRAFT_DRIVERS_NATIVE_BLOCK_RAMDISK_STORE_HPP
#define GRAFT_DRIVERS_NATIVE_BLOCK_RAMDISK_STORE_HPP

#include <stddef.h>
#include <stdint.h>

#include "glue/world/heap.hpp"
#include "glue/world/host.hpp"

namespace graft::ramdisk {

class Store {
 public:
  /// Allocates `bytes` zeroed bytes. @errors NOMEM. @onfail empty
  graft_error_t allocate(Host& host, Heap& heap, uint64_t bytes);
  /// Gives them back.
  void free(Host& host, Heap& heap);

  uint64_t bytes() const { return bytes_; }

  // The range lies inside the store.
  void read(void* to, uint64_t offset, size_t bytes) const;
  void write(const void* from, uint64_t offset, size_t bytes);
  void zero(uint64_t offset, uint64_t bytes);

 private:
  static constexpr size_t kChunkPages = 64;
  static constexpr size_t kChunkBytes = kChunkPages * GRAFT_PAGE_BYTES;

  template <typename Function>
  void for_each_piece(uint64_t offset, uint64_t bytes, Function fn) const;

  unsigned char** chunks_ = nullptr;
  size_t chunk_count_ = 0;
  uint64_t bytes_ = 0;
};

}  // namespace graft::ramdisk

#endif
