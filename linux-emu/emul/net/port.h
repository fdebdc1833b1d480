// SPDX-License-Identifier: GPL-2.0-only
/// A port: one registered network device of a donor driver, as the emulation sees it.
#ifndef GRAFT_LINUX_EMU_EMUL_NET_PORT_H
#define GRAFT_LINUX_EMU_EMUL_NET_PORT_H

#include <linux/interrupt.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>

#include "linux-emu/boundary/net.h"

/// Packets up to this size travel in the linear part of a descriptor that is used again and again.
#define LX_NET_SMALL_BYTES 256
/// Room before the packet for headers that a driver puts there.
#define LX_NET_HEADROOM (NET_SKB_PAD + NET_IP_ALIGN)
#define LX_NET_SMALL_MAX 512

struct lx_net_port {
  struct net_device* dev;
  struct netdev_queue* txq;
  void* kit_port;
  struct sk_buff* tx;      ///< the packet between begin and send
  struct sk_buff* staged;  ///< the last packet of a batch so far, not handed to the driver yet
  unsigned long sent;      ///< by lx_net_tx_send() and in batches
  bool space_wanted;       ///< a push was refused with BUSY
  bool promiscuous;
  unsigned small_count;  ///< descriptors in the ring
  unsigned small_next;
  unsigned long malformed;
  unsigned long small_bytes;                    ///< copied for small packets, padding included
  struct sk_buff_head pending;                  ///< received during an upcall
  struct tasklet_struct deliver;                ///< delivers them afterwards
  struct sk_buff* small[LX_NET_SMALL_MAX + 1];  ///< the ring; null behind the last
};

/// The port of a device; null if the kit refused it.
static inline struct lx_net_port* lx_net_port_of(const struct net_device* dev) {
  return rcu_dereference_raw(dev->rx_handler_data);
}

/// Says that the driver would take a packet now.
static inline bool lx_net_may_send(const struct lx_net_port* port) {
  const unsigned long bits = BIT(__LINK_STATE_START) | BIT(__LINK_STATE_NOCARRIER);

  return (READ_ONCE(port->dev->state) & bits) == BIT(__LINK_STATE_START) && !netif_xmit_frozen_or_stopped(port->txq);
}

/// Says why it would not. @context world
enum lx_net_result lx_net_tx_refusal(struct lx_net_port* port);

/// Hands a finished packet to the driver, or holds it back; one that is held back already goes first.
enum lx_net_result lx_net_tx_hand_over(struct lx_net_port* port, struct sk_buff* skb, bool more);

/// Gives back the heads of gathered packets that no driver holds. @context fiber
void lx_net_tx_drop_heads(void);

/// Gives back the descriptors of the ring that no driver holds. @context fiber
void lx_net_tx_drop_ring(struct lx_net_port* port);

/// Installs the queue discipline whose only work is to tell that there is room again. @context rtnl held
int lx_net_tx_install_space_event(struct lx_net_port* port);

/// Delivers what came during an upcall. @context soft interrupt
void lx_net_rx_deliver_pending(struct tasklet_struct* tasklet);

/// The receive handler of the device (netif_receive_skb and the backlog end here). @context soft interrupt
rx_handler_result_t lx_net_rx_handler(struct sk_buff** skb);

#endif
