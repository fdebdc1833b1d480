// SPDX-License-Identifier: BSD-2-Clause
/// Buffers in world memory: contiguous, reachable by devices, from a pool that takes no page from the host once it has
/// warmed up.
#ifndef GRAFT_GLUE_BUFFER_WORLD_BUFFER_HPP
#define GRAFT_GLUE_BUFFER_WORLD_BUFFER_HPP

#include <graft/bufio.hpp>
#include <graft/sgbufio.hpp>

#include "glue/world/world.hpp"

namespace graft {

/// Makes a buffer of `bytes` bytes in the memory of the image's world; content undefined.
/// @context any but irq  @blocks never  @owns *out: caller owns one reference  @errors NOMEM. @onfail *out is null
graft_error_t create_world_buffer(size_t bytes, graft_bufio_t** out);

/// Makes a buffer with a copy of a part of `from`. Same contract as graft_bufio_ops.copy; also RANGE.
graft_error_t copy_to_world_buffer(graft_bufio_t* from, size_t offset, size_t bytes, graft_bufio_t** out);

class BufferPool;

class WorldBuffer final : public Object<WorldBuffer, graft_bufio_t, graft_sgbufio_t> {
 public:
  /// Bytes that take_headroom() can add in front of the data of every new buffer.
  static constexpr size_t kHeadroom = 64;

  /// create_world_buffer() with the class's own type; null if memory ran out.
  static WorldBuffer* create(World& world, size_t bytes);

  unsigned char* data() { return data_; }
  /// Moves the start of the data towards the front. For an owner that has not shared the buffer yet.
  /// @returns false if less headroom is left
  bool take_headroom(size_t bytes);
  /// Drops bytes from the end or, with the owner's room, adds some. @returns false if the block has less room
  bool resize(size_t bytes);

  size_t size() { return bytes_; }
  graft_error_t read(void* to, size_t offset, size_t bytes);
  graft_error_t write(const void* from, size_t offset, size_t bytes);
  graft_error_t map(void** out, size_t offset, size_t bytes);
  void unmap(void*, size_t, size_t) {}
  graft_error_t wire(uint64_t* out_phys, size_t offset, size_t bytes);
  void unwire(uint64_t, size_t, size_t) {}
  graft_error_t copy(size_t offset, size_t bytes, graft_bufio_t** out);
  graft_error_t fragments(size_t offset, size_t bytes, graft_fragment_t* fragments, uint32_t capacity,
                          uint32_t* out_count);
  void destroy();

 private:
  friend class BufferPool;

  WorldBuffer(BufferPool& pool, uint32_t size_class) : pool_(pool), size_class_(size_class) {}
  bool inside(size_t offset, size_t bytes) const { return offset <= bytes_ && bytes <= bytes_ - offset; }
  unsigned char* block_end();

  BufferPool& pool_;
  uint32_t size_class_;
  size_t bytes_ = 0;
  unsigned char* data_ = nullptr;
  WorldBuffer* next_free_ = nullptr;
};

/// Free lists by block size. One for each world, made by its first buffer and given back with the world.
class BufferPool {
 public:
  explicit BufferPool(World& world) : world_(world) {}

  /// The world's pool; null if there was no memory for it. @context world
  static BufferPool* of(World& world);
  /// The pool if the world has one already.
  static BufferPool* find(World& world);

  World& world() { return world_; }
  /// @context world
  WorldBuffer* take(size_t bytes);
  /// @context world
  void put(WorldBuffer* buffer);

  static size_t block_bytes(uint32_t size_class) { return kSmallestBlock << size_class; }

  /// Buffers that somebody holds.
  uint64_t in_use() const { return in_use_; }
  /// Bytes of pages held from the host.
  uint64_t held_bytes() const { return held_bytes_; }
  uint64_t created() const { return created_; }

 private:
  static constexpr size_t kSmallestBlock = 2048;
  static constexpr uint32_t kClasses = 7;  // 2 KiB .. 128 KiB

  static void destroy(World& world, void* pool);
  bool grow(uint32_t size_class);

  World& world_;
  WorldBuffer* free_[kClasses] = {};
  uint64_t in_use_ = 0;
  uint64_t held_bytes_ = 0;
  uint64_t created_ = 0;
};

}  // namespace graft

#endif
