// SPDX-License-Identifier: GPL-2.0-only
/// Sending: host bytes into socket buffers and straight into the driver's transmit function.
///
/// Small packets are copied into a descriptor of a ring. The ring keeps a reference of its own, so that the driver's
/// free is one decrement and the next use costs no allocation and no initialisation. A slot is free again when only the
/// ring's reference is left and no clone shares the data. Larger packets carry the caller's memory as page fragments;
/// their completion is the zero-copy callback, which also survives drivers that orphan what they send.
///
/// Of a batch, one packet is always held back until it is known whether another follows: otherwise a failure in the
/// middle would leave packets in the device's ring without a doorbell.
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/slab.h>
#include <net/pkt_sched.h>
#include <net/sch_generic.h>

#include "linux-emu/emul/net/port.h"

struct lx_net_completion {
  struct ubuf_info ubuf;
  void* cookie;
};

static void fragments_done(struct sk_buff* skb, struct ubuf_info* ubuf, bool success) {
  struct lx_net_completion* completion = container_of(ubuf, struct lx_net_completion, ubuf);

  if (!refcount_dec_and_test(&ubuf->refcnt)) return;
  lxk_net_tx_done(completion->cookie);
  kfree(completion);
}

static struct sk_buff* allocate(struct lx_net_port* port, unsigned linear_bytes) {
  struct sk_buff* skb = alloc_skb(LX_NET_HEADROOM + linear_bytes, GFP_ATOMIC | __GFP_NOWARN);

  if (unlikely(!skb)) return NULL;
  skb_reserve(skb, LX_NET_HEADROOM);
  skb->dev = port->dev;
  skb_reset_mac_header(skb);
  skb_set_network_header(skb, ETH_HLEN);
  return skb;
}

/// Only the ring's own reference is left, and no clone that a driver made shares the bytes.
static inline bool small_is_free(const struct sk_buff* skb) {
  return refcount_read(&skb->users) == 1 && likely(!skb->cloned || atomic_read(&skb_shinfo(skb)->dataref) == 1);
}

/// The next slot of the ring is in flight, or there is none yet: makes the ring longer.
static noinline struct sk_buff* grow_ring(struct lx_net_port* port) {
  struct sk_buff* skb;

  if (port->small_next == port->small_count && port->small_next) {
    port->small_next = 0;
    skb = port->small[port->small_next];
    if (small_is_free(skb)) {
      port->small_next++;
      return skb;
    }
  }
  if (port->small_count == LX_NET_SMALL_MAX) return NULL;
  skb = allocate(port, LX_NET_SMALL_BYTES);
  if (skb) port->small[port->small_count++] = skb;
  return skb;
}

static inline bool next_small_is_free(const struct lx_net_port* port) {
  const struct sk_buff* skb = port->small[port->small_next];

  return skb && small_is_free(skb);
}

static __always_inline void prepare_small(struct sk_buff* skb, unsigned bytes) {
  skb->data = skb->head + LX_NET_HEADROOM;
  skb_set_tail_pointer(skb, bytes);
  skb->len = bytes;
}

/// The ring's reference and the driver's.
static inline struct sk_buff* share(struct sk_buff* skb) {
  refcount_set(&skb->users, 2);
  return skb;
}

/// Takes a descriptor of the ring, or one that is used once.
static noinline struct sk_buff* take_small_slowly(struct lx_net_port* port) {
  struct sk_buff* skb = grow_ring(port);

  return skb ? share(skb) : allocate(port, LX_NET_SMALL_BYTES);
}

static __always_inline struct sk_buff* take_small(struct lx_net_port* port) {
  return likely(next_small_is_free(port)) ? share(port->small[port->small_next++]) : take_small_slowly(port);
}

void lx_net_tx_drop_ring(struct lx_net_port* port) {
  while (port->small_count) {
    kfree_skb(port->small[--port->small_count]);
    port->small[port->small_count] = NULL;
  }
  port->small_next = 0;
}

enum lx_net_result lx_net_tx_refusal(struct lx_net_port* port) {
  if (!netif_running(port->dev)) return LX_NET_CLOSED;
  if (!netif_carrier_ok(port->dev)) return LX_NET_NOLINK;
  port->space_wanted = true;
  return LX_NET_BUSY;
}

void* lx_net_tx_begin(struct lx_net_port* port, unsigned linear_bytes, bool whole, enum lx_net_result* out_result) {
  struct sk_buff* skb;

  if (unlikely(!lx_net_may_send(port))) {
    *out_result = lx_net_tx_refusal(port);
    return NULL;
  }
  if (whole && linear_bytes <= LX_NET_SMALL_BYTES) {
    skb = take_small(port);
    if (likely(skb)) prepare_small(skb, linear_bytes);
  } else {
    skb = allocate(port, linear_bytes);
    if (likely(skb)) __skb_put(skb, linear_bytes);
  }
  if (unlikely(!skb)) {
    *out_result = LX_NET_NOMEM;
    return NULL;
  }
  port->tx = skb;
  *out_result = LX_NET_OK;
  return skb->data;
}

void lx_net_tx_abort(struct lx_net_port* port) {
  kfree_skb(port->tx);
  port->tx = NULL;
}

enum lx_net_result lx_net_tx_add(struct lx_net_port* port, void* address, unsigned bytes) {
  struct sk_buff* skb = port->tx;
  struct page* page = virt_to_page(address);
  unsigned index = skb_shinfo(skb)->nr_frags;

  if (unlikely(index == MAX_SKB_FRAGS)) {
    lx_net_tx_abort(port);
    return LX_NET_TOO_MANY;
  }
  get_page(page);
  skb_fill_page_desc(skb, index, page, offset_in_page(address), bytes);
  skb->len += bytes;
  skb->data_len += bytes;
  skb->truesize += bytes;
  return LX_NET_OK;
}

static void apply_offload(struct sk_buff* skb, const struct lx_net_offload* offload) {
  // The flag values are those of graft_packet_t.
  if (offload->flags & 1) {
    skb->ip_summed = CHECKSUM_PARTIAL;
    skb->csum_start = skb_headroom(skb) + offload->checksum_start;
    skb->csum_offset = offload->checksum_offset;
    skb_set_transport_header(skb, offload->checksum_start);
  }
  if (offload->flags & 4) __vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), offload->vlan_tag);
  if (offload->flags & (8 | 16)) {
    struct skb_shared_info* shared = skb_shinfo(skb);

    shared->gso_size = offload->segment_bytes;
    shared->gso_type = offload->flags & 8 ? SKB_GSO_TCPV4 : SKB_GSO_TCPV6;
    shared->gso_segs = DIV_ROUND_UP(skb->len - offload->header_bytes, offload->segment_bytes);
  }
}

/// The driver did not take the packet.
static noinline enum lx_net_result take_back(struct lx_net_port* port, struct sk_buff* skb) {
  port->space_wanted = true;
  kfree_skb(skb);
  return LX_NET_BUSY;
}

/// Begins a section in which packets are handed to the driver. Soft interrupts stay out of its transmit function. They
/// only run in the world's loop, so counting the section is all there is to do, and its end has nothing to catch up on.
static __always_inline void begin_section(struct lx_net_port* port) {
  preempt_count_add(SOFTIRQ_DISABLE_OFFSET);
  barrier();
  __netif_tx_lock(port->txq, smp_processor_id());
}

static __always_inline void end_section(struct lx_net_port* port) {
  __netif_tx_unlock(port->txq);
  barrier();
  preempt_count_sub(SOFTIRQ_DISABLE_OFFSET);
}

/// `port` has been found able to send.
static __always_inline enum lx_net_result start_transmit(struct lx_net_port* port, struct sk_buff* skb, bool more) {
  netdev_tx_t rc;

  begin_section(port);
  rc = netdev_start_xmit(skb, port->dev, port->txq, more);
  end_section(port);
  return likely(rc == NETDEV_TX_OK) ? LX_NET_OK : take_back(port, skb);
}

static enum lx_net_result transmit(struct lx_net_port* port, struct sk_buff* skb, bool more) {
  // The packet before may have filled the queue.
  enum lx_net_result result =
      netif_xmit_frozen_or_stopped(port->txq) ? take_back(port, skb) : start_transmit(port, skb, more);

  if (likely(result == LX_NET_OK)) port->sent++;
  return result;
}

enum lx_net_result lx_net_tx_hand_over(struct lx_net_port* port, struct sk_buff* skb, bool more) {
  struct sk_buff* staged = port->staged;

  if (likely(!staged && !more)) return transmit(port, skb, false);
  port->staged = NULL;
  if (staged && transmit(port, staged, true) != LX_NET_OK) {
    kfree_skb(skb);
    return LX_NET_BUSY;
  }
  if (!more) return transmit(port, skb, false);
  port->staged = skb;
  return LX_NET_OK;
}

static int attach_completion(struct sk_buff* skb, void* cookie) {
  struct lx_net_completion* completion = kmalloc(sizeof(*completion), GFP_ATOMIC | __GFP_NOWARN);

  if (unlikely(!completion)) return -ENOMEM;
  completion->ubuf.callback = fragments_done;
  completion->ubuf.flags = SKBFL_ZEROCOPY_FRAG | SKBFL_DONT_ORPHAN;
  refcount_set(&completion->ubuf.refcnt, 1);
  completion->cookie = cookie;
  skb_zcopy_init(skb, &completion->ubuf);
  return 0;
}

enum lx_net_result lx_net_tx_send(struct lx_net_port* port, const struct lx_net_offload* offload, void* cookie,
                                  bool more) {
  struct sk_buff* skb = port->tx;

  port->tx = NULL;
  if (cookie && unlikely(attach_completion(skb, cookie))) {
    kfree_skb(skb);
    lxk_net_tx_done(cookie);
    lx_net_tx_flush(port);
    return LX_NET_NOMEM;
  }
  skb->protocol = eth_hdr(skb)->h_proto;
  if (unlikely(offload)) apply_offload(skb, offload);
  return lx_net_tx_hand_over(port, skb, more);
}

/// Copies 32 to 256 bytes without a call or a loop per word: pieces that may overlap at the end.
static __always_inline void copy_small(unsigned char* to, const unsigned char* from, unsigned bytes) {
  for (; unlikely(bytes > 64); bytes -= 32, to += 32, from += 32) memcpy(to, from, 32);
  memcpy(to, from, 32);
  memcpy(to + bytes - 32, from + bytes - 32, 32);
}

/// Copies 14 bytes or more, fewer than a frame must have.
static noinline void copy_and_pad(unsigned char* to, const unsigned char* from, unsigned bytes) {
  __builtin_memset(to + ETH_HLEN, 0, ETH_ZLEN - ETH_HLEN);
  for (; bytes > 16; bytes -= 8, to += 8, from += 8) memcpy(to, from, 8);
  memcpy(to, from, 8);
  memcpy(to + bytes - 8, from + bytes - 8, 8);
}

/// Makes a descriptor of the ring hold a small packet. Returns its length with padding.
static __always_inline unsigned fill_small(struct sk_buff* skb, const void* from, unsigned bytes) {
  unsigned char* to = skb->head + LX_NET_HEADROOM;

  if (likely(bytes >= ETH_ZLEN)) {
    copy_small(to, from, bytes);
  } else {
    copy_and_pad(to, from, bytes);
    bytes = ETH_ZLEN;
  }
  prepare_small(skb, bytes);
  skb->protocol = ((struct ethhdr*)to)->h_proto;
  return bytes;
}

static __always_inline enum lx_net_result send_small(struct lx_net_port* port, struct sk_buff* skb, const void* from,
                                                     unsigned bytes) {
  port->small_bytes += fill_small(skb, from, bytes);
  return start_transmit(port, skb, false);
}

static noinline enum lx_net_result send_small_slowly(struct lx_net_port* port, const void* from, unsigned bytes) {
  struct sk_buff* skb;

  if (!lx_net_may_send(port)) return lx_net_tx_refusal(port);
  skb = take_small_slowly(port);
  return skb ? send_small(port, skb, from, bytes) : LX_NET_NOMEM;
}

enum lx_net_result lx_net_tx_small(struct lx_net_port* port, const void* from, unsigned bytes) {
  // Nothing is called before the driver is, so nothing has to be saved.
  if (unlikely(!lx_net_may_send(port) || !next_small_is_free(port))) return send_small_slowly(port, from, bytes);
  return send_small(port, share(port->small[port->small_next++]), from, bytes);
}

/// A section in which one packet after the other goes to the driver.
struct burst {
  struct lx_net_port* port;
  struct net_device* dev;
  struct netdev_queue* txq;
  const struct net_device_ops* ops;
  unsigned long sent;
};

/// Hands over a packet; the one before may have filled the queue.
static __always_inline enum lx_net_result burst_send(struct burst* burst, struct sk_buff* skb, bool more) {
  if (unlikely(netif_xmit_frozen_or_stopped(burst->txq) ||
               __netdev_start_xmit(burst->ops, skb, burst->dev, more) != NETDEV_TX_OK))
    return take_back(burst->port, skb);
  burst->sent++;
  return LX_NET_OK;
}

enum lx_net_result lx_net_tx_small_batch(struct lx_net_port* port, const struct lx_net_small* packets, unsigned count,
                                         bool more) {
  struct burst burst = {.port = port, .dev = port->dev, .txq = port->txq, .ops = port->dev->netdev_ops};
  const struct lx_net_small* end = packets + count;
  enum lx_net_result result = LX_NET_OK;
  struct sk_buff* held = port->staged;
  unsigned long bytes = 0;

  if (unlikely(!lx_net_may_send(port))) return lx_net_tx_refusal(port);
  begin_section(port);
  for (; packets != end; packets++) {
    struct sk_buff* skb = take_small(port);

    if (unlikely(!skb)) {
      result = LX_NET_NOMEM;
      break;
    }
    bytes += fill_small(skb, packets->from, packets->bytes);
    if (likely(held)) result = burst_send(&burst, held, true);
    held = skb;
    if (unlikely(result != LX_NET_OK)) {
      kfree_skb(skb);
      held = NULL;
      break;
    }
  }
  if (likely(!more && result == LX_NET_OK && held)) {
    result = burst_send(&burst, held, false);
    held = NULL;
  }
  if (likely(burst.sent)) txq_trans_update(burst.txq);
  end_section(port);
  port->sent += burst.sent;
  port->small_bytes += bytes;
  port->staged = held;
  return result;
}

enum lx_net_result lx_net_tx_flush(struct lx_net_port* port) {
  struct sk_buff* staged = port->staged;

  port->staged = NULL;
  return staged ? transmit(port, staged, false) : LX_NET_OK;
}

unsigned long lx_net_tx_sent(const struct lx_net_port* port) { return port->sent; }

/// When a driver wakes its queue, the core schedules the queue's discipline, which asks ours for a packet. There never
/// is one: the question itself is the event.
static struct sk_buff* space_dequeue(struct Qdisc* qdisc) {
  struct lx_net_port* port = lx_net_port_of(qdisc_dev(qdisc));

  if (port && port->space_wanted && !netif_xmit_frozen_or_stopped(port->txq)) {
    port->space_wanted = false;
    lxk_net_space(port->kit_port);
  }
  return NULL;
}

static int space_enqueue(struct sk_buff* skb, struct Qdisc* qdisc, struct sk_buff** to_free) {
  return qdisc_drop(skb, qdisc, to_free);
}

static struct Qdisc_ops space_qdisc_ops = {
    .id = "graft_space",
    .enqueue = space_enqueue,
    .dequeue = space_dequeue,
    .peek = space_dequeue,
};

int lx_net_tx_install_space_event(struct lx_net_port* port) {
  struct Qdisc* qdisc = qdisc_create_dflt(port->txq, &space_qdisc_ops, TC_H_ROOT, NULL);

  if (!qdisc) return -ENOMEM;
  dev_graft_qdisc(port->txq, qdisc);
  rcu_assign_pointer(port->dev->qdisc, qdisc);
  qdisc_refcount_inc(qdisc);
  return 0;
}
