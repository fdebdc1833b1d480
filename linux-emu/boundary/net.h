// SPDX-License-Identifier: GPL-2.0-only
/// Network devices between kit and emulation. lx_net_ functions are the emulation's, lxk_net_ functions the kit's.
///
/// A port is one registered network device of a donor driver. Sending is done in three steps so that bytes are copied
/// at most once: begin (room for the linear head), add (fragments that the device gathers), send.
#ifndef GRAFT_LINUX_EMU_BOUNDARY_NET_H
#define GRAFT_LINUX_EMU_BOUNDARY_NET_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

struct lx_net_port;

enum lx_net_result {
  LX_NET_OK = 0,
  LX_NET_BUSY = 1,      ///< the transmit queue is stopped; lxk_net_space() follows once
  LX_NET_NOMEM = 2,     ///< no packet descriptor
  LX_NET_NOLINK = 3,    ///< no carrier
  LX_NET_CLOSED = 4,    ///< not running
  LX_NET_TOO_MANY = 5,  ///< more fragments than a packet descriptor holds
};

/// Offload metadata of one packet to send; the values have the meaning of graft_packet_t.
struct lx_net_offload {
  unsigned short flags;
  unsigned short vlan_tag;
  unsigned short checksum_start;
  unsigned short checksum_offset;
  unsigned short segment_bytes;
  unsigned short header_bytes;
};

struct lx_net_features {
  bool gather;       ///< the device reads packets in pieces
  bool checksum;     ///< it fills in transport checksums
  bool vlan_insert;  ///< it inserts VLAN tags
  bool tso4, tso6;   ///< it segments TCP
  unsigned max_fragments;
  unsigned min_mtu, max_mtu;
};

struct lx_net_link {
  bool up, full_duplex;
  unsigned speed_mbit;
};

struct lx_net_counters {
  unsigned long rx_packets, rx_bytes, rx_errors, rx_dropped;
  unsigned long tx_packets, tx_bytes, tx_errors, tx_dropped;
  unsigned long rx_malformed;
  unsigned long tx_small_bytes;  ///< copied by lx_net_tx_small() and for batches, padding included
};

/// Bytes that a received packet has for the kit's own object.
#define LX_NET_RX_STORAGE_BYTES 48

/// One received packet. The kit owns the descriptor `skb` from lxk_net_receive() on.
struct lx_net_rx {
  void* skb;
  void* storage;  ///< LX_NET_RX_STORAGE_BYTES for the kit, as long as it has the descriptor; aligned to 8
  void* data;     ///< the linear part, which starts with the Ethernet header
  unsigned linear_bytes;
  unsigned bytes;        ///< of the whole packet
  unsigned short flags;  ///< GRAFT_PACKET_ bits
  unsigned short vlan_tag;
};

// ---- The emulation's part -------------------------------------------------------------------------------------------

/// Hooks the network core; once, after it was initialised. @context fiber
int lx_net_start(void);

/// Gives the device's hardware address. @context world  @blocks never
void lx_net_get_address(const struct lx_net_port* port, unsigned char out_address[6]);

/// Says what the device can do. @context world  @blocks never
void lx_net_get_features(const struct lx_net_port* port, struct lx_net_features* out_features);

/// Gives the link's state. @context world  @blocks never
void lx_net_get_link(const struct lx_net_port* port, struct lx_net_link* out_link);

/// Gives the largest payload. @context world  @blocks never
unsigned lx_net_get_mtu(const struct lx_net_port* port);

/// Takes the device's counters together. @context world  @blocks never
void lx_net_get_counters(const struct lx_net_port* port, struct lx_net_counters* out_counters);

/// Keeps every device from being registered, unregistered or changed until lx_net_unlock(): a caller looks at its port
/// again after it. @context fiber  @blocks may
void lx_net_lock(void);
/// Ends that. @context fiber  @blocks may
void lx_net_unlock(void);

// The five that follow are called with lx_net_lock() held.

/// Brings the device up. @context fiber  @blocks may  @errors a negative errno
int lx_net_open(struct lx_net_port* port);

/// Takes it down: the driver lets go of every packet. @context fiber  @blocks may
void lx_net_close(struct lx_net_port* port);

/// Changes the MTU. @context fiber  @blocks may  @errors a negative errno
int lx_net_set_mtu(struct lx_net_port* port, unsigned mtu);

/// Replaces the multicast list; `groups` holds 6 bytes each. @context fiber  @blocks may  @errors a negative errno
int lx_net_set_multicast(struct lx_net_port* port, const unsigned char* groups, unsigned count);

/// Receives everything, or stops to. @context fiber  @blocks may  @errors a negative errno
int lx_net_set_promiscuous(struct lx_net_port* port, bool on);

/// Sends a small packet (14 to 256 bytes, no fragments, no offloads): copies and pads it. Packets of a batch that are
/// held back must have been flushed. @context world  @blocks never  @errors BUSY, NOMEM, NOLINK, CLOSED
enum lx_net_result lx_net_tx_small(struct lx_net_port* port, const void* from, unsigned bytes);

/// One packet of lx_net_tx_small_batch(): what lx_net_tx_small() sends.
struct lx_net_small {
  const void* from;
  unsigned bytes;
};

/// Sends small packets with one doorbell, in order, after a packet that is held back. `more`: another packet or
/// lx_net_tx_flush() follows, so the last may be held back too.
/// @context world  @blocks never
/// @errors as lx_net_tx_small(); the packet at fault and all behind it were not taken, and the one held back before
///         them was given up if the code is BUSY. lx_net_tx_sent() tells how many went
enum lx_net_result lx_net_tx_small_batch(struct lx_net_port* port, const struct lx_net_small* packets, unsigned count,
                                         bool more);

/// Bytes of a packet of lx_net_tx_gathered() that are copied, and end before its fragment.
#define LX_NET_HEADER_BYTES 128

/// A packet without offloads whose bytes behind the header are contiguous memory of the window.
struct lx_net_gathered {
  const void* header;  ///< LX_NET_HEADER_BYTES, copied
  void* rest;          ///< read by the device, untouched until the packet is done
  unsigned rest_bytes;
  void* cookie;  ///< as for lx_net_tx_send(), also if the packet is refused
};

/// Hands over a packet that goes as two pieces. `more` as for lx_net_tx_send().
/// @context world  @blocks never
/// @errors BUSY, NOMEM, NOLINK, CLOSED: this packet was given up, and with BUSY perhaps the one held back before it.
///         lx_net_tx_sent() tells how many went
enum lx_net_result lx_net_tx_gathered(struct lx_net_port* port, const struct lx_net_gathered* packet, bool more);

/// Starts a packet whose first `linear_bytes` bytes are written by the caller to the returned memory. `whole`: that is
/// all of it, and neither fragments nor offloads follow.
/// @context world  @blocks never
/// @errors *out_result says why it is null: BUSY, NOMEM, NOLINK, CLOSED
void* lx_net_tx_begin(struct lx_net_port* port, unsigned linear_bytes, bool whole, enum lx_net_result* out_result);

/// Appends memory of the window, contiguous in device addresses, which stays untouched until the packet is done.
/// @context world, after begin  @blocks never  @errors TOO_MANY: the packet was given up
enum lx_net_result lx_net_tx_add(struct lx_net_port* port, void* address, unsigned bytes);

/// Hands the packet to the driver. `cookie` goes to lxk_net_tx_done() once the driver has let go of the fragments, or
/// when the packet is given up; null if there were no fragments. `more`: another packet or lx_net_tx_flush() follows,
/// so the packet may be held back to save a doorbell.
/// @context world, after begin  @blocks never
/// @errors BUSY: this packet, or the one held back before it and this one, were given up; NOMEM: this one was.
///         lx_net_tx_sent() tells how many went
enum lx_net_result lx_net_tx_send(struct lx_net_port* port, const struct lx_net_offload* offload, void* cookie,
                                  bool more);

/// Ends a batch: hands over the packet that was held back. @context world  @blocks never  @errors BUSY: it was given up
enum lx_net_result lx_net_tx_flush(struct lx_net_port* port);

/// Returns how many packets the driver took since the port was made, without those of lx_net_tx_small().
/// @context world  @blocks never
unsigned long lx_net_tx_sent(const struct lx_net_port* port);

/// Gives up a packet that was begun. @context world, after begin  @blocks never
void lx_net_tx_abort(struct lx_net_port* port);

/// Lists the pieces of a received packet from `offset`; returns how many there are, at most `capacity` are written.
/// @context world  @blocks never
unsigned lx_net_rx_fragments(void* skb, unsigned offset, unsigned bytes, void** addresses, unsigned* lengths,
                             unsigned capacity);

/// Copies out of a received packet. @context world  @blocks never
int lx_net_rx_copy(void* skb, unsigned offset, void* to, unsigned bytes);

/// Frees a received packet. @context world  @blocks never
void lx_net_rx_free(void* skb);

/// Asks the driver to look for received packets now. @context world  @blocks never
void lx_net_poll(struct lx_net_port* port);

// ---- The kit's part -------------------------------------------------------------------------------------------------

/// Takes a new port; `attachment` is what the PCI device was created with. The returned pointer is `kit_port` in all
/// that follows; null refuses the port. @context fiber
void* lxk_net_port_added(struct lx_net_port* port, void* attachment, const char* name);

/// The port goes away: after it returns the kit does not use it any more. @context fiber  @blocks may
void lxk_net_port_removed(void* kit_port);

/// Takes one received packet. @context world, in a soft interrupt  @blocks never
void lxk_net_receive(void* kit_port, const struct lx_net_rx* packet);

/// The driver has let go of a packet's fragments. @context world  @blocks never
void lxk_net_tx_done(void* cookie);

/// There is room to send again, after BUSY. @context world  @blocks never
void lxk_net_space(void* kit_port);

/// Carrier, speed or running state changed. @context fiber
void lxk_net_link_changed(void* kit_port);

#ifdef __cplusplus
}
#endif

#endif
