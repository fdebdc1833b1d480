// SPDX-License-Identifier: BSD-2-Clause
// Pages, objects, fragments, per-CPU memory, and what happens when there is none.
#include "linux-emu/emul/memory.h"

#include <linux/delay.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#include "linux-emu/boundary/environment.h"
#include "tests/emu/case.h"

static void kmalloc_aligns_powers_of_two(void) {
  size_t bytes;

  for (bytes = 1; bytes <= 64 << 10; bytes += bytes < 64 ? 1 : bytes / 3) {
    u8* object = kmalloc(bytes, GFP_KERNEL);

    REQUIRE(object);
    CHECK(IS_ALIGNED((unsigned long)object, 8));
    if (is_power_of_2(bytes)) CHECK(IS_ALIGNED((unsigned long)object, min_t(size_t, bytes, PAGE_SIZE)));
    CHECK(ksize(object) >= bytes);
    CHECK(kmalloc_size_roundup(bytes) == ksize(object));
    memset(object, 0xa5, ksize(object));
    kfree(object);
  }
}

static void kzalloc_is_zero_after_use(void) {
  int round;

  for (round = 0; round < 2; ++round) {
    u8* object = kzalloc(200, GFP_KERNEL);

    REQUIRE(object);
    CHECK(!memchr_inv(object, 0, 200));
    memset(object, 0xff, 200);
    kfree(object);
  }
}

static void objects_do_not_overlap(void) {
  enum { kCount = 300 };
  u8** objects = kcalloc(kCount, sizeof(*objects), GFP_KERNEL);
  unsigned long live = lx_memory.slab_objects;
  int i;

  REQUIRE(objects);
  for (i = 0; i < kCount; ++i) {
    objects[i] = kmalloc(1 + i * 7, GFP_KERNEL);
    REQUIRE(objects[i]);
    memset(objects[i], (u8)i, 1 + i * 7);
  }
  CHECK(lx_memory.slab_objects == live + kCount);
  for (i = 0; i < kCount; ++i) CHECK(!memchr_inv(objects[i], (u8)i, 1 + i * 7));
  for (i = 0; i < kCount; ++i) kfree(objects[i]);
  CHECK(lx_memory.slab_objects == live);
  kfree(objects);
}

static void krealloc_keeps_content(void) {
  u8* object = kmalloc(50, GFP_KERNEL);

  REQUIRE(object);
  memset(object, 0x5a, 50);
  object = krealloc(object, 5000, GFP_KERNEL);
  REQUIRE(object);
  CHECK(!memchr_inv(object, 0x5a, 50));
  kfree(object);
}

static int constructed;

static void construct(void* object) {
  memset(object, 0x11, 100);
  ++constructed;
}

static void cache_constructs_once_and_keeps_content(void) {
  struct kmem_cache* cache = kmem_cache_create("case", 100, 0, 0, construct);
  u8* object;
  int before;

  REQUIRE(cache);
  object = kmem_cache_alloc(cache, GFP_KERNEL);
  REQUIRE(object);
  CHECK(!memchr_inv(object, 0x11, 100));
  object[0] = 0x22;
  before = constructed;
  kmem_cache_free(cache, object);
  CHECK(kmem_cache_alloc(cache, GFP_KERNEL) == object);
  CHECK(object[0] == 0x22 && object[99] == 0x11);
  CHECK(constructed == before);
  kmem_cache_free(cache, object);
  kmem_cache_destroy(cache);
}

static void cache_aligns_to_lines(void) {
  struct kmem_cache* cache = kmem_cache_create("case", 72, 0, SLAB_HWCACHE_ALIGN, NULL);
  void* objects[8];

  REQUIRE(cache);
  REQUIRE(kmem_cache_alloc_bulk(cache, GFP_KERNEL, 8, objects) == 8);
  for (int i = 0; i < 8; ++i) CHECK(IS_ALIGNED((unsigned long)objects[i], 64));
  kmem_cache_free_bulk(cache, 8, objects);
  kmem_cache_destroy(cache);
}

static void pages_are_aligned_and_mapped(void) {
  unsigned int order;

  for (order = 0; order < 6; ++order) {
    struct page* page = alloc_pages(GFP_KERNEL | __GFP_ZERO, order);
    void* va;

    REQUIRE(page);
    va = page_address(page);
    CHECK(IS_ALIGNED((unsigned long)va, PAGE_SIZE << order));
    CHECK(!memchr_inv(va, 0, PAGE_SIZE << order));
    CHECK(virt_to_page(va) == page && virt_to_page(va + 100) == page);
    CHECK(__va(__pa(va)) == va && page_to_phys(page) == __pa(va));
    CHECK(page_count(page) == 1);
    __free_pages(page, order);
  }
}

static void compound_pages_know_their_head(void) {
  struct page* page = alloc_pages(GFP_KERNEL | __GFP_COMP, 3);
  unsigned long in_use = lx_memory.pages_in_use;

  REQUIRE(page);
  CHECK(virt_to_head_page(page_address(page) + 5 * PAGE_SIZE) == page);
  CHECK(compound_order(page) == 3);
  get_page(page + 2);
  __free_pages(page, 3);
  CHECK(lx_memory.pages_in_use == in_use);
  put_page(page + 2);
  CHECK(lx_memory.pages_in_use == in_use - 8);
}

static void address_limits_are_kept(void) {
  struct page* page = alloc_page(GFP_KERNEL | GFP_DMA32);
  bool window_reaches_isa = lx_first_pfn < (16 << 20 >> PAGE_SHIFT);

  REQUIRE(page);
  CHECK(page_to_phys(page) < 1ull << 32);
  __free_page(page);
  page = alloc_page(GFP_KERNEL | GFP_DMA | __GFP_NOWARN);
  CHECK((page != NULL) <= window_reaches_isa);
  if (!page) return;
  CHECK(page_to_phys(page) < 16 << 20);
  __free_page(page);
}

static void fragments_share_a_block(void) {
  struct page_frag_cache cache = {};
  unsigned long in_use = lx_memory.pages_in_use;
  void *first, *second, *rest[40];
  int i;

  first = page_frag_alloc_align(&cache, 100, GFP_ATOMIC, ~0u);
  second = page_frag_alloc_align(&cache, 2000, GFP_ATOMIC, ~63u);
  REQUIRE(first && second);
  CHECK(virt_to_head_page(first) == virt_to_head_page(second));
  CHECK(IS_ALIGNED((unsigned long)second, 64) && second + 2000 <= first);
  for (i = 0; i < 40; ++i) {
    rest[i] = page_frag_alloc_align(&cache, 2048, GFP_ATOMIC, ~0u);
    REQUIRE(rest[i]);
    memset(rest[i], i, 2048);
  }
  for (i = 0; i < 40; ++i) CHECK(!memchr_inv(rest[i], i, 2048));
  for (i = 0; i < 40; ++i) page_frag_free(rest[i]);
  page_frag_free(first);
  page_frag_free(second);
  __page_frag_cache_drain(virt_to_page(cache.va), cache.pagecnt_bias);
  CHECK(lx_memory.pages_in_use == in_use);
}

static void vmalloc_and_percpu(void) {
  u8* va = vzalloc(300000);
  u64 __percpu* counter = alloc_percpu(u64);

  REQUIRE(va && counter);
  CHECK(!memchr_inv(va, 0, 300000));
  CHECK(*this_cpu_ptr(counter) == 0);
  this_cpu_add(*counter, 5);
  CHECK(*per_cpu_ptr(counter, 0) == 5);
  free_percpu(counter);
  vfree(va);
}

static void injected_failures_leave_nothing_behind(void) {
  unsigned long objects, large;
  int nth, failures = 0;

  // Once undisturbed, so that caches that stay are there.
  destroy_workqueue(alloc_workqueue("case", WQ_MEM_RECLAIM, 1));
  rcu_barrier();
  msleep(5);
  objects = lx_memory.slab_objects;
  large = lx_memory.large_bytes;
  for (nth = 1; nth < 100; ++nth) {
    struct workqueue_struct* queue;

    lx_fail_allocations(nth, 1);
    queue = alloc_workqueue("case", WQ_MEM_RECLAIM, 1);
    lx_fail_allocations(0, 0);
    if (queue) {
      destroy_workqueue(queue);
      CHECK(lx_memory.large_bytes == large);
      if (nth > failures + 1) break;
    } else {
      ++failures;
    }
    // Threads that ended are freed when they have left their stacks.
    msleep(5);
    CHECK(lx_memory.slab_objects == objects);
  }
  CHECK(failures >= 3);
}

static void packets_survive_failures(void) {
  unsigned long objects = lx_memory.slab_objects;
  int nth, failures = 0;

  for (nth = 1; nth < 10; ++nth) {
    struct sk_buff* skb;

    lx_fail_allocations(nth, 1);
    skb = alloc_skb(1500, GFP_ATOMIC | __GFP_NOWARN);
    lx_fail_allocations(0, 0);
    if (!skb) ++failures;
    kfree_skb(skb);
    CHECK(lx_memory.slab_objects == objects);
  }
  // The descriptor and the data, and the pages of either if a slab was used up.
  CHECK(failures >= 2 && failures <= 4);
}

const struct lx_case lx_cases_memory[] = {
    {"kmalloc_aligns_powers_of_two", kmalloc_aligns_powers_of_two},
    {"kzalloc_is_zero_after_use", kzalloc_is_zero_after_use},
    {"objects_do_not_overlap", objects_do_not_overlap},
    {"krealloc_keeps_content", krealloc_keeps_content},
    {"cache_constructs_once_and_keeps_content", cache_constructs_once_and_keeps_content},
    {"cache_aligns_to_lines", cache_aligns_to_lines},
    {"pages_are_aligned_and_mapped", pages_are_aligned_and_mapped},
    {"compound_pages_know_their_head", compound_pages_know_their_head},
    {"address_limits_are_kept", address_limits_are_kept},
    {"fragments_share_a_block", fragments_share_a_block},
    {"vmalloc_and_percpu", vmalloc_and_percpu},
    {"injected_failures_leave_nothing_behind", injected_failures_leave_nothing_behind},
    {"packets_survive_failures", packets_survive_failures},
    {},
};
