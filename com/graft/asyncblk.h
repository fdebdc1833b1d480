// SPDX-License-Identifier: BSD-2-Clause
/// asyncblk: a block device with many requests in flight.
#ifndef GRAFT_ASYNCBLK_H
#define GRAFT_ASYNCBLK_H

#include <graft/sgbufio.h>

#ifdef __cplusplus
extern "C" {
#endif

GRAFT_CONSTANT graft_iid_t graft_iid_asyncblk = GRAFT_IID_(0x21);

enum {
  GRAFT_BLK_READ = 1,
  GRAFT_BLK_WRITE = 2,
  GRAFT_BLK_FLUSH = 3,         ///< offset, bytes and fragments are 0
  GRAFT_BLK_DISCARD = 4,       ///< no fragments
  GRAFT_BLK_WRITE_ZEROES = 5,  ///< no fragments
};

enum { GRAFT_BLK_FUA = 1 };  ///< flag of a write: durable before it completes

/// One request. The caller provides the memory and leaves it and the fragments alone until on_done.
typedef struct graft_blk_request {
  uint32_t operation;
  uint32_t flags;
  uint64_t offset_bytes;
  uint64_t bytes;  ///< the sum of the fragments, for operations that have any
  const graft_fragment_t* fragments;
  uint32_t fragment_count;
  uint32_t reserved;
  /// Upcall. `status`: OK, or IO, GONE, TIMEDOUT, NOMEM, NOTSUP, PERM, NOSPC, PROTO; after an error any part of a write
  /// may have been written and a read buffer's content is undefined.
  void (*on_done)(struct graft_blk_request* request, graft_error_t status);
  void* arg;
  /// For the driver while the request is in flight.
  void* driver_private[4];
} graft_blk_request_t;

typedef struct graft_blk_limits {
  uint32_t block_bytes;           ///< unit of offset and size
  uint32_t physical_block_bytes;  ///< unit of a write without read-modify-write
  uint32_t max_fragments;         ///< a request with more goes through the copying adapter or is split
  uint32_t fragment_alignment;    ///< of addresses and lengths, in bytes
  uint64_t max_request_bytes;     ///< larger requests are split by the driver side
  uint64_t max_discard_bytes;     ///< 0: discard is not supported
  uint64_t max_write_zeroes_bytes;
  uint32_t queue_depth;
  uint8_t read_only;
  uint8_t volatile_cache;  ///< flush has an effect
  uint8_t fua;             ///< FUA is done by the device, not by a flush afterwards
  uint8_t rotational;
} graft_blk_limits_t;

typedef struct graft_blk_identity {
  char model[48];
  char serial[24];
  char revision[16];
} graft_blk_identity_t;

typedef struct graft_blk_stats {
  uint64_t reads, read_bytes, writes, written_bytes, flushes, discards, errors;
  uint64_t gathered;  ///< requests carried straight from the caller's fragments
  uint64_t copied;    ///< requests that went through the copying adapter
  uint64_t copied_bytes;
  uint64_t in_flight;
} graft_blk_stats_t;

typedef struct graft_asyncblk graft_asyncblk_t;

typedef struct graft_asyncblk_ops {
  graft_error_t (*query)(graft_asyncblk_t* self, const graft_iid_t* iid, void** out);
  uint32_t (*addref)(graft_asyncblk_t* self);
  uint32_t (*release)(graft_asyncblk_t* self);

  /// Starts `count` requests, in order until one is refused, with one doorbell where the device allows it;
  /// `*out_accepted` says how many were taken. Requests may complete in any order.
  /// @context thread, world, upcall  @blocks never (waits for the executor role at most)
  /// @completes each accepted request by its on_done, exactly once, never inside this call
  /// @errors for the first that was not taken: BUSY: the queue is full, try again after a completion; RANGE: off the
  ///         alignment, beyond the end or the sum of fragments is wrong; INVAL: no such operation; NOTSUP; PERM; GONE;
  ///         NOMEM. @onfail requests from *out_accepted on stay the caller's
  graft_error_t (*submit)(graft_asyncblk_t* self, graft_blk_request_t* const* requests, uint32_t count,
                          uint32_t* out_accepted);

  /// Gives the size in bytes. @context any but irq  @blocks never  @errors GONE
  graft_error_t (*get_size)(graft_asyncblk_t* self, uint64_t* out_bytes);

  /// Gives the limits; fixed while attached. @context any but irq  @blocks never
  void (*get_limits)(graft_asyncblk_t* self, graft_blk_limits_t* out_limits);

  /// Gives model, serial number and revision as the device reports them, empty where it has none.
  /// @context thread, fiber  @blocks may  @errors GONE, IO, TIMEDOUT
  graft_error_t (*identify)(graft_asyncblk_t* self, graft_blk_identity_t* out_identity);

  /// Takes a copy of the counters since attach. @context any but irq  @blocks never
  void (*get_stats)(graft_asyncblk_t* self, graft_blk_stats_t* out_stats);
} graft_asyncblk_ops_t;

struct graft_asyncblk {
  const graft_asyncblk_ops_t* ops;
};

// Calls through the table; the contracts stand at the slots above.
static inline graft_error_t graft_asyncblk_submit(graft_asyncblk_t* self, graft_blk_request_t* const* requests,
                                                  uint32_t count, uint32_t* out_accepted) {
  return self->ops->submit(self, requests, count, out_accepted);
}
static inline graft_error_t graft_asyncblk_get_size(graft_asyncblk_t* self, uint64_t* out_bytes) {
  return self->ops->get_size(self, out_bytes);
}
static inline void graft_asyncblk_get_limits(graft_asyncblk_t* self, graft_blk_limits_t* out_limits) {
  self->ops->get_limits(self, out_limits);
}
static inline graft_error_t graft_asyncblk_identify(graft_asyncblk_t* self, graft_blk_identity_t* out_identity) {
  return self->ops->identify(self, out_identity);
}
static inline void graft_asyncblk_get_stats(graft_asyncblk_t* self, graft_blk_stats_t* out_stats) {
  self->ops->get_stats(self, out_stats);
}

#ifdef __cplusplus
}
#endif

#endif
