// SPDX-License-Identifier: GPL-2.0-only
// DMA mapping: the device address of memory in the window, within the device's mask; beyond it through a bounce
// buffer. What a device holds is counted, so that an unbalanced driver shows.
#include <graft/osenv.h>
#include <linux/device.h>
#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "linux-emu/boundary/dma.h"
#include "linux-emu/boundary/host.h"
#include "linux-emu/emul/dma.h"
#include "linux-emu/emul/interrupt.h"
#include "linux-emu/emul/memory.h"

struct lx_dma_counters lx_dma;

struct bounce {
  struct list_head list;
  dma_addr_t address;
  void* buffer;
  void* original;
  size_t bytes;
  size_t pages;
};

static u64 limit_of(struct device* dev) { return dev->dma_mask ? min_not_zero(*dev->dma_mask, dev->bus_dma_limit) : 0; }

static u32 function_of(struct device* dev) {
  if (!dev->archdata.dma_function) {
    struct device* pci = dev;

    while (pci && !dev_is_pci(pci)) pci = pci->parent;
    if (WARN_ON(!pci)) return 0;
    dev->archdata.dma_function = lx_pci_function(to_pci_dev(pci)) + 1ul;
  }
  return dev->archdata.dma_function - 1;
}

static u32 direction_of(enum dma_data_direction direction) {
  switch (direction) {
    case DMA_TO_DEVICE:
      return GRAFT_DMA_TO_DEVICE;
    case DMA_FROM_DEVICE:
      return GRAFT_DMA_FROM_DEVICE;
    default:
      return GRAFT_DMA_BOTH;
  }
}

/// Makes memory that lies below the limit already reachable for the device.
static dma_addr_t map_reachable(struct device* dev, void* va, size_t bytes, enum dma_data_direction direction,
                                u64 limit) {
  u64 address = __pa(va);

  if (lx_dma_has_iommu) {
    if (lxk_dma_map(function_of(dev), va, bytes, direction_of(direction), limit, &address)) return DMA_MAPPING_ERROR;
  } else if (address + bytes - 1 > limit) {
    return DMA_MAPPING_ERROR;
  }
  return address;
}

static void unmap_reachable(struct device* dev, dma_addr_t address, size_t bytes, enum dma_data_direction direction) {
  if (lx_dma_has_iommu) lxk_dma_unmap(function_of(dev), address, bytes, direction_of(direction));
}

static dma_addr_t map_bounced(struct device* dev, void* va, size_t bytes, enum dma_data_direction direction,
                              unsigned long attrs, u64 limit) {
  struct bounce* bounce = kmalloc(sizeof(*bounce), GFP_ATOMIC);

  if (!bounce) return DMA_MAPPING_ERROR;
  bounce->pages = DIV_ROUND_UP(bytes, PAGE_SIZE);
  bounce->buffer = lx_should_fail(GFP_ATOMIC) ? NULL : lxk_pages_alloc(bounce->pages, 1, limit);
  if (!bounce->buffer) goto no_buffer;
  bounce->original = va;
  bounce->bytes = bytes;
  bounce->address = map_reachable(dev, bounce->buffer, bytes, direction, limit);
  if (bounce->address == DMA_MAPPING_ERROR) goto no_mapping;
  // Also for reading: a device that writes less than it was given must not make old content appear.
  memcpy(bounce->buffer, va, bytes);
  if (!dev->archdata.bounces) {
    dev->archdata.bounces = kmalloc(sizeof(struct list_head), GFP_ATOMIC);
    if (!dev->archdata.bounces) goto no_list;
    INIT_LIST_HEAD(dev->archdata.bounces);
  }
  list_add(&bounce->list, dev->archdata.bounces);
  ++lx_dma.bounces;
  lx_dma.bounced_bytes += bytes;
  return bounce->address;

no_list:
  unmap_reachable(dev, bounce->address, bytes, direction);
no_mapping:
  lxk_pages_free(bounce->buffer, bounce->pages);
no_buffer:
  kfree(bounce);
  return DMA_MAPPING_ERROR;
}

static struct bounce* find_bounce(struct device* dev, dma_addr_t address) {
  struct bounce* bounce;

  if (likely(!dev->archdata.bounces)) return NULL;
  list_for_each_entry(bounce, dev->archdata.bounces, list) {
    if (address - bounce->address < bounce->bytes) return bounce;
  }
  return NULL;
}

static void free_bounce(struct device* dev, struct bounce* bounce) {
  list_del(&bounce->list);
  if (list_empty(dev->archdata.bounces)) {
    kfree(dev->archdata.bounces);
    dev->archdata.bounces = NULL;
  }
  lxk_pages_free(bounce->buffer, bounce->pages);
  kfree(bounce);
}

static noinline dma_addr_t map_slowly(struct device* dev, void* va, size_t bytes, enum dma_data_direction direction,
                                      unsigned long attrs) {
  u64 limit = limit_of(dev);
  dma_addr_t address;

  if (WARN_ON_ONCE(!limit)) return DMA_MAPPING_ERROR;
  address = map_reachable(dev, va, bytes, direction, limit);
  if (address == DMA_MAPPING_ERROR) address = map_bounced(dev, va, bytes, direction, attrs, limit);
  if (address == DMA_MAPPING_ERROR) {
    ++lx_dma.failed;
    return address;
  }
  ++dev->archdata.dma_maps;
  ++lx_dma.maps;
  return address;
}

dma_addr_t dma_map_page_attrs(struct device* dev, struct page* page, size_t offset, size_t bytes,
                              enum dma_data_direction direction, unsigned long attrs) {
  dma_addr_t address = page_to_phys(page) + offset;

  // The first two are one test for two rare things.
  if (unlikely(((unsigned long)lx_dma_has_iommu | dev->bus_dma_limit) || !dev->dma_mask ||
               address + bytes - 1 > *dev->dma_mask)) {
    return map_slowly(dev, page_address(page) + offset, bytes, direction, attrs);
  }
  ++dev->archdata.dma_maps;
  ++lx_dma.maps;
  return address;
}

static noinline void unmap_slowly(struct device* dev, dma_addr_t address, size_t bytes,
                                  enum dma_data_direction direction, unsigned long attrs) {
  struct bounce* bounce = find_bounce(dev, address);

  if (!bounce) {
    unmap_reachable(dev, address, bytes, direction);
    return;
  }
  if (direction != DMA_TO_DEVICE && !(attrs & DMA_ATTR_SKIP_CPU_SYNC)) {
    memcpy(bounce->original, bounce->buffer, min(bytes, bounce->bytes));
  }
  unmap_reachable(dev, bounce->address, bounce->bytes, direction);
  free_bounce(dev, bounce);
}

void dma_unmap_page_attrs(struct device* dev, dma_addr_t address, size_t bytes, enum dma_data_direction direction,
                          unsigned long attrs) {
  --dev->archdata.dma_maps;
  ++lx_dma.unmaps;
  if (unlikely(lx_dma_has_iommu || dev->archdata.bounces)) unmap_slowly(dev, address, bytes, direction, attrs);
}

void dma_sync_single_for_cpu(struct device* dev, dma_addr_t address, size_t bytes, enum dma_data_direction direction) {
  struct bounce* bounce = find_bounce(dev, address);

  if (unlikely(bounce) && direction != DMA_TO_DEVICE) {
    memcpy(bounce->original + (address - bounce->address), bounce->buffer + (address - bounce->address), bytes);
  }
}

void dma_sync_single_for_device(struct device* dev, dma_addr_t address, size_t bytes,
                                enum dma_data_direction direction) {
  struct bounce* bounce = find_bounce(dev, address);

  if (unlikely(bounce) && direction != DMA_FROM_DEVICE) {
    memcpy(bounce->buffer + (address - bounce->address), bounce->original + (address - bounce->address), bytes);
  }
}

static int map_list(struct device* dev, struct scatterlist* list, int entries, enum dma_data_direction direction,
                    unsigned long attrs) {
  struct scatterlist* entry;
  int i;

  for_each_sg(list, entry, entries, i) {
    entry->dma_address = dma_map_page_attrs(dev, sg_page(entry), entry->offset, entry->length, direction, attrs);
    if (entry->dma_address == DMA_MAPPING_ERROR) {
      dma_unmap_sg_attrs(dev, list, i, direction, attrs | DMA_ATTR_SKIP_CPU_SYNC);
      return 0;
    }
    sg_dma_len(entry) = entry->length;
  }
  return entries;
}

unsigned int dma_map_sg_attrs(struct device* dev, struct scatterlist* list, int entries,
                              enum dma_data_direction direction, unsigned long attrs) {
  return map_list(dev, list, entries, direction, attrs);
}

int dma_map_sgtable(struct device* dev, struct sg_table* table, enum dma_data_direction direction,
                    unsigned long attrs) {
  int mapped = map_list(dev, table->sgl, table->orig_nents, direction, attrs);

  if (!mapped) return -ENOMEM;
  table->nents = mapped;
  return 0;
}

void dma_unmap_sg_attrs(struct device* dev, struct scatterlist* list, int entries, enum dma_data_direction direction,
                        unsigned long attrs) {
  struct scatterlist* entry;
  int i;

  for_each_sg(list, entry, entries, i) {
    dma_unmap_page_attrs(dev, entry->dma_address, sg_dma_len(entry), direction, attrs);
  }
}

void dma_sync_sg_for_cpu(struct device* dev, struct scatterlist* list, int entries, enum dma_data_direction direction) {
  struct scatterlist* entry;
  int i;

  for_each_sg(list, entry, entries, i) dma_sync_single_for_cpu(dev, entry->dma_address, sg_dma_len(entry), direction);
}

void dma_sync_sg_for_device(struct device* dev, struct scatterlist* list, int entries,
                            enum dma_data_direction direction) {
  struct scatterlist* entry;
  int i;

  for_each_sg(list, entry, entries, i)
      dma_sync_single_for_device(dev, entry->dma_address, sg_dma_len(entry), direction);
}

// ---- Coherent memory
// -------------------------------------------------------------------------------------------------

// x86 keeps caches and devices coherent, so this is ordinary memory within the coherent mask.
void* dma_alloc_attrs(struct device* dev, size_t bytes, dma_addr_t* out_address, gfp_t gfp, unsigned long attrs) {
  size_t pages = DIV_ROUND_UP(bytes, PAGE_SIZE);
  u64 limit = min_not_zero(dev->coherent_dma_mask, dev->bus_dma_limit);
  void* va;

  if (!bytes || lx_should_fail(gfp)) return NULL;
  va = lxk_pages_alloc(pages, roundup_pow_of_two(pages), lx_dma_has_iommu ? U64_MAX : limit);
  if (!va) {
    ++lx_dma.failed;
    return NULL;
  }
  *out_address = map_reachable(dev, va, pages << PAGE_SHIFT, DMA_BIDIRECTIONAL, limit);
  if (*out_address == DMA_MAPPING_ERROR) {
    lxk_pages_free(va, pages);
    ++lx_dma.failed;
    return NULL;
  }
  memset(va, 0, pages << PAGE_SHIFT);
  ++dev->archdata.dma_coherent;
  ++lx_dma.coherent_buffers;
  lx_dma.coherent_pages += pages;
  return va;
}

void dma_free_attrs(struct device* dev, size_t bytes, void* va, dma_addr_t address, unsigned long attrs) {
  size_t pages = DIV_ROUND_UP(bytes, PAGE_SIZE);

  if (!va) return;
  unmap_reachable(dev, address, pages << PAGE_SHIFT, DMA_BIDIRECTIONAL);
  lxk_pages_free(va, pages);
  --dev->archdata.dma_coherent;
  --lx_dma.coherent_buffers;
  lx_dma.coherent_pages -= pages;
}

struct managed {
  size_t bytes;
  void* va;
  dma_addr_t address;
};

static void release_managed(struct device* dev, void* resource) {
  struct managed* managed = resource;

  dma_free_attrs(dev, managed->bytes, managed->va, managed->address, 0);
}

static int match_managed(struct device* dev, void* resource, void* va) { return ((struct managed*)resource)->va == va; }

void* dmam_alloc_attrs(struct device* dev, size_t bytes, dma_addr_t* out_address, gfp_t gfp, unsigned long attrs) {
  struct managed* managed = devres_alloc(release_managed, sizeof(*managed), gfp);

  if (!managed) return NULL;
  managed->va = dma_alloc_attrs(dev, bytes, out_address, gfp, attrs);
  if (!managed->va) {
    devres_free(managed);
    return NULL;
  }
  managed->bytes = bytes;
  managed->address = *out_address;
  devres_add(dev, managed);
  return managed->va;
}

void dmam_free_coherent(struct device* dev, size_t bytes, void* va, dma_addr_t address) {
  WARN_ON(devres_release(dev, release_managed, match_managed, va));
}

// ---- Masks and limits
// ------------------------------------------------------------------------------------------------

/// A mask is useful if the device reaches some memory of the window, for bounce buffers at least.
static bool mask_is_useful(u64 mask) { return lx_dma_has_iommu || mask > (u64)lx_first_pfn << PAGE_SHIFT; }

int dma_supported(struct device* dev, u64 mask) { return mask_is_useful(mask); }

int dma_set_mask(struct device* dev, u64 mask) {
  if (!dev->dma_mask || !mask_is_useful(mask)) return -EIO;
  *dev->dma_mask = mask;
  return 0;
}

int dma_set_coherent_mask(struct device* dev, u64 mask) {
  if (!mask_is_useful(mask)) return -EIO;
  dev->coherent_dma_mask = mask;
  return 0;
}

u64 dma_get_required_mask(struct device* dev) { return DMA_BIT_MASK(fls64((u64)lx_end_pfn << PAGE_SHIFT)); }

size_t dma_max_mapping_size(struct device* dev) { return SIZE_MAX; }

size_t dma_opt_mapping_size(struct device* dev) { return SIZE_MAX; }

/// Whether dma_sync_*() do anything, so that drivers may skip them.
bool dma_need_sync(struct device* dev, dma_addr_t address) { return find_bounce(dev, address) != NULL; }

unsigned long dma_get_merge_boundary(struct device* dev) { return 0; }

bool dma_pci_p2pdma_supported(struct device* dev) { return false; }

bool dma_can_mmap(struct device* dev) { return false; }
