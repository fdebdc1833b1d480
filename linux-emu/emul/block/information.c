// SPDX-License-Identifier: GPL-2.0-only
// What a disk says of itself: limits, size, and the attributes that its drivers would show in sysfs.
#include <linux/blkdev.h>
#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "linux-emu/emul/block/disk.h"

void lx_disk_get_limits(const struct lx_disk* disk, struct lx_disk_limits* out_limits) {
  struct request_queue* q = disk->disk.queue;

  *out_limits = (struct lx_disk_limits){
      .logical_block_bytes = queue_logical_block_size(q),
      .physical_block_bytes = queue_physical_block_size(q),
      .max_segments = min_t(unsigned, queue_max_segments(q), BIO_MAX_VECS),
      .alignment_bytes = max_t(unsigned, queue_dma_alignment(q) + 1, queue_virt_boundary(q) + 1),
      .max_request_bytes = (unsigned long)queue_max_sectors(q) << SECTOR_SHIFT,
      .max_discard_bytes = (unsigned long)q->limits.max_discard_sectors << SECTOR_SHIFT,
      .max_write_zeroes_bytes = (unsigned long)q->limits.max_write_zeroes_sectors << SECTOR_SHIFT,
      .queue_depth = q->nr_requests,
      .read_only = disk->part0.bd_read_only,
      .volatile_cache = test_bit(QUEUE_FLAG_WC, &q->queue_flags),
      .fua = test_bit(QUEUE_FLAG_FUA, &q->queue_flags),
      .rotational = !blk_queue_nonrot(q),
  };
}

unsigned long lx_disk_get_sectors(const struct lx_disk* disk) { return disk->part0.bd_nr_sectors; }

static const struct attribute* find_attribute(const struct attribute_group* const* groups, const char* name) {
  for (; groups && *groups; groups++) {
    struct attribute** attribute;

    for (attribute = (*groups)->attrs; attribute && *attribute; attribute++) {
      if (!strcmp((*attribute)->name, name)) return *attribute;
    }
  }
  return NULL;
}

int lx_disk_get_attribute(const struct lx_disk* disk, const char* name, char* text, unsigned capacity) {
  struct device* own = disk_to_dev((struct gendisk*)&disk->disk);
  struct device* dev;
  const struct attribute* found = NULL;
  char* page;
  int rc = 0;

  text[0] = 0;
  // Some attributes are asked of the device, and it may be taken off meanwhile.
  get_device(own);
  for (dev = own; dev; dev = dev->parent) {
    found = find_attribute(dev->groups, name);
    if (found) break;
  }
  if (!found) goto out;
  page = (char*)get_zeroed_page(GFP_KERNEL);
  rc = -ENOMEM;
  if (!page) goto out;
  rc = container_of(found, struct device_attribute, attr)
           ->show(dev, container_of(found, struct device_attribute, attr), page);
  if (rc >= 0) strscpy(text, strim(page), capacity);
  free_page((unsigned long)page);
out:
  put_device(own);
  return rc < 0 ? rc : 0;
}
