// SPDX-License-Identifier: GPL-2.0-only
/// What the parts of the memory side share: fault injection and counters.
#ifndef GRAFT_LINUX_EMU_EMUL_MEMORY_H
#define GRAFT_LINUX_EMU_EMUL_MEMORY_H

#include <linux/compiler.h>
#include <linux/gfp.h>
#include <linux/types.h>

struct lx_memory_counters {
  unsigned long pages_in_use;     ///< handed out to donors or to slabs
  unsigned long pages_cached;     ///< free, kept for the next allocation
  unsigned long slab_objects;     ///< live objects of all caches, kmalloc's included
  unsigned long slab_bytes;       ///< their sizes
  unsigned long large_bytes;      ///< kmalloc and vmalloc beyond the largest cache
  unsigned long failed;           ///< allocations that failed, injected ones included
  unsigned long host_page_calls;  ///< times that pages were asked of the host
};
extern struct lx_memory_counters lx_memory;

extern unsigned long lx_fail_countdown, lx_fail_count;

/// True if fault injection wants this allocation to fail.
static inline bool lx_should_fail(gfp_t gfp) {
  if (likely(!lx_fail_count) || (gfp & __GFP_NOFAIL)) return false;
  if (lx_fail_countdown > 1) {
    --lx_fail_countdown;
    return false;
  }
  --lx_fail_count;
  ++lx_memory.failed;
  return true;
}

/// Prepares the kmalloc caches. @context before any allocation
void lx_slab_start(void);

/// Forgets every cache; the pages are given back by the page allocator.
void lx_slab_stop(void);

#endif
