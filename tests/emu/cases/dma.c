// SPDX-License-Identifier: BSD-2-Clause
// DMA mapping: addresses, masks, bounce buffers, balance.
#include "linux-emu/emul/dma.h"

#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/dmapool.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "linux-emu/boundary/environment.h"
#include "linux-emu/boundary/host.h"
#include "linux-emu/emul/memory.h"
#include "tests/emu/case.h"

static struct device* device;
static u64 mask;
static struct device_dma_parameters parameters;

static int prepare(u64 wanted) {
  if (!device) {
    device = kzalloc(sizeof(*device), GFP_KERNEL);
    if (!device) return -ENOMEM;
    device_initialize(device);
    dev_set_name(device, "case");
    device->dma_mask = &mask;
    device->dma_parms = &parameters;
  }
  return dma_set_mask_and_coherent(device, wanted);
}

static void mapping_gives_the_device_address(void) {
  u8* buffer = kmalloc(3000, GFP_KERNEL);
  dma_addr_t address;

  REQUIRE(buffer && !prepare(DMA_BIT_MASK(64)));
  address = dma_map_single(device, buffer + 5, 2000, DMA_TO_DEVICE);
  CHECK(!dma_mapping_error(device, address));
  CHECK(address == virt_to_phys(buffer) + 5);
  CHECK(device->archdata.dma_maps == 1);
  dma_unmap_single(device, address, 2000, DMA_TO_DEVICE);
  CHECK(device->archdata.dma_maps == 0);
  kfree(buffer);
}

/// Memory whose device addresses lie in the upper half of the window.
static void* high_pages(size_t pages, void** held, int* count) {
  u64 half = ((u64)(lx_first_pfn + lx_end_pfn) / 2) << PAGE_SHIFT;

  while (*count < 2000) {
    void* va = lxk_pages_alloc(pages, 1, U64_MAX);

    if (!va) return NULL;
    if (__pa(va) >= half) return va;
    held[(*count)++] = va;
  }
  return NULL;
}

static void memory_beyond_the_mask_is_bounced(void) {
  u64 limit = (((u64)(lx_first_pfn + lx_end_pfn) / 2) << PAGE_SHIFT) - 1;
  void** held = kcalloc(2000, sizeof(void*), GFP_KERNEL);
  unsigned long bounces = lx_dma.bounces;
  dma_addr_t address;
  int count = 0;
  u8* high;

  REQUIRE(held && !prepare(DMA_BIT_MASK(64)));
  high = high_pages(2, held, &count);
  REQUIRE(high);
  // The search has used up what lies below the limit.
  while (count > 4) lxk_pages_free(held[--count], 2);
  mask = limit;

  memset(high, 0x31, 5000);
  address = dma_map_single(device, high + 100, 4000, DMA_BIDIRECTIONAL);
  CHECK(!dma_mapping_error(device, address));
  CHECK(address + 3999 <= limit && lx_dma.bounces == bounces + 1);
  CHECK(dma_need_sync(device, address));
  CHECK(!memchr_inv(phys_to_virt(address), 0x31, 4000));
  // The device writes, the CPU looks.
  memset(phys_to_virt(address), 0x42, 10);
  CHECK(high[100] == 0x31);
  dma_sync_single_for_cpu(device, address, 4000, DMA_BIDIRECTIONAL);
  CHECK(high[100] == 0x42 && high[110] == 0x31);
  // The CPU writes, the device looks.
  high[100 + 50] = 0x53;
  dma_sync_single_for_device(device, address, 4000, DMA_BIDIRECTIONAL);
  CHECK(((u8*)phys_to_virt(address))[50] == 0x53);
  ((u8*)phys_to_virt(address))[60] = 0x64;
  dma_unmap_single(device, address, 4000, DMA_BIDIRECTIONAL);
  CHECK(high[100 + 60] == 0x64 && high[99] == 0x31);
  CHECK(!device->archdata.bounces && device->archdata.dma_maps == 0);

  // No memory for the bounce buffer: an error, and nothing is left.
  lx_fail_allocations(2, 1);
  address = dma_map_single(device, high, 100, DMA_TO_DEVICE);
  lx_fail_allocations(0, 0);
  CHECK(dma_mapping_error(device, address) && device->archdata.dma_maps == 0);

  lxk_pages_free(high, 2);
  while (count) lxk_pages_free(held[--count], 2);
  kfree(held);
}

static void useless_mask_is_refused(void) {
  REQUIRE(!prepare(DMA_BIT_MASK(64)));
  if (!lx_first_pfn) return;
  CHECK(dma_set_mask(device, ((u64)lx_first_pfn << PAGE_SHIFT) - 1) == -EIO);
  CHECK(*device->dma_mask == DMA_BIT_MASK(64));
}

static void coherent_memory_is_zero_aligned_and_counted(void) {
  dma_addr_t address;
  u8* va;

  REQUIRE(!prepare(DMA_BIT_MASK(64)));
  va = dma_alloc_coherent(device, 3 * PAGE_SIZE, &address, GFP_KERNEL);
  REQUIRE(va);
  CHECK(IS_ALIGNED(address, 4 * PAGE_SIZE) && address == virt_to_phys(va));
  CHECK(!memchr_inv(va, 0, 3 * PAGE_SIZE));
  CHECK(device->archdata.dma_coherent == 1);
  dma_free_coherent(device, 3 * PAGE_SIZE, va, address);
  CHECK(device->archdata.dma_coherent == 0);
}

static void lists_map_entry_by_entry_or_not_at_all(void) {
  struct scatterlist list[3];
  u8* buffers[3];
  int i;

  REQUIRE(!prepare(DMA_BIT_MASK(64)));
  sg_init_table(list, 3);
  for (i = 0; i < 3; ++i) {
    buffers[i] = kmalloc(512, GFP_KERNEL);
    REQUIRE(buffers[i]);
    sg_set_buf(&list[i], buffers[i], 512 - i);
  }
  CHECK(dma_map_sg(device, list, 3, DMA_FROM_DEVICE) == 3);
  for (i = 0; i < 3; ++i) {
    CHECK(sg_dma_address(&list[i]) == virt_to_phys(buffers[i]) && sg_dma_len(&list[i]) == 512 - i);
  }
  CHECK(device->archdata.dma_maps == 3);
  dma_unmap_sg(device, list, 3, DMA_FROM_DEVICE);
  mask = virt_to_phys(min(buffers[1], buffers[2])) - 1;
  if (virt_to_phys(buffers[0]) + 512 <= mask) {
    lx_fail_allocations(1, 1);
    CHECK(dma_map_sg(device, list, 3, DMA_FROM_DEVICE) == 0);
    lx_fail_allocations(0, 0);
  }
  CHECK(device->archdata.dma_maps == 0);
  for (i = 0; i < 3; ++i) kfree(buffers[i]);
}

static void pool_blocks_stay_inside_their_boundary(void) {
  struct dma_pool* pool;
  dma_addr_t addresses[40];
  void* blocks[40];
  int i;

  REQUIRE(!prepare(DMA_BIT_MASK(64)));
  pool = dma_pool_create("case", device, 96, 32, 1024);
  REQUIRE(pool);
  for (i = 0; i < 40; ++i) {
    blocks[i] = dma_pool_zalloc(pool, GFP_KERNEL, &addresses[i]);
    REQUIRE(blocks[i]);
    CHECK(IS_ALIGNED(addresses[i], 32) && addresses[i] / 1024 == (addresses[i] + 95) / 1024);
  }
  for (i = 0; i < 40; ++i) dma_pool_free(pool, blocks[i], addresses[i]);
  dma_pool_destroy(pool);
  CHECK(device->archdata.dma_coherent == 0);
}

const struct lx_case lx_cases_dma[] = {
    {"mapping_gives_the_device_address", mapping_gives_the_device_address},
    {"memory_beyond_the_mask_is_bounced", memory_beyond_the_mask_is_bounced},
    {"useless_mask_is_refused", useless_mask_is_refused},
    {"coherent_memory_is_zero_aligned_and_counted", coherent_memory_is_zero_aligned_and_counted},
    {"lists_map_entry_by_entry_or_not_at_all", lists_map_entry_by_entry_or_not_at_all},
    {"pool_blocks_stay_inside_their_boundary", pool_blocks_stay_inside_their_boundary},
    {},
};
