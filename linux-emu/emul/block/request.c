// SPDX-License-Identifier: GPL-2.0-only
/// Requests of the kit as bios of the donor's block layer.
///
/// A caller of lx_blk_submit() must not wait, so a bio is first submitted with REQ_NOWAIT: the block layer ends it with
/// BLK_STS_AGAIN where it would have to wait for a tag, or split. Such a bio goes to a worker, which may wait.
#include <linux/bio.h>
#include <linux/blk-mq.h>
#include <linux/slab.h>

#include "linux-emu/emul/block/disk.h"

// The donor's own header of its block layer, after those it relies on.
#include "block/blk-mq.h"

/// Requests with more fragments have a list of their own.
#define INLINE_VECS 8

/// A bio with what is known of it. Disks keep those that are not in use.
struct lx_blk_carrier {
  struct lx_blk_carrier* next;  ///< while it is not in use
  graft_blk_request_t* request;
  struct bvec_iter iter;  ///< as submitted
  struct bio bio;
  struct bio_vec vecs[INLINE_VECS];
};

static struct blk_plug plug;
static bool plugged;

// Carriers need no lock: donors run one at a time, and nothing between taking one and using it lets a handler in.

static struct lx_blk_carrier* carrier_of(struct bio* bio) { return container_of(bio, struct lx_blk_carrier, bio); }

static inline struct lx_blk_carrier* take_carrier(struct lx_disk* disk) {
  struct lx_blk_carrier* carrier = disk->carriers;

  if (unlikely(!carrier)) return kmalloc(sizeof(*carrier), GFP_NOWAIT | __GFP_NOWARN);
  disk->carriers = carrier->next;
  return carrier;
}

static inline void give_carrier(struct lx_disk* disk, struct lx_blk_carrier* carrier) {
  if (unlikely(carrier->bio.bi_io_vec != carrier->vecs)) kfree(carrier->bio.bi_io_vec);
  carrier->next = disk->carriers;
  disk->carriers = carrier;
}

void lx_blk_free_carriers(struct lx_disk* disk) {
  while (disk->carriers) {
    struct lx_blk_carrier* carrier = disk->carriers;

    disk->carriers = carrier->next;
    kfree(carrier);
  }
}

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

/// Looks at a bio that ended with an error. @returns false if it is to be submitted again
static noinline bool has_failed(struct bio* bio) {
  struct lx_blk_carrier* carrier = carrier_of(bio);

  if (bio->bi_status == BLK_STS_AGAIN && bio->bi_opf & REQ_NOWAIT) {
    bio->bi_status = BLK_STS_OK;
    bio->bi_iter = carrier->iter;
    defer(lx_disk_of(bio->bi_bdev->bd_disk), bio);
    return false;
  }
  pr_err_ratelimited("%s: %s of %u bytes at sector %llu failed: status %d (errno %d)\n",
                     bio->bi_bdev->bd_disk->disk_name, op_is_write(bio_op(bio)) ? "write" : "read",
                     carrier->iter.bi_size, (unsigned long long)carrier->iter.bi_sector, bio->bi_status,
                     blk_status_to_errno(bio->bi_status));
  return true;
}

static void done(struct bio* bio) {
  struct lx_blk_carrier* carrier = carrier_of(bio);
  graft_blk_request_t* request = carrier->request;
  int error = 0;

  if (unlikely(bio->bi_status)) {
    if (!has_failed(bio)) return;
    error = blk_status_to_errno(bio->bi_status);
  }
  give_carrier(lx_disk_of(bio->bi_bdev->bd_disk), carrier);
  lxk_blk_done(request, error);
}

static blk_opf_t flags_of(const graft_blk_request_t* request) {
  switch (request->operation) {
    case GRAFT_BLK_READ:
      return REQ_OP_READ | REQ_SYNC | REQ_NOWAIT;
    case GRAFT_BLK_WRITE:
      return REQ_OP_WRITE | REQ_SYNC | REQ_IDLE | REQ_NOWAIT | (request->flags & GRAFT_BLK_FUA ? REQ_FUA : 0);
    case GRAFT_BLK_FLUSH:
      return REQ_OP_WRITE | REQ_PREFLUSH | REQ_SYNC | REQ_NOWAIT;
    case GRAFT_BLK_DISCARD:
      return REQ_OP_DISCARD;
    default:
      return REQ_OP_WRITE_ZEROES;
  }
}

int lx_blk_submit(struct lx_disk* disk, graft_blk_request_t* request, const graft_fragment_t* fragments,
                  unsigned count) {
  struct lx_blk_carrier* carrier = take_carrier(disk);
  blk_opf_t flags = flags_of(request);
  struct bio_vec* vecs;
  struct bio* bio;
  unsigned i;

  if (unlikely(!carrier)) return -ENOMEM;
  bio = &carrier->bio;
  vecs = carrier->vecs;
  if (unlikely(count > INLINE_VECS)) {
    vecs = kmalloc_array(count, sizeof(*vecs), GFP_NOWAIT | __GFP_NOWARN);
    if (!vecs) {
      bio->bi_io_vec = carrier->vecs;
      give_carrier(disk, carrier);
      return -ENOMEM;
    }
  }
  bio_init(bio, &disk->part0, vecs, count, flags);
  for (i = 0; i < count; i++) {
    vecs[i].bv_page = virt_to_page(fragments[i].address);
    vecs[i].bv_len = fragments[i].bytes;
    vecs[i].bv_offset = offset_in_page(fragments[i].address);
  }
  bio->bi_vcnt = count;
  bio->bi_iter.bi_sector = request->offset_bytes >> SECTOR_SHIFT;
  bio->bi_iter.bi_size = request->bytes;
  bio->bi_end_io = done;
  carrier->request = request;
  carrier->iter = bio->bi_iter;
  if (unlikely(!(flags & REQ_NOWAIT))) {
    defer(disk, bio);
  } else if (likely(!op_is_flush(flags) && !disk->disk.fops->submit_bio)) {
    // What submit_bio_noacct() would look at first is settled: the kit has checked operation and place.
    blk_mq_submit_bio(bio);
  } else {
    submit_bio_noacct(bio);
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
