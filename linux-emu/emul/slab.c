// SPDX-License-Identifier: GPL-2.0-only
// Objects: caches of equal size on blocks of pages, and kmalloc on top of them.
//
// The first page of a slab keeps its state: `mapping` the cache, `private` the free objects, `index` how many are in
// use, `lru` its place among the slabs that have room. No locks: donors run one at a time, and nothing here is a safe
// point at which an interrupt could come in.
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "linux-emu/boundary/host.h"
#include "linux-emu/emul/memory.h"

struct kmem_cache {
  const char* name;
  unsigned int object_bytes;  ///< what the user may use
  unsigned int stride_bytes;
  unsigned int link_offset;  ///< where a free object holds the pointer to the next
  unsigned int order;
  unsigned int objects_per_slab;
  unsigned int empty_slabs;  ///< in `partial`, nothing in use
  slab_flags_t flags;
  void (*constructor)(void*);
  struct list_head partial;  ///< slabs with room
  unsigned long live;
  struct list_head all;
};

/// Empty slabs that a cache keeps against the next wave.
#define KEPT_EMPTY_SLABS 8

#define KMALLOC_LARGEST 8192

DEFINE_STATIC_KEY_FALSE(init_on_alloc);
DEFINE_STATIC_KEY_FALSE(init_on_free);

static const unsigned int kmalloc_bytes[] = {8, 16, 32, 64, 96, 128, 192, 256, 512, 1024, 2048, 4096, KMALLOC_LARGEST};
static struct kmem_cache kmalloc_cache[ARRAY_SIZE(kmalloc_bytes)];
/// Index into kmalloc_cache by (size - 1) / 8, for sizes up to 256.
static u8 kmalloc_small[32];
static LIST_HEAD(all_caches);

static void cache_init(struct kmem_cache* cache, const char* name, unsigned int bytes, unsigned int align,
                       slab_flags_t flags, void (*constructor)(void*)) {
  memset(cache, 0, sizeof(*cache));
  cache->name = name;
  cache->object_bytes = bytes;
  cache->flags = flags;
  cache->constructor = constructor;
  // A constructed object keeps its content while it is free, so the link lies behind it.
  cache->link_offset = constructor ? ALIGN(bytes, sizeof(void*)) : 0;
  cache->stride_bytes =
      ALIGN(max_t(unsigned int, cache->link_offset + (constructor ? sizeof(void*) : 0), max_t(unsigned int, bytes, 8)),
            max_t(unsigned int, align, 8));
  cache->order = min_t(unsigned int, get_order(cache->stride_bytes * 8ul), 3);
  if (cache->stride_bytes > PAGE_SIZE << cache->order) cache->order = get_order(cache->stride_bytes);
  cache->objects_per_slab = (PAGE_SIZE << cache->order) / cache->stride_bytes;
  INIT_LIST_HEAD(&cache->partial);
  list_add_tail(&cache->all, &all_caches);
}

void lx_slab_start(void) {
  unsigned int i, small;

  INIT_LIST_HEAD(&all_caches);
  for (i = 0; i < ARRAY_SIZE(kmalloc_bytes); ++i) {
    unsigned int bytes = kmalloc_bytes[i];
    // Powers of two are aligned to themselves, the two others to what divides them.
    cache_init(&kmalloc_cache[i], "kmalloc", bytes, bytes & -bytes, 0, NULL);
  }
  for (small = 0; small < ARRAY_SIZE(kmalloc_small); ++small) {
    for (i = 0; kmalloc_bytes[i] < (small + 1) * 8; ++i) {
    }
    kmalloc_small[small] = i;
  }
}

void lx_slab_stop(void) { INIT_LIST_HEAD(&all_caches); }

static inline void** link_of(const struct kmem_cache* cache, void* object) { return object + cache->link_offset; }

static struct page* new_slab(struct kmem_cache* cache, gfp_t gfp) {
  struct page* page = alloc_pages((gfp & ~__GFP_ZERO) | __GFP_COMP, cache->order);
  void *object, *first = NULL;
  unsigned int i;

  if (!page) return NULL;
  __SetPageSlab(page);
  page->mapping = (void*)cache;
  page->index = 0;
  for (i = cache->objects_per_slab; i--;) {
    object = page_address(page) + i * cache->stride_bytes;
    if (cache->constructor) cache->constructor(object);
    *link_of(cache, object) = first;
    first = object;
  }
  page->private = (unsigned long)first;
  list_add(&page->lru, &cache->partial);
  ++cache->empty_slabs;
  return page;
}

static void discard_slab(struct kmem_cache* cache, struct page* page) {
  list_del(&page->lru);
  --cache->empty_slabs;
  __ClearPageSlab(page);
  page->mapping = NULL;
  __free_pages(page, cache->order);
}

static __always_inline void* take_object(struct kmem_cache* cache, gfp_t gfp) {
  struct page* page;
  void* object;

  if (lx_should_fail(gfp)) return NULL;
  page = list_first_entry_or_null(&cache->partial, struct page, lru);
  if (unlikely(!page)) {
    page = new_slab(cache, gfp);
    if (!page) return NULL;
  }
  object = (void*)page->private;
  page->private = (unsigned long)*link_of(cache, object);
  if (page->index++ == 0) --cache->empty_slabs;
  if (!page->private) list_del(&page->lru);
  ++cache->live;
  ++lx_memory.slab_objects;
  lx_memory.slab_bytes += cache->object_bytes;
  if (gfp & __GFP_ZERO) memset(object, 0, cache->object_bytes);
  return object;
}

#ifdef CONFIG_DEBUG_LIST
static bool is_free(struct kmem_cache* cache, struct page* page, void* object) {
  void* free;

  for (free = (void*)page->private; free; free = *link_of(cache, free)) {
    if (free == object) return true;
  }
  return false;
}
#endif

static __always_inline void give_object(struct kmem_cache* cache, struct page* page, void* object) {
#ifdef CONFIG_DEBUG_LIST
  if (WARN(is_free(cache, page, object), "object %px of cache %s is freed twice\n", object, cache->name)) return;
  if (!cache->constructor && !(cache->flags & SLAB_TYPESAFE_BY_RCU)) memset(object, 0x6b, cache->object_bytes);
#endif
  if (!page->private) list_add(&page->lru, &cache->partial);
  *link_of(cache, object) = (void*)page->private;
  page->private = (unsigned long)object;
  --cache->live;
  --lx_memory.slab_objects;
  lx_memory.slab_bytes -= cache->object_bytes;
  if (--page->index == 0 && ++cache->empty_slabs > KEPT_EMPTY_SLABS) discard_slab(cache, page);
}

static __always_inline struct kmem_cache* cache_for(size_t bytes) {
  if (bytes <= 256) return &kmalloc_cache[kmalloc_small[(bytes - 1) / 8]];
  // 257..512 is entry 8, and one entry for each further power of two.
  return &kmalloc_cache[fls((unsigned int)bytes - 1) - 1];
}

void* kmalloc_large(size_t bytes, gfp_t gfp) {
  struct page* page = alloc_pages(gfp | __GFP_COMP, get_order(bytes));

  if (!page) return NULL;
  lx_memory.large_bytes += PAGE_SIZE << compound_order(page);
  return page_address(page);
}

void* __kmalloc(size_t bytes, gfp_t gfp) {
  if (unlikely(bytes > KMALLOC_LARGEST)) return kmalloc_large(bytes, gfp);
  if (unlikely(!bytes)) return ZERO_SIZE_PTR;
  return take_object(cache_for(bytes), gfp);
}

void* __kmalloc_node(size_t bytes, gfp_t gfp, int node) { return __kmalloc(bytes, gfp); }

void* __kmalloc_node_track_caller(size_t bytes, gfp_t gfp, int node, unsigned long caller) {
  return __kmalloc(bytes, gfp);
}

void kfree(const void* object) {
  struct page* page;

  if (unlikely(ZERO_OR_NULL_PTR(object))) return;
  if (WARN_ON(!virt_addr_valid(object))) return;
  page = virt_to_head_page(object);
  if (likely(PageSlab(page))) {
    give_object((struct kmem_cache*)page->mapping, page, (void*)object);
    return;
  }
  lx_memory.large_bytes -= PAGE_SIZE << compound_order(page);
  put_page(page);
}

size_t __ksize(const void* object) {
  struct page* page;

  if (ZERO_OR_NULL_PTR(object)) return 0;
  page = virt_to_head_page(object);
  if (PageSlab(page)) return ((struct kmem_cache*)page->mapping)->object_bytes;
  return PAGE_SIZE << compound_order(page);
}

size_t ksize(const void* object) { return __ksize(object); }

size_t kmalloc_size_roundup(size_t bytes) {
  if (!bytes) return 0;
  if (bytes > KMALLOC_LARGEST) return PAGE_SIZE << get_order(bytes);
  return cache_for(bytes)->object_bytes;
}

void* krealloc(const void* object, size_t bytes, gfp_t gfp) {
  void* bigger;

  if (!bytes) {
    kfree(object);
    return ZERO_SIZE_PTR;
  }
  if (!ZERO_OR_NULL_PTR(object) && __ksize(object) >= bytes) return (void*)object;
  bigger = __kmalloc(bytes, gfp);
  if (bigger && !ZERO_OR_NULL_PTR(object)) {
    memcpy(bigger, object, __ksize(object));
    kfree(object);
  }
  return bigger;
}

void kfree_sensitive(const void* object) {
  if (!ZERO_OR_NULL_PTR(object)) memzero_explicit((void*)object, __ksize(object));
  kfree(object);
}

bool slab_is_available(void) { return true; }

bool kmem_dump_obj(void* object) { return false; }

struct kmem_cache* kmem_cache_create_usercopy(const char* name, unsigned int bytes, unsigned int align,
                                              slab_flags_t flags, unsigned int user_offset, unsigned int user_bytes,
                                              void (*constructor)(void*)) {
  struct kmem_cache* cache = kmalloc(sizeof(*cache), GFP_KERNEL);

  if (!cache) return NULL;
  if (flags & SLAB_HWCACHE_ALIGN) align = max_t(unsigned int, align, bytes > 32 ? 64 : roundup_pow_of_two(bytes));
  cache_init(cache, name, bytes, align, flags, constructor);
  return cache;
}

struct kmem_cache* kmem_cache_create(const char* name, unsigned int bytes, unsigned int align, slab_flags_t flags,
                                     void (*constructor)(void*)) {
  return kmem_cache_create_usercopy(name, bytes, align, flags, 0, 0, constructor);
}

int kmem_cache_shrink(struct kmem_cache* cache) {
  struct page *page, *next;

  list_for_each_entry_safe(page, next, &cache->partial, lru) {
    if (!page->index) discard_slab(cache, page);
  }
  return !list_empty(&cache->partial);
}

void kmem_cache_destroy(struct kmem_cache* cache) {
  if (!cache) return;
  if (WARN(cache->live, "cache %s is destroyed with %lu live objects\n", cache->name, cache->live)) return;
  kmem_cache_shrink(cache);
  list_del(&cache->all);
  kfree(cache);
}

void* kmem_cache_alloc(struct kmem_cache* cache, gfp_t gfp) { return take_object(cache, gfp); }

void* kmem_cache_alloc_lru(struct kmem_cache* cache, struct list_lru* lru, gfp_t gfp) {
  return take_object(cache, gfp);
}

void* kmem_cache_alloc_node(struct kmem_cache* cache, gfp_t gfp, int node) { return take_object(cache, gfp); }

void kmem_cache_free(struct kmem_cache* cache, void* object) {
  struct page* page;

  if (!object) return;
  page = virt_to_head_page(object);
  if (WARN_ON(!PageSlab(page) || page->mapping != (void*)cache)) return;
  give_object(cache, page, object);
}

int kmem_cache_alloc_bulk(struct kmem_cache* cache, gfp_t gfp, size_t count, void** objects) {
  size_t i;

  for (i = 0; i < count; ++i) {
    objects[i] = take_object(cache, gfp);
    if (objects[i]) continue;
    while (i--) kmem_cache_free(cache, objects[i]);
    return 0;
  }
  return count;
}

void kmem_cache_free_bulk(struct kmem_cache* cache, size_t count, void** objects) {
  while (count--) {
    if (cache) {
      kmem_cache_free(cache, objects[count]);
    } else {
      kfree(objects[count]);
    }
  }
}
