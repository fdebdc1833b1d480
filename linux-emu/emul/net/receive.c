// SPDX-License-Identifier: GPL-2.0-only
/// Receiving: socket buffers that a driver hands up go to the kit as they are, at the level of napi_gro_receive().
///
/// Donors that call netif_receive_skb() or netif_rx() reach the same place through the device's receive handler. The
/// kit keeps its object in the socket buffer's control block, so no descriptor is allocated for a packet.
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>

#include "glue/world/cpu_state.h"
#include "linux-emu/emul/net/port.h"

static_assert(sizeof(((struct sk_buff*)0)->cb) >= LX_NET_RX_STORAGE_BYTES);

static noinline void drop_malformed(struct lx_net_port* port, struct sk_buff* skb) {
  port->malformed++;
  kfree_skb(skb);
}

/// `skb` starts with its Ethernet header.
static __always_inline void deliver(struct lx_net_port* port, struct sk_buff* skb) {
  struct lx_net_rx packet = {
      .skb = skb,
      .storage = skb->cb,
      .data = skb->data,
      .linear_bytes = skb_headlen(skb),
      .bytes = skb->len,
  };

  if (skb->ip_summed == CHECKSUM_UNNECESSARY) packet.flags |= 2;
  if (unlikely(skb_vlan_tag_present(skb))) {
    packet.flags |= 4;
    packet.vlan_tag = skb_vlan_tag_get(skb);
  }
  lxk_net_receive(port->kit_port, &packet);
}

static noinline void keep_for_later(struct lx_net_port* port, struct sk_buff* skb) {
  __skb_queue_tail(&port->pending, skb);
  tasklet_schedule(&port->deliver);
}

static __always_inline void input(struct sk_buff* skb) {
  struct lx_net_port* port = lx_net_port_of(skb->dev);
  unsigned pulled;

  if (unlikely(!port)) {
    kfree_skb(skb);
    return;
  }
  pulled = skb->data - skb_mac_header(skb);
  // A header that was never set lies behind everything.
  if (unlikely(pulled > skb_headroom(skb))) {
    drop_malformed(port, skb);
    return;
  }
  __skb_push(skb, pulled);
  if (unlikely(skb->len - ETH_HLEN > port->dev->mtu + VLAN_HLEN)) {
    drop_malformed(port, skb);
    return;
  }
  if (unlikely(graft_this_cpu()->upcall_depth || !skb_queue_empty(&port->pending))) {
    keep_for_later(port, skb);
    return;
  }
  deliver(port, skb);
}

void lx_net_rx_deliver_pending(struct tasklet_struct* tasklet) {
  struct lx_net_port* port = container_of(tasklet, struct lx_net_port, deliver);
  struct sk_buff* skb;

  while (!graft_this_cpu()->upcall_depth && (skb = __skb_dequeue(&port->pending)) != NULL) deliver(port, skb);
  if (!skb_queue_empty(&port->pending)) tasklet_schedule(tasklet);
}

rx_handler_result_t lx_net_rx_handler(struct sk_buff** skb) {
  struct sk_buff* own = skb_share_check(*skb, GFP_ATOMIC);

  *skb = NULL;
  if (own) input(own);
  return RX_HANDLER_CONSUMED;
}

unsigned lx_net_rx_fragments(void* packet, unsigned offset, unsigned bytes, void** addresses, unsigned* lengths,
                             unsigned capacity) {
  struct sk_buff* skb = packet;
  unsigned linear = skb_headlen(skb);
  unsigned count = 0;
  int i;

  if (offset < linear && bytes) {
    unsigned part = min(linear - offset, bytes);

    if (count < capacity) {
      addresses[count] = skb->data + offset;
      lengths[count] = part;
    }
    count++;
    offset += part;
    bytes -= part;
  }
  offset -= linear;
  for (i = 0; i < skb_shinfo(skb)->nr_frags && bytes; i++) {
    const skb_frag_t* frag = &skb_shinfo(skb)->frags[i];
    unsigned part;

    if (offset >= skb_frag_size(frag)) {
      offset -= skb_frag_size(frag);
      continue;
    }
    part = min(skb_frag_size(frag) - offset, bytes);
    if (count < capacity) {
      addresses[count] = skb_frag_address(frag) + offset;
      lengths[count] = part;
    }
    count++;
    offset = 0;
    bytes -= part;
  }
  return count;
}

int lx_net_rx_copy(void* packet, unsigned offset, void* to, unsigned bytes) {
  return skb_copy_bits(packet, offset, to, bytes);
}

void lx_net_rx_free(void* packet) {
  // Where packets are polled for, the descriptor of this one serves the next.
  if (likely(in_serving_softirq())) {
    napi_consume_skb(packet, 1);
  } else {
    consume_skb(packet);
  }
}

// ---- What drivers call ----------------------------------------------------------------------------------------------
// These take the place of the donor's generic receive offload: the host's own stack coalesces if it wants to.

gro_result_t napi_gro_receive(struct napi_struct* napi, struct sk_buff* skb) {
  input(skb);
  return GRO_NORMAL;
}

struct sk_buff* napi_get_frags(struct napi_struct* napi) {
  if (!napi->skb) napi->skb = napi_alloc_skb(napi, LX_NET_SMALL_BYTES);
  return napi->skb;
}

gro_result_t napi_gro_frags(struct napi_struct* napi) {
  struct sk_buff* skb = napi->skb;

  napi->skb = NULL;
  if (unlikely(!pskb_may_pull(skb, ETH_HLEN))) {
    struct lx_net_port* port = lx_net_port_of(napi->dev);

    if (port) port->malformed++;
    kfree_skb(skb);
    return GRO_NORMAL;
  }
  skb->protocol = eth_type_trans(skb, napi->dev);
  input(skb);
  return GRO_NORMAL;
}

void napi_gro_flush(struct napi_struct* napi, bool flush_old) {}
