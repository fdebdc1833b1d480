// SPDX-License-Identifier: BSD-2-Clause
/// sgbufio: the pieces a buffer consists of, for scatter/gather without copying. Reached by query() from a bufio.
#ifndef GRAFT_SGBUFIO_H
#define GRAFT_SGBUFIO_H

#include <graft/iunknown.h>

#ifdef __cplusplus
extern "C" {
#endif

GRAFT_CONSTANT graft_iid_t graft_iid_sgbufio = GRAFT_IID_(0x11);

/// Where a fragment lies. A driver maps fragments for its own device; a bus address belongs to a device, not to a
/// buffer.
enum {
  GRAFT_REGION_WORLD = 0,  ///< inside the memory window: devices can reach it
  GRAFT_REGION_OTHER = 1,  ///< anywhere else: goes through the copying adapter
};

typedef struct graft_fragment {
  void* address;
  size_t bytes;
  uint32_t region;
  uint32_t reserved;
} graft_fragment_t;

typedef struct graft_sgbufio graft_sgbufio_t;

typedef struct graft_sgbufio_ops {
  graft_error_t (*query)(graft_sgbufio_t* self, const graft_iid_t* iid, void** out);
  uint32_t (*addref)(graft_sgbufio_t* self);
  uint32_t (*release)(graft_sgbufio_t* self);

  /// Lists the fragments that cover `bytes` bytes from `offset`, in order, without gaps and none empty. They stay
  /// valid as long as the caller holds the buffer.
  /// @context any but irq  @blocks never  @owns fragments: borrowed from the buffer
  /// @errors RANGE: beyond the end; NOSPC: more than `capacity` are needed. @onfail *out_count is 0
  graft_error_t (*fragments)(graft_sgbufio_t* self, size_t offset, size_t bytes, graft_fragment_t* fragments,
                             uint32_t capacity, uint32_t* out_count);
} graft_sgbufio_ops_t;

struct graft_sgbufio {
  const graft_sgbufio_ops_t* ops;
};

// Calls through the table; the contracts stand at the slots above.
static inline graft_error_t graft_sgbufio_fragments(graft_sgbufio_t* self, size_t offset, size_t bytes,
                                                    graft_fragment_t* fragments, uint32_t capacity,
                                                    uint32_t* out_count) {
  return self->ops->fragments(self, offset, bytes, fragments, capacity, out_count);
}

#ifdef __cplusplus
}
#endif

#endif
