// SPDX-License-Identifier: BSD-2-Clause
/// bufio: a buffer, such as a packet, whose bytes may lie anywhere.
/// Source: OSKit's bufio, without its "negative or count" results.
#ifndef GRAFT_BUFIO_H
#define GRAFT_BUFIO_H

#include <graft/iunknown.h>

#ifdef __cplusplus
extern "C" {
#endif

GRAFT_CONSTANT graft_iid_t graft_iid_bufio = GRAFT_IID_(0x10);

typedef struct graft_bufio graft_bufio_t;

typedef struct graft_bufio_ops {
  graft_error_t (*query)(graft_bufio_t* self, const graft_iid_t* iid, void** out);
  uint32_t (*addref)(graft_bufio_t* self);
  uint32_t (*release)(graft_bufio_t* self);

  /// Returns the size in bytes; fixed for the life of the buffer. @context any but irq  @blocks never
  size_t (*size)(graft_bufio_t* self);

  /// Copies `bytes` bytes from `offset` of the buffer to `to`. @context any but irq  @blocks never
  /// @errors RANGE: beyond the end; nothing was copied
  graft_error_t (*read)(graft_bufio_t* self, void* to, size_t offset, size_t bytes);

  /// Copies `bytes` bytes from `from` into the buffer. @context any but irq  @blocks never
  /// @errors RANGE: beyond the end; PERM: the buffer is read-only. @onfail nothing was copied
  graft_error_t (*write)(graft_bufio_t* self, const void* from, size_t offset, size_t bytes);

  /// Gives a pointer to a part of the buffer if that part is contiguous in memory; valid until unmap().
  /// @context any but irq  @blocks never  @owns *out: borrowed
  /// @errors RANGE: beyond the end; NOTSUP: not contiguous (use read() or sgbufio). @onfail *out is null
  graft_error_t (*map)(graft_bufio_t* self, void** out, size_t offset, size_t bytes);

  /// Ends one map(). @context any but irq  @blocks never
  void (*unmap)(graft_bufio_t* self, void* address, size_t offset, size_t bytes);

  /// Pins a part for device access and gives its physical address; for a contiguous part inside the memory window.
  /// @context any but irq  @blocks never  @errors RANGE; NOTSUP: not contiguous or outside the window
  graft_error_t (*wire)(graft_bufio_t* self, uint64_t* out_phys, size_t offset, size_t bytes);

  /// Ends one wire(). @context any but irq  @blocks never
  void (*unwire)(graft_bufio_t* self, uint64_t phys, size_t offset, size_t bytes);

  /// Makes a new contiguous buffer with a copy of a part. @context any but irq  @blocks never
  /// @owns *out: caller owns one reference  @errors RANGE, NOMEM, NOTSUP. @onfail *out is null
  graft_error_t (*copy)(graft_bufio_t* self, size_t offset, size_t bytes, graft_bufio_t** out);
} graft_bufio_ops_t;

struct graft_bufio {
  const graft_bufio_ops_t* ops;
};

// Calls through the table; the contracts stand at the slots above.
static inline size_t graft_bufio_size(graft_bufio_t* self) { return self->ops->size(self); }
static inline graft_error_t graft_bufio_read(graft_bufio_t* self, void* to, size_t offset, size_t bytes) {
  return self->ops->read(self, to, offset, bytes);
}
static inline graft_error_t graft_bufio_write(graft_bufio_t* self, const void* from, size_t offset, size_t bytes) {
  return self->ops->write(self, from, offset, bytes);
}
static inline graft_error_t graft_bufio_map(graft_bufio_t* self, void** out, size_t offset, size_t bytes) {
  return self->ops->map(self, out, offset, bytes);
}
static inline void graft_bufio_unmap(graft_bufio_t* self, void* address, size_t offset, size_t bytes) {
  self->ops->unmap(self, address, offset, bytes);
}
static inline graft_error_t graft_bufio_wire(graft_bufio_t* self, uint64_t* out_phys, size_t offset, size_t bytes) {
  return self->ops->wire(self, out_phys, offset, bytes);
}
static inline void graft_bufio_unwire(graft_bufio_t* self, uint64_t phys, size_t offset, size_t bytes) {
  self->ops->unwire(self, phys, offset, bytes);
}
static inline graft_error_t graft_bufio_copy(graft_bufio_t* self, size_t offset, size_t bytes, graft_bufio_t** out) {
  return self->ops->copy(self, offset, bytes, out);
}

#ifdef __cplusplus
}
#endif

#endif
