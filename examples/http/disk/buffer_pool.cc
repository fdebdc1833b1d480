// SPDX-License-Identifier: BSD-2-Clause
#include "examples/http/disk/buffer_pool.hpp"

#include <new>

namespace graft::http {

bool BufferPool::create() {
  void* memory = host_.alloc_pages(pages_for(kBuffers * sizeof(Buffer)));
  if (!memory) return false;
  buffers_ = static_cast<Buffer*>(memory);
  for (; total_ < kBuffers; ++total_) {
    auto* data = static_cast<uint8_t*>(host_.alloc_pages(pages_for(kBufferBytes)));
    if (!data) break;
    auto* buffer = new (buffers_ + total_) Buffer;
    buffer->memory = data;
    free_.push_front(*buffer);
  }
  free_count_ = total_;
  return total_ > 0;
}

BufferPool::~BufferPool() {
  if (!buffers_) return;
  reclaim(UINT64_MAX);
  if (free_count_ != total_) host_.panic("http: file buffers are in use while their pool is destroyed");
  free_.clear();
  for (uint32_t i = 0; i < total_; ++i) host_.free_pages(buffers_[i].memory, pages_for(kBufferBytes));
  host_.free_pages(buffers_, pages_for(kBuffers * sizeof(Buffer)));
}

Buffer* BufferPool::take() {
  if (free_.empty()) return nullptr;
  Buffer& buffer = free_.front();
  free_.pop_front();
  --free_count_;
  return &buffer;
}

void BufferPool::put(Buffer* buffer) {
  free_.push_front(*buffer);
  ++free_count_;
}

void BufferPool::retire(Buffer* buffer, uint64_t next_sequence) {
  buffer->retire_sequence = next_sequence;
  retired_.push_back(*buffer);
}

bool BufferPool::reclaim(uint64_t completed_before) {
  bool any = false;
  while (!retired_.empty() && retired_.front().retire_sequence <= completed_before) {
    Buffer& buffer = retired_.front();
    retired_.pop_front();
    put(&buffer);
    any = true;
  }
  return any;
}

}  // namespace graft::http
