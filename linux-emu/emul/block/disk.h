// SPDX-License-Identifier: GPL-2.0-only
/// A disk as the emulation sees it: what the donor calls a gendisk, and what the kit is told of it.
#ifndef GRAFT_LINUX_EMU_EMUL_BLOCK_DISK_H
#define GRAFT_LINUX_EMU_EMUL_BLOCK_DISK_H

#include <linux/backing-dev.h>
#include <linux/bio.h>
#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/workqueue.h>

#include "linux-emu/boundary/block.h"

struct lx_disk {
  struct gendisk disk;
  struct block_device part0;
  struct backing_dev_info bdi;
  void* kit_disk;
  struct lx_blk_carrier* carriers;  ///< that no request uses, at most as many as were ever in flight
  spinlock_t lock;                  ///< of the list below
  struct bio_list deferred;         ///< to be submitted where waiting is allowed
  struct work_struct submitter;     ///< does it
};

static inline struct lx_disk* lx_disk_of(const struct gendisk* disk) {
  return container_of(disk, struct lx_disk, disk);
}

/// Submits what lx_blk_submit() could not submit without waiting. @context worker
void lx_blk_submit_deferred(struct work_struct* work);

/// Frees what requests left for the next ones. @context fiber
void lx_blk_free_carriers(struct lx_disk* disk);

#endif
