// SPDX-License-Identifier: BSD-2-Clause
/// etherdev: an Ethernet interface.
#ifndef GRAFT_ETHERDEV_H
#define GRAFT_ETHERDEV_H

#include <graft/netio.h>
#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

GRAFT_CONSTANT graft_iid_t graft_iid_etherdev = GRAFT_IID_(0x14);

typedef struct graft_mac_address {
  uint8_t bytes[6];
} graft_mac_address_t;

typedef struct graft_link_state {
  bool up;
  bool full_duplex;
  uint16_t reserved;
  uint32_t speed_mbit;  ///< 0: unknown
} graft_link_state_t;

typedef struct graft_ether_stats {
  uint64_t rx_packets, rx_bytes, rx_errors, rx_dropped;
  uint64_t tx_packets, tx_bytes, tx_errors, tx_dropped;
  uint64_t rx_malformed;     ///< short, oversized or damaged frames that were dropped
  uint64_t tx_busy;          ///< pushes refused with BUSY
  uint64_t tx_gathered;      ///< sent straight from the caller's fragments
  uint64_t tx_copied;        ///< linearised by the copying adapter
  uint64_t tx_copied_bytes;  ///< moved by it
  uint64_t tx_header_bytes;  ///< pulled into packet heads, and padding
  uint64_t rx_copied_bytes;  ///< moved on receive beyond headers
} graft_ether_stats_t;

/// Events of an open interface; each is an upcall. A null function is skipped.
typedef struct graft_ether_listener {
  void* arg;
  /// The link changed. @context upcall
  void (*on_link)(void* arg, const graft_link_state_t* state);
  /// There is room again; comes once after each push that was refused with BUSY. @context upcall
  void (*on_space)(void* arg);
  /// The device is gone; no packet and no other event follows. @context upcall
  void (*on_gone)(void* arg);
} graft_ether_listener_t;

typedef struct graft_etherdev graft_etherdev_t;

typedef struct graft_etherdev_ops {
  graft_error_t (*query)(graft_etherdev_t* self, const graft_iid_t* iid, void** out);
  uint32_t (*addref)(graft_etherdev_t* self);
  uint32_t (*release)(graft_etherdev_t* self);

  /// Starts the interface. Received packets are pushed to `receive` until close().
  /// @context thread, fiber  @blocks may
  /// @owns receive: a reference is kept until close(); listener: copied, may be null; *out_send: caller owns one
  /// @errors EXIST: open already; GONE; NOMEM; IO, TIMEDOUT, PROTO: the device did not start. @onfail *out_send is null
  graft_error_t (*open)(graft_etherdev_t* self, graft_netio_t* receive, const graft_ether_listener_t* listener,
                        graft_netio_t** out_send);

  /// Stops it: accepted packets complete, their references are released, then nothing more is received.
  /// @context thread, fiber  @blocks may  @errors BADSTATE: not open
  graft_error_t (*close)(graft_etherdev_t* self);

  /// Gives the hardware address. @context any but irq  @blocks never
  void (*get_address)(graft_etherdev_t* self, graft_mac_address_t* out_address);

  /// Gives the link's state; `up` is false while the interface is closed. @context any but irq  @blocks never
  void (*get_link)(graft_etherdev_t* self, graft_link_state_t* out_state);

  /// Gives the largest payload of a frame, without the 14 header bytes. @context any but irq  @blocks never
  uint32_t (*get_mtu)(graft_etherdev_t* self);

  /// Changes it. @context thread, fiber  @blocks may  @errors RANGE: outside what the device takes; GONE
  graft_error_t (*set_mtu)(graft_etherdev_t* self, uint32_t mtu);

  /// Replaces the list of multicast groups received. @context thread, fiber  @blocks may  @owns groups: borrowed
  /// @errors NOMEM; GONE
  graft_error_t (*set_multicast)(graft_etherdev_t* self, const graft_mac_address_t* groups, uint32_t count);

  /// Receives every frame, or stops to. @context thread, fiber  @blocks may  @errors NOTSUP; GONE
  graft_error_t (*set_promiscuous)(graft_etherdev_t* self, bool on);

  /// Takes a copy of the counters since attach. @context any but irq  @blocks never
  void (*get_stats)(graft_etherdev_t* self, graft_ether_stats_t* out_stats);

  /// Delivers at most `budget` waiting packets now, for hosts that poll. @context thread  @blocks never
  /// @errors BADSTATE: not open, or inside an upcall; GONE
  graft_error_t (*rxpoll)(graft_etherdev_t* self, uint32_t budget, uint32_t* out_delivered);
} graft_etherdev_ops_t;

struct graft_etherdev {
  const graft_etherdev_ops_t* ops;
};

// Calls through the table; the contracts stand at the slots above.
static inline graft_error_t graft_etherdev_open(graft_etherdev_t* self, graft_netio_t* receive,
                                                const graft_ether_listener_t* listener, graft_netio_t** out_send) {
  return self->ops->open(self, receive, listener, out_send);
}
static inline graft_error_t graft_etherdev_close(graft_etherdev_t* self) { return self->ops->close(self); }
static inline void graft_etherdev_get_address(graft_etherdev_t* self, graft_mac_address_t* out_address) {
  self->ops->get_address(self, out_address);
}
static inline void graft_etherdev_get_link(graft_etherdev_t* self, graft_link_state_t* out_state) {
  self->ops->get_link(self, out_state);
}
static inline uint32_t graft_etherdev_get_mtu(graft_etherdev_t* self) { return self->ops->get_mtu(self); }
static inline graft_error_t graft_etherdev_set_mtu(graft_etherdev_t* self, uint32_t mtu) {
  return self->ops->set_mtu(self, mtu);
}
static inline graft_error_t graft_etherdev_set_multicast(graft_etherdev_t* self, const graft_mac_address_t* groups,
                                                         uint32_t count) {
  return self->ops->set_multicast(self, groups, count);
}
static inline graft_error_t graft_etherdev_set_promiscuous(graft_etherdev_t* self, bool on) {
  return self->ops->set_promiscuous(self, on);
}
static inline void graft_etherdev_get_stats(graft_etherdev_t* self, graft_ether_stats_t* out_stats) {
  self->ops->get_stats(self, out_stats);
}
static inline graft_error_t graft_etherdev_rxpoll(graft_etherdev_t* self, uint32_t budget, uint32_t* out_delivered) {
  return self->ops->rxpoll(self, budget, out_delivered);
}

#ifdef __cplusplus
}
#endif

#endif
