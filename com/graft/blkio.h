// SPDX-License-Identifier: BSD-2-Clause
/// blkio: a synchronous block device or partition.
#ifndef GRAFT_BLKIO_H
#define GRAFT_BLKIO_H

#include <graft/iunknown.h>

#ifdef __cplusplus
extern "C" {
#endif

GRAFT_CONSTANT graft_iid_t graft_iid_blkio = GRAFT_IID_(0x20);

typedef struct graft_blkio graft_blkio_t;

typedef struct graft_blkio_ops {
  graft_error_t (*query)(graft_blkio_t* self, const graft_iid_t* iid, void** out);
  uint32_t (*addref)(graft_blkio_t* self);
  uint32_t (*release)(graft_blkio_t* self);

  /// Returns the smallest unit of offset and size, a power of two. @context any but irq  @blocks never
  uint32_t (*get_block_size)(graft_blkio_t* self);

  /// Gives the size in bytes, a multiple of the block size. @context any but irq  @blocks never  @errors GONE
  graft_error_t (*get_size)(graft_blkio_t* self, uint64_t* out_bytes);

  /// Reads `bytes` bytes from `offset`. Either all of it is read or the call fails.
  /// @context thread, fiber  @blocks may  @units offset and bytes: multiples of get_block_size()
  /// @errors RANGE: off the alignment or beyond the end; IO: the device reported an error (the log names the sector);
  ///         GONE; TIMEDOUT; NOMEM; BADSTATE: inside an upcall. @onfail the buffer's content is undefined
  graft_error_t (*read)(graft_blkio_t* self, void* to, uint64_t offset, size_t bytes);

  /// Writes `bytes` bytes at `offset`. On OK the device has taken all of it; flush() makes it durable.
  /// @context, @blocks, @units as read  @errors those of read, and PERM: the disk is read-only
  /// @onfail any part may have been written
  graft_error_t (*write)(graft_blkio_t* self, const void* from, uint64_t offset, size_t bytes);

  /// Makes everything written before durable. @context thread, fiber  @blocks may  @errors IO, GONE, TIMEDOUT
  graft_error_t (*flush)(graft_blkio_t* self);
} graft_blkio_ops_t;

struct graft_blkio {
  const graft_blkio_ops_t* ops;
};

// Calls through the table; the contracts stand at the slots above.
static inline uint32_t graft_blkio_get_block_size(graft_blkio_t* self) { return self->ops->get_block_size(self); }
static inline graft_error_t graft_blkio_get_size(graft_blkio_t* self, uint64_t* out_bytes) {
  return self->ops->get_size(self, out_bytes);
}
static inline graft_error_t graft_blkio_read(graft_blkio_t* self, void* to, uint64_t offset, size_t bytes) {
  return self->ops->read(self, to, offset, bytes);
}
static inline graft_error_t graft_blkio_write(graft_blkio_t* self, const void* from, uint64_t offset, size_t bytes) {
  return self->ops->write(self, from, offset, bytes);
}
static inline graft_error_t graft_blkio_flush(graft_blkio_t* self) { return self->ops->flush(self); }

#ifdef __cplusplus
}
#endif

#endif
