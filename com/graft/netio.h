// SPDX-License-Identifier: BSD-2-Clause
/// netio: one direction of a packet path. The same interface sends into a driver and receives from it.
#ifndef GRAFT_NETIO_H
#define GRAFT_NETIO_H

#include <graft/bufio.h>

#ifdef __cplusplus
extern "C" {
#endif

GRAFT_CONSTANT graft_iid_t graft_iid_netio = GRAFT_IID_(0x12);

typedef struct graft_netio graft_netio_t;

typedef struct graft_netio_ops {
  graft_error_t (*query)(graft_netio_t* self, const graft_iid_t* iid, void** out);
  uint32_t (*addref)(graft_netio_t* self);
  uint32_t (*release)(graft_netio_t* self);

  /// Hands over one packet: the first `bytes` bytes of `packet`, an Ethernet frame without its checksum.
  /// Into a driver: queues it for transmission. Out of a driver: the host's own receive path, called as an upcall.
  /// @context thread, world, upcall  @blocks never (waits for the executor role at most)
  /// @owns packet: borrowed until return; a consumer that keeps it takes a reference, and the release of that
  ///       reference is the transmit completion
  /// @units bytes: 14 .. MTU + 14 (+ 4 with a VLAN tag); shorter than 60 is padded by the driver and counted
  /// @errors BUSY: the ring is full, on_space follows once; RANGE: too short or too long; NOLINK: no carrier;
  ///         GONE: closed or detached; NOMEM: no descriptor object. @onfail no reference was taken
  graft_error_t (*push)(graft_netio_t* self, graft_bufio_t* packet, size_t bytes);

  /// Allocates a buffer in which a packet of `bytes` bytes travels this path without a copy.
  /// @context thread, world, upcall  @blocks never  @owns *out: caller owns one reference
  /// @errors NOMEM; RANGE: larger than the path takes. @onfail *out is null
  graft_error_t (*alloc_bufio)(graft_netio_t* self, size_t bytes, graft_bufio_t** out);
} graft_netio_ops_t;

struct graft_netio {
  const graft_netio_ops_t* ops;
};

// Calls through the table; the contracts stand at the slots above.
static inline graft_error_t graft_netio_push(graft_netio_t* self, graft_bufio_t* packet, size_t bytes) {
  return self->ops->push(self, packet, bytes);
}
static inline graft_error_t graft_netio_alloc_bufio(graft_netio_t* self, size_t bytes, graft_bufio_t** out) {
  return self->ops->alloc_bufio(self, bytes, out);
}

#ifdef __cplusplus
}
#endif

#endif
