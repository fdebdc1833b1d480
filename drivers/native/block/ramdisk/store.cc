// SPDX-License-Identifier: BSD-2-Clause
#include "drivers/native/block/ramdisk/store.hpp"

#include <string.h>

namespace graft::ramdisk {

graft_error_t Store::allocate(Host& host, Heap& heap, uint64_t bytes) {
  size_t count = static_cast<size_t>((bytes + kChunkBytes - 1) / kChunkBytes);
  chunks_ = static_cast<unsigned char**>(heap.allocate(count * sizeof(chunks_[0])));
  if (chunks_ == nullptr) return GRAFT_E_NOMEM;
  chunk_count_ = count;
  bytes_ = bytes;
  memset(chunks_, 0, count * sizeof(chunks_[0]));
  for (size_t i = 0; i < count; ++i) {
    void* chunk;
    if (host.page_alloc(kChunkPages, 1, UINT64_MAX, &chunk) != GRAFT_OK) {
      free(host, heap);
      return GRAFT_E_NOMEM;
    }
    chunks_[i] = static_cast<unsigned char*>(chunk);
    memset(chunk, 0, kChunkBytes);
  }
  return GRAFT_OK;
}

void Store::free(Host& host, Heap& heap) {
  for (size_t i = 0; i < chunk_count_; ++i) {
    if (chunks_[i] != nullptr) host.page_free(chunks_[i], kChunkPages);
  }
  heap.deallocate(chunks_, chunk_count_ * sizeof(chunks_[0]));
  chunks_ = nullptr;
  chunk_count_ = 0;
  bytes_ = 0;
}

template <typename Function>
void Store::for_each_piece(uint64_t offset, uint64_t bytes, Function fn) const {
  uint64_t done = 0;
  while (done != bytes) {
    uint64_t at = (offset + done) % kChunkBytes;
    uint64_t piece = kChunkBytes - at;
    if (piece > bytes - done) piece = bytes - done;
    fn(chunks_[(offset + done) / kChunkBytes] + at, static_cast<size_t>(piece), done);
    done += piece;
  }
}

void Store::read(void* to, uint64_t offset, size_t bytes) const {
  for_each_piece(offset, bytes, [&](unsigned char* at, size_t piece, uint64_t done) {
    memcpy(static_cast<unsigned char*>(to) + done, at, piece);
  });
}

void Store::write(const void* from, uint64_t offset, size_t bytes) {
  for_each_piece(offset, bytes, [&](unsigned char* at, size_t piece, uint64_t done) {
    memcpy(at, static_cast<const unsigned char*>(from) + done, piece);
  });
}

void Store::zero(uint64_t offset, uint64_t bytes) {
  for_each_piece(offset, bytes, [](unsigned char* at, size_t piece, uint64_t) { memset(at, 0, piece); });
}

}  // namespace graft::ramdisk
