// SPDX-License-Identifier: GPL-2.0-only
/// Sending a packet as two pieces: a copied header and the caller's memory.
///
/// The header lies in a head that is used again and again. A head begins with the completion object and keeps a
/// reference of its own to its page, so that a driver's free does not give the memory back; the descriptor comes from
/// the core's cache of those just freed. So nothing is allocated for a packet once there are enough heads.
#include <linux/etherdevice.h>
#include <linux/mm.h>
#include <linux/skbuff.h>

#include "linux-emu/emul/net/port.h"

#define HEAD_BYTES 1024

struct head {
  struct ubuf_info ubuf;
  union {
    void* cookie;       ///< in flight
    struct head* next;  ///< free
  };
  unsigned char buffer[] __aligned(SMP_CACHE_BYTES);  ///< of the descriptor
};

#define BUFFER_BYTES (HEAD_BYTES - sizeof(struct head))

static_assert(PAGE_SIZE % HEAD_BYTES == 0);

static struct head* free_heads;

/// Called when the last descriptor that refers to the memory lets go of it. The buffer itself is freed after this, and
/// used again after that at the earliest.
static void gathered_done(struct sk_buff* skb, struct ubuf_info* ubuf, bool success) {
  struct head* head = container_of(ubuf, struct head, ubuf);

  if (!refcount_dec_and_test(&ubuf->refcnt)) return;
  lxk_net_tx_done(head->cookie);
  head->next = free_heads;
  free_heads = head;
}

/// Makes a page of heads.
static noinline struct head* make_heads(void) {
  struct page* page = alloc_page(GFP_ATOMIC | __GFP_NOWARN);
  unsigned offset;

  BUILD_BUG_ON(SKB_WITH_OVERHEAD(BUFFER_BYTES) < LX_NET_HEADROOM + LX_NET_HEADER_BYTES);
  if (!page) return NULL;
  page_ref_add(page, PAGE_SIZE / HEAD_BYTES - 1);
  for (offset = 0; offset < PAGE_SIZE; offset += HEAD_BYTES) {
    struct head* head = page_address(page) + offset;

    head->ubuf = (struct ubuf_info){.callback = gathered_done, .flags = SKBFL_ZEROCOPY_FRAG | SKBFL_DONT_ORPHAN};
    head->next = free_heads;
    free_heads = head;
  }
  return free_heads;
}

void lx_net_tx_drop_heads(void) {
  while (free_heads) {
    struct head* head = free_heads;

    free_heads = head->next;
    put_page(virt_to_page(head));
  }
}

static struct sk_buff* take_head(void) {
  struct head* head = likely(free_heads) ? free_heads : make_heads();
  struct sk_buff* skb = likely(head) ? napi_build_skb(head->buffer, BUFFER_BYTES) : NULL;

  if (unlikely(!skb)) return NULL;
  free_heads = head->next;
  get_page(virt_to_page(head));
  refcount_set(&head->ubuf.refcnt, 1);
  skb_zcopy_init(skb, &head->ubuf);
  return skb;
}

static noinline enum lx_net_result refuse(struct lx_net_port* port, enum lx_net_result result, void* cookie) {
  lxk_net_tx_done(cookie);
  return result;
}

static __always_inline void copy_header(unsigned char* to, const unsigned char* from) {
  unsigned i;

  // Pieces that the compiler copies in place; the whole would be a call.
  for (i = 0; i < LX_NET_HEADER_BYTES; i += 32) memcpy(to + i, from + i, 32);
}

enum lx_net_result lx_net_tx_gathered(struct lx_net_port* port, const struct lx_net_gathered* packet, bool more) {
  struct sk_buff* skb;
  struct page* page;

  if (unlikely(!lx_net_may_send(port))) return refuse(port, lx_net_tx_refusal(port), packet->cookie);
  skb = take_head();
  if (unlikely(!skb)) return refuse(port, LX_NET_NOMEM, packet->cookie);
  container_of(skb_uarg(skb), struct head, ubuf)->cookie = packet->cookie;
  skb_reserve(skb, LX_NET_HEADROOM);
  copy_header(skb->data, packet->header);
  skb->dev = port->dev;
  skb_reset_mac_header(skb);
  skb_set_network_header(skb, ETH_HLEN);
  skb->protocol = eth_hdr(skb)->h_proto;
  __skb_put(skb, LX_NET_HEADER_BYTES);
  page = virt_to_page(packet->rest);
  get_page(page);
  __skb_fill_page_desc(skb, 0, page, offset_in_page(packet->rest), packet->rest_bytes);
  skb_shinfo(skb)->nr_frags = 1;
  skb->len += packet->rest_bytes;
  skb->data_len = packet->rest_bytes;
  skb->truesize += packet->rest_bytes;
  return lx_net_tx_hand_over(port, skb, more);
}
