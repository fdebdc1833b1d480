// SPDX-License-Identifier: GPL-2.0-only
// Pages: a map of the memory window, and an allocator that takes blocks from the host and keeps some of them.
#include <asm/dma.h>
#include <graft/error.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/page-flags.h>

#include "linux-emu/boundary/environment.h"
#include "linux-emu/boundary/host.h"
#include "linux-emu/emul/memory.h"

struct page* mem_map;
unsigned long lx_phys_offset, lx_first_pfn, lx_end_pfn;
struct page* lx_zero_page;

struct lx_memory_counters lx_memory;
unsigned long lx_fail_countdown, lx_fail_count;

/// Blocks up to this order are kept when they are freed: 32 KiB is what network buffers are cut from.
#define KEPT_ORDERS 4

static const unsigned int kept_limit[KEPT_ORDERS] = {256, 32, 32, 64};
static struct list_head kept[KEPT_ORDERS];
static unsigned int kept_count[KEPT_ORDERS];

// One byte for each page of the window: 1 + order of the block that starts there, 0 where none of ours does.
static u8* block_order;
static size_t map_pages, order_pages;

int32_t lx_memory_start(void* va, uint64_t phys, uint64_t bytes) {
  unsigned long pages = bytes >> PAGE_SHIFT, i;

  lx_phys_offset = phys - (unsigned long)va;
  lx_first_pfn = phys >> PAGE_SHIFT;
  lx_end_pfn = lx_first_pfn + pages;
  memset(&lx_memory, 0, sizeof(lx_memory));
  lx_fail_count = lx_fail_countdown = 0;
  for (i = 0; i < KEPT_ORDERS; ++i) {
    INIT_LIST_HEAD(&kept[i]);
    kept_count[i] = 0;
  }

  map_pages = DIV_ROUND_UP(pages * sizeof(struct page), PAGE_SIZE);
  order_pages = DIV_ROUND_UP(pages, PAGE_SIZE);
  mem_map = lxk_pages_alloc(map_pages, 1, U64_MAX);
  block_order = lxk_pages_alloc(order_pages, 1, U64_MAX);
  if (!mem_map || !block_order) {
    if (mem_map) lxk_pages_free(mem_map, map_pages);
    if (block_order) lxk_pages_free(block_order, order_pages);
    return GRAFT_E_NOMEM;
  }
  memset(mem_map, 0, pages * sizeof(struct page));
  memset(block_order, 0, pages);
  // Pages of the host hold a reference for ever, so that no donor frees them.
  for (i = 0; i < pages; ++i) {
    set_page_count(mem_map + i, 1);
    page_mapcount_reset(mem_map + i);
  }
  mem_map -= lx_first_pfn;
  block_order -= lx_first_pfn;

  lx_slab_start();
  lx_zero_page = alloc_page(GFP_KERNEL | __GFP_ZERO);
  return lx_zero_page ? GRAFT_OK : GRAFT_E_NOMEM;
}

void lx_memory_stop(void) {
  unsigned long pfn;

  lx_slab_stop();
  for (pfn = lx_first_pfn; pfn < lx_end_pfn; ++pfn) {
    if (block_order[pfn]) lxk_pages_free(pfn_to_virt(pfn), 1ul << (block_order[pfn] - 1));
  }
  lxk_pages_free(mem_map + lx_first_pfn, map_pages);
  lxk_pages_free(block_order + lx_first_pfn, order_pages);
  mem_map = NULL;
  block_order = NULL;
}

void lx_fail_allocations(uint64_t nth, uint64_t count) {
  lx_fail_countdown = nth;
  lx_fail_count = count;
}

static u64 address_limit(gfp_t gfp) {
  if (gfp & __GFP_DMA) return MAX_DMA_ADDRESS - 1;
  if (gfp & __GFP_DMA32) return U32_MAX;
  return U64_MAX;
}

static struct page* take_kept(unsigned int order, u64 limit) {
  struct page* page;

  if (order >= KEPT_ORDERS) return NULL;
  list_for_each_entry(page, &kept[order], lru) {
    if (page_to_phys(page) + (PAGE_SIZE << order) - 1 > limit) continue;
    list_del(&page->lru);
    --kept_count[order];
    lx_memory.pages_cached -= 1ul << order;
    return page;
  }
  return NULL;
}

static struct page* take_from_host(unsigned int order, u64 limit) {
  void* va = lxk_pages_alloc(1ul << order, 1ul << order, limit);

  ++lx_memory.host_page_calls;
  if (!va) return NULL;
  if (block_order[virt_to_pfn(va)]) lxk_panic("osenv.page_alloc gave pages that are in use");
  block_order[virt_to_pfn(va)] = order + 1;
  return virt_to_page(va);
}

static void make_compound(struct page* page, unsigned int order) {
  unsigned long i;

  __SetPageHead(page);
  for (i = 1; i < 1ul << order; ++i) {
    page[i].mapping = TAIL_MAPPING;
    set_compound_head(page + i, page);
  }
  set_compound_order(page, order);
}

struct page* __alloc_pages(gfp_t gfp, unsigned int order, int node, nodemask_t* nodes) {
  u64 limit = address_limit(gfp);
  struct page* page;

  if (lx_should_fail(gfp)) return NULL;
  if (order >= MAX_ORDER) return NULL;
  page = take_kept(order, limit);
  if (!page) page = take_from_host(order, limit);
  if (!page) {
    if (gfp & __GFP_NOFAIL) lxk_panic("no memory for an allocation that may not fail");
    ++lx_memory.failed;
    return NULL;
  }
  lx_memory.pages_in_use += 1ul << order;
  page->lru.next = NULL;
  page->private = 0;
  set_page_count(page, 1);
  if (order && (gfp & __GFP_COMP)) make_compound(page, order);
  if (gfp & __GFP_ZERO) memset(page_address(page), 0, PAGE_SIZE << order);
  return page;
}

static void free_block(struct page* page) {
  unsigned long pfn = page_to_pfn(page), i;
  unsigned int order;

  if (WARN_ON(!pfn_valid(pfn) || !block_order[pfn])) return;
  order = block_order[pfn] - 1;
  lx_memory.pages_in_use -= 1ul << order;
  for (i = 0; i < 1ul << order; ++i) {
    memset(page + i, 0, sizeof(*page));
    page_mapcount_reset(page + i);
    set_page_count(page + i, 1);
  }
  if (order < KEPT_ORDERS && kept_count[order] < kept_limit[order]) {
    set_page_count(page, 0);
    list_add(&page->lru, &kept[order]);
    ++kept_count[order];
    lx_memory.pages_cached += 1ul << order;
    return;
  }
  block_order[pfn] = 0;
  lxk_pages_free(page_address(page), 1ul << order);
}

void __free_pages(struct page* page, unsigned int order) {
  if (put_page_testzero(page)) free_block(page);
}

void __folio_put(struct folio* folio) { free_block(&folio->page); }

void free_pages(unsigned long va, unsigned int order) {
  if (va) __free_pages(virt_to_page((void*)va), order);
}

unsigned long __get_free_pages(gfp_t gfp, unsigned int order) {
  struct page* page = alloc_pages(gfp & ~__GFP_HIGHMEM, order);

  return page ? (unsigned long)page_address(page) : 0;
}

unsigned long get_zeroed_page(gfp_t gfp) { return __get_free_pages(gfp | __GFP_ZERO, 0); }

void* alloc_pages_exact(size_t bytes, gfp_t gfp) {
  return (void*)__get_free_pages(gfp & ~__GFP_COMP, get_order(bytes));
}

void free_pages_exact(void* va, size_t bytes) { free_pages((unsigned long)va, get_order(bytes)); }
