// SPDX-License-Identifier: BSD-2-Clause
#include "glue/buffer/world_buffer.hpp"

#include <string.h>

#include <new>

namespace graft {

// ---- Pool -----------------------------------------------------------------------------------------------------------

BufferPool* BufferPool::find(World& world) {
  return static_cast<BufferPool*>(world.local(World::Local::kBufferPool).value);
}

BufferPool* BufferPool::of(World& world) {
  BufferPool* pool = find(world);
  if (pool != nullptr) return pool;
  pool = world.heap().make<BufferPool>(world);
  if (pool != nullptr) world.local(World::Local::kBufferPool) = {pool, destroy};
  return pool;
}

void BufferPool::destroy(World& world, void* self) {
  auto* pool = static_cast<BufferPool*>(self);
  WorldBuffer* pages = nullptr;
  for (WorldBuffer* list : pool->free_) {
    while (list != nullptr) {
      WorldBuffer* buffer = list;
      list = buffer->next_free_;
      // Two blocks of the smallest class share a page, which goes back by its first.
      if (reinterpret_cast<uintptr_t>(buffer) % GRAFT_PAGE_BYTES != 0) continue;
      buffer->next_free_ = pages;
      pages = buffer;
    }
  }
  while (pages != nullptr) {
    WorldBuffer* buffer = pages;
    pages = buffer->next_free_;
    size_t block = block_bytes(buffer->size_class_);
    world.host().page_free(buffer, block < GRAFT_PAGE_BYTES ? 1 : block / GRAFT_PAGE_BYTES);
  }
  world.heap().destroy_object(pool);
}

bool BufferPool::grow(uint32_t size_class) {
  size_t block = block_bytes(size_class);
  size_t pages = block <= GRAFT_PAGE_BYTES ? 1 : block / GRAFT_PAGE_BYTES;
  void* memory;
  if (world_.host().page_alloc(pages, 1, UINT64_MAX, &memory) != GRAFT_OK) return false;
  held_bytes_ += pages * GRAFT_PAGE_BYTES;
  auto* at = static_cast<unsigned char*>(memory);
  for (size_t offset = 0; offset < pages * GRAFT_PAGE_BYTES; offset += block) {
    auto* buffer = new (at + offset) WorldBuffer(*this, size_class);
    buffer->next_free_ = free_[size_class];
    free_[size_class] = buffer;
  }
  return true;
}

WorldBuffer* BufferPool::take(size_t bytes) {
  uint32_t size_class = 0;
  while (size_class < kClasses && block_bytes(size_class) - sizeof(WorldBuffer) - WorldBuffer::kHeadroom < bytes) {
    ++size_class;
  }
  if (size_class == kClasses || (free_[size_class] == nullptr && !grow(size_class))) return nullptr;
  WorldBuffer* buffer = free_[size_class];
  free_[size_class] = buffer->next_free_;
  buffer->revive();
  buffer->bytes_ = bytes;
  buffer->data_ = reinterpret_cast<unsigned char*>(buffer + 1) + WorldBuffer::kHeadroom;
  ++in_use_;
  ++created_;
  return buffer;
}

void BufferPool::put(WorldBuffer* buffer) {
  buffer->next_free_ = free_[buffer->size_class_];
  free_[buffer->size_class_] = buffer;
  --in_use_;
}

// ---- Buffer ---------------------------------------------------------------------------------------------------------

WorldBuffer* WorldBuffer::create(World& world, size_t bytes) {
  WorldScope scope(world);
  BufferPool* pool = BufferPool::of(world);
  return pool != nullptr ? pool->take(bytes) : nullptr;
}

void WorldBuffer::destroy() {
  WorldScope scope(pool_.world());
  pool_.put(this);
}

unsigned char* WorldBuffer::block_end() {
  return reinterpret_cast<unsigned char*>(this) + BufferPool::block_bytes(size_class_);
}

bool WorldBuffer::take_headroom(size_t bytes) {
  auto room = static_cast<size_t>(data_ - reinterpret_cast<unsigned char*>(this + 1));
  if (bytes > room) return false;
  data_ -= bytes;
  bytes_ += bytes;
  return true;
}

bool WorldBuffer::resize(size_t bytes) {
  if (bytes > static_cast<size_t>(block_end() - data_)) return false;
  bytes_ = bytes;
  return true;
}

graft_error_t WorldBuffer::read(void* to, size_t offset, size_t bytes) {
  if (!inside(offset, bytes)) return GRAFT_E_RANGE;
  if (bytes != 0) memcpy(to, data_ + offset, bytes);
  return GRAFT_OK;
}

graft_error_t WorldBuffer::write(const void* from, size_t offset, size_t bytes) {
  if (!inside(offset, bytes)) return GRAFT_E_RANGE;
  if (bytes != 0) memcpy(data_ + offset, from, bytes);
  return GRAFT_OK;
}

graft_error_t WorldBuffer::map(void** out, size_t offset, size_t bytes) {
  *out = inside(offset, bytes) ? data_ + offset : nullptr;
  return *out != nullptr ? GRAFT_OK : GRAFT_E_RANGE;
}

graft_error_t WorldBuffer::wire(uint64_t* out_phys, size_t offset, size_t bytes) {
  *out_phys = 0;
  if (!inside(offset, bytes)) return GRAFT_E_RANGE;
  *out_phys = pool_.world().host().phys_of(data_ + offset);
  return GRAFT_OK;
}

graft_error_t WorldBuffer::copy(size_t offset, size_t bytes, graft_bufio_t** out) {
  return copy_to_world_buffer(this, offset, bytes, out);
}

graft_error_t WorldBuffer::fragments(size_t offset, size_t bytes, graft_fragment_t* fragments, uint32_t capacity,
                                     uint32_t* out_count) {
  *out_count = 0;
  if (!inside(offset, bytes)) return GRAFT_E_RANGE;
  if (bytes == 0) return GRAFT_OK;
  if (capacity == 0) return GRAFT_E_NOSPC;
  fragments[0] = {data_ + offset, bytes, GRAFT_REGION_WORLD, 0};
  *out_count = 1;
  return GRAFT_OK;
}

graft_error_t create_world_buffer(size_t bytes, graft_bufio_t** out) {
  WorldBuffer* buffer = WorldBuffer::create(*World::current(), bytes);
  *out = buffer;
  return buffer != nullptr ? GRAFT_OK : GRAFT_E_NOMEM;
}

graft_error_t copy_to_world_buffer(graft_bufio_t* from, size_t offset, size_t bytes, graft_bufio_t** out) {
  *out = nullptr;
  size_t size = from->ops->size(from);
  if (offset > size || bytes > size - offset) return GRAFT_E_RANGE;
  WorldBuffer* buffer = WorldBuffer::create(*World::current(), bytes);
  if (buffer == nullptr) return GRAFT_E_NOMEM;
  if (graft_error_t error = from->ops->read(from, buffer->data(), offset, bytes); error != GRAFT_OK) {
    buffer->release();
    return error;
  }
  *out = buffer;
  return GRAFT_OK;
}

}  // namespace graft
