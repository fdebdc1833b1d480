// SPDX-License-Identifier: BSD-2-Clause
/// netio2: netio with batches and offload metadata. Reached by query() from a netio.
#ifndef GRAFT_NETIO2_H
#define GRAFT_NETIO2_H

#include <graft/netio.h>

#ifdef __cplusplus
extern "C" {
#endif

GRAFT_CONSTANT graft_iid_t graft_iid_netio2 = GRAFT_IID_(0x13);

enum {
  GRAFT_PACKET_CHECKSUM_PARTIAL = 1,   ///< to send: sum from checksum_start on, store at + checksum_offset
  GRAFT_PACKET_CHECKSUM_VERIFIED = 2,  ///< received: the device found the transport checksum right
  GRAFT_PACKET_VLAN = 4,               ///< vlan_tag holds the 802.1Q tag, which is not in the bytes
  GRAFT_PACKET_TSO4 = 8,               ///< to send: segment at segment_bytes, TCP over IPv4
  GRAFT_PACKET_TSO6 = 16,              ///< to send: segment at segment_bytes, TCP over IPv6
};

typedef struct graft_packet {
  graft_bufio_t* buffer;
  uint32_t bytes;
  uint16_t flags;
  uint16_t vlan_tag;
  uint16_t checksum_start;   ///< bytes from the start of the frame
  uint16_t checksum_offset;  ///< bytes from checksum_start
  uint16_t segment_bytes;    ///< payload of one TCP segment
  uint16_t header_bytes;     ///< headers that each segment repeats
} graft_packet_t;

typedef struct graft_netio2 graft_netio2_t;

typedef struct graft_netio2_ops {
  graft_error_t (*query)(graft_netio2_t* self, const graft_iid_t* iid, void** out);
  uint32_t (*addref)(graft_netio2_t* self);
  uint32_t (*release)(graft_netio2_t* self);

  /// Hands over `count` packets with one doorbell where the device allows it. Packets are taken in order until one
  /// fails; `*out_accepted` says how many were taken, the rest stay the caller's.
  /// @context, @blocks, @owns, @units as netio.push, for each packet
  /// @errors those of netio.push, for the first packet that was not taken; NOTSUP: metadata this path lacks
  graft_error_t (*push_batch)(graft_netio2_t* self, const graft_packet_t* packets, uint32_t count,
                              uint32_t* out_accepted);

  /// Says which GRAFT_PACKET_ flags this path understands. @context any but irq  @blocks never
  uint32_t (*get_capabilities)(graft_netio2_t* self);
} graft_netio2_ops_t;

struct graft_netio2 {
  const graft_netio2_ops_t* ops;
};

// Calls through the table; the contracts stand at the slots above.
static inline graft_error_t graft_netio2_push_batch(graft_netio2_t* self, const graft_packet_t* packets, uint32_t count,
                                                    uint32_t* out_accepted) {
  return self->ops->push_batch(self, packets, count, out_accepted);
}
static inline uint32_t graft_netio2_get_capabilities(graft_netio2_t* self) { return self->ops->get_capabilities(self); }

#ifdef __cplusplus
}
#endif

#endif
