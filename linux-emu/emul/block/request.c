// SPDX-License-Identifier: GPL-2.0-only
/// Requests of the kit as bios of the donor's block layer.
///
/// A caller of lx_blk_submit() must not wait, so a bio is first submitted with REQ_NOWAIT: the block layer ends it with
/// BLK_STS_AGAIN where it would have to wait for a tag, or split. Such a bio goes to a worker, which may wait.
#include <linux/bio.h>
#include <linux/blk-mq.h>
#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "linux-emu/emul/block/disk.h"

/// Lies before each bio.
struct request_state {
  void* cookie;
  struct bvec_iter iter;  ///< as submitted
  struct bio bio;         ///< last, its inline vectors follow
};

static struct bio_set bios;
static bool bios_ready;

static struct blk_plug plug;
static bool plugged;

static struct request_state* state_of(struct bio* bio) { return container_of(bio, struct request_state, bio); }

static void defer(struct lx_disk* disk, struct bio* bio) {
  unsigned long flags;

  bio->bi_opf &= ~REQ_NOWAIT;
  spin_lock_irqsave(&disk->lock, flags);
  bio_list_add(&disk->deferred, bio);
  spin_unlock_irqrestore(&disk->lock, flags);
  queue_work(system_highpri_wq, &disk->submitter);
}

void lx_blk_submit_deferred(struct work_struct* work) {
  struct lx_disk* disk = container_of(work, struct lx_disk, submitter);

  for (;;) {
    struct bio* bio;
    unsigned long flags;

    spin_lock_irqsave(&disk->lock, flags);
    bio = bio_list_pop(&disk->deferred);
    spin_unlock_irqrestore(&disk->lock, flags);
    if (!bio) return;
    submit_bio_noacct(bio);
  }
}

static void done(struct bio* bio) {
  struct request_state* state = state_of(bio);
  int error = blk_status_to_errno(bio->bi_status);

  if (unlikely(bio->bi_status == BLK_STS_AGAIN && bio->bi_opf & REQ_NOWAIT)) {
    bio->bi_status = BLK_STS_OK;
    bio->bi_iter = state->iter;
    defer(lx_disk_of(bio->bi_bdev->bd_disk), bio);
    return;
  }
  if (unlikely(error)) {
    pr_err_ratelimited("%s: %s of %u bytes at sector %llu failed: status %d (errno %d)\n",
                       bio->bi_bdev->bd_disk->disk_name, op_is_write(bio_op(bio)) ? "write" : "read",
                       state->iter.bi_size, (unsigned long long)state->iter.bi_sector, bio->bi_status, error);
  }
  lxk_blk_done(state->cookie, error);
  bio_put(bio);
}

static blk_opf_t flags_of(enum lx_blk_operation operation, bool fua) {
  switch (operation) {
    case LX_BLK_READ:
      return REQ_OP_READ | REQ_SYNC | REQ_NOWAIT;
    case LX_BLK_WRITE:
      return REQ_OP_WRITE | REQ_SYNC | REQ_IDLE | REQ_NOWAIT | (fua ? REQ_FUA : 0);
    case LX_BLK_FLUSH:
      return REQ_OP_WRITE | REQ_PREFLUSH | REQ_SYNC | REQ_NOWAIT;
    case LX_BLK_DISCARD:
      return REQ_OP_DISCARD;
    case LX_BLK_WRITE_ZEROES:
      return REQ_OP_WRITE_ZEROES;
  }
  return REQ_OP_READ;
}

int lx_blk_submit(struct lx_disk* disk, enum lx_blk_operation operation, bool fua, unsigned long sector,
                  unsigned long bytes, const struct lx_blk_fragment* fragments, unsigned count, void* cookie) {
  struct bio* bio;
  unsigned i;

  if (unlikely(!bios_ready)) {
    if (bioset_init(&bios, 64, offsetof(struct request_state, bio), BIOSET_NEED_BVECS)) return -ENOMEM;
    bios_ready = true;
  }
  if (unlikely(count > BIO_MAX_VECS)) return -EINVAL;
  bio = bio_alloc_bioset(&disk->part0, count, flags_of(operation, fua), GFP_NOWAIT | __GFP_NOWARN, &bios);
  if (unlikely(!bio)) return -ENOMEM;
  bio->bi_iter.bi_sector = sector;
  bio->bi_end_io = done;
  for (i = 0; i < count; i++) {
    __bio_add_page(bio, virt_to_page(fragments[i].address), fragments[i].bytes, offset_in_page(fragments[i].address));
  }
  if (operation == LX_BLK_DISCARD || operation == LX_BLK_WRITE_ZEROES) bio->bi_iter.bi_size = bytes;
  state_of(bio)->cookie = cookie;
  state_of(bio)->iter = bio->bi_iter;
  if (bio->bi_opf & REQ_NOWAIT) {
    submit_bio_noacct(bio);
  } else {
    defer(disk, bio);
  }
  return 0;
}

void lx_blk_batch_begin(unsigned requests) {
  if (requests < 2 || plugged || current->plug) return;
  blk_start_plug_nr_ios(&plug, min(requests, 64u));
  plugged = true;
}

void lx_blk_batch_end(void) {
  if (!plugged) return;
  plugged = false;
  blk_finish_plug(&plug);
}

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
  struct device* dev = disk_to_dev((struct gendisk*)&disk->disk);
  const struct attribute* found = NULL;
  char* page;
  int rc;

  text[0] = 0;
  for (; dev; dev = dev->parent) {
    found = find_attribute(dev->groups, name);
    if (found) break;
  }
  if (!found) return 0;
  page = (char*)get_zeroed_page(GFP_KERNEL);
  if (!page) return -ENOMEM;
  rc = container_of(found, struct device_attribute, attr)
           ->show(dev, container_of(found, struct device_attribute, attr), page);
  if (rc >= 0) strscpy(text, strim(page), capacity);
  free_page((unsigned long)page);
  return rc < 0 ? rc : 0;
}
