// SPDX-License-Identifier: GPL-2.0-only
// Fragments cut from a page that a driver keeps, for receive buffers.
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/mm_types.h>
#include <net/sock.h>

#define BLOCK_ORDER 3

bool skb_page_frag_refill(unsigned int bytes, struct page_frag* fragment, gfp_t gfp) {
  unsigned int order;

  if (fragment->page) {
    // Nobody else holds a part of it: it is as good as new.
    if (page_ref_count(fragment->page) == 1) fragment->offset = 0;
    if (fragment->offset + bytes <= fragment->size) return true;
    put_page(fragment->page);
  }
  fragment->offset = 0;
  for (order = BLOCK_ORDER;; order = 0) {
    gfp_t how = order ? gfp | __GFP_COMP | __GFP_NOWARN | __GFP_NORETRY : gfp;

    fragment->page = alloc_pages(how, order);
    if (fragment->page || !order) break;
  }
  fragment->size = PAGE_SIZE << order;
  return fragment->page != NULL && bytes <= fragment->size;
}
