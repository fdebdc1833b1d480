// SPDX-License-Identifier: GPL-2.0-only
// Allocations that are kmalloc under another name, since there is no MMU and one CPU; and fragments of pages.
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

void* vmalloc(unsigned long bytes) { return kmalloc(bytes, GFP_KERNEL); }

void* vzalloc(unsigned long bytes) { return kzalloc(bytes, GFP_KERNEL); }

void* vmalloc_node(unsigned long bytes, int node) { return vmalloc(bytes); }

void* vzalloc_node(unsigned long bytes, int node) { return vzalloc(bytes); }

void* __vmalloc(unsigned long bytes, gfp_t gfp) { return kmalloc(bytes, gfp); }

void* __vmalloc_node_range(unsigned long bytes, unsigned long align, unsigned long start, unsigned long end, gfp_t gfp,
                           pgprot_t prot, unsigned long flags, int node, const void* caller) {
  return kmalloc(bytes, gfp);
}

void vfree(const void* va) { kfree(va); }

struct page* vmalloc_to_page(const void* va) {
  return virt_to_page(va);
}

/// One CPU: one copy. Rounded up to a power of two, kmalloc aligns to the size.
void __percpu* __alloc_percpu_gfp(size_t bytes, size_t align, gfp_t gfp) {
  return (void __percpu*)kzalloc(roundup_pow_of_two(max(bytes, align)), gfp);
}

void __percpu* __alloc_percpu(size_t bytes, size_t align) { return __alloc_percpu_gfp(bytes, align, GFP_KERNEL); }

void free_percpu(void __percpu* object) { kfree((void*)object); }

// ---- Fragments
// -------------------------------------------------------------------------------------------------------

// A block is cut from its end towards its start. The cache holds as many references as it might ever hand out, so that
// handing one out costs no atomic operation; the difference is taken back when the block is used up.

static struct page* refill_fragments(struct page_frag_cache* cache, gfp_t gfp) {
  struct page* page = alloc_pages(gfp | __GFP_COMP | __GFP_NOWARN | __GFP_NORETRY, get_order(PAGE_FRAG_CACHE_MAX_SIZE));
  unsigned int bytes = PAGE_FRAG_CACHE_MAX_SIZE;

  if (!page) {
    page = alloc_pages(gfp, 0);
    bytes = PAGE_SIZE;
  }
  cache->va = page ? page_address(page) : NULL;
  cache->size = bytes;
  return page;
}

void* page_frag_alloc_align(struct page_frag_cache* cache, unsigned int bytes, gfp_t gfp, unsigned int align_mask) {
  struct page* page;
  int offset;

  if (unlikely(!cache->va)) {
    page = refill_fragments(cache, gfp);
    if (!page) return NULL;
    goto fresh;
  }
  offset = cache->offset - bytes;
  if (unlikely(offset < 0)) {
    page = virt_to_page(cache->va);
    if (!page_ref_sub_and_test(page, cache->pagecnt_bias)) {
      page = refill_fragments(cache, gfp);
      if (!page) return NULL;
    } else {
      set_page_count(page, 1);
    }
  fresh:
    page_ref_add(page, PAGE_FRAG_CACHE_MAX_SIZE);
    cache->pagecnt_bias = PAGE_FRAG_CACHE_MAX_SIZE + 1;
    cache->pfmemalloc = false;
    offset = (int)cache->size - (int)bytes;
    if (unlikely(offset < 0)) {
      cache->offset = cache->size;
      return NULL;
    }
  }
  --cache->pagecnt_bias;
  offset &= align_mask;
  cache->offset = offset;
  return cache->va + offset;
}

void page_frag_free(void* va) { put_page(virt_to_head_page(va)); }

void __page_frag_cache_drain(struct page* page, unsigned int count) {
  if (page_ref_sub_and_test(page, count)) __folio_put(page_folio(page));
}
