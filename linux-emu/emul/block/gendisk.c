// SPDX-License-Identifier: GPL-2.0-only
/// Disks of drivers: takes the place of the donor's gendisk and block-device files, which are built on its file system
/// layer. There are no partitions, no page cache, no device numbers; a disk is exported to the kit when it is added.
#include <linux/device.h>
#include <linux/module.h>
#include <linux/part_stat.h>

#include "linux-emu/emul/block/disk.h"
#include "linux-emu/emul/pci/attachment.h"

// The donor's own headers of its block layer, after those they rely on.
#include "block/blk-mq-sched.h"
#include "block/blk-mq.h"
#include "block/blk-rq-qos.h"
#include "block/blk.h"

static void release(struct device* dev);

const struct device_type disk_type = {
    .name = "disk",
    .release = release,
};

struct class block_class = {.name = "block"};

int lx_disk_start(void) { return class_register(&block_class); }

int __register_blkdev(unsigned int major, const char* name, void (*probe)(dev_t devt)) {
  static unsigned next = 1;

  // Nobody opens disks by number here; drivers only want one of their own.
  return major ? 0 : next++;
}

void unregister_blkdev(unsigned int major, const char* name) {}

struct gendisk* __alloc_disk_node(struct request_queue* q, int node_id, struct lock_class_key* key) {
  struct lx_disk* own = kzalloc(sizeof(*own), GFP_KERNEL);
  struct gendisk* disk;

  if (!own) return NULL;
  disk = &own->disk;
  if (bioset_init(&disk->bio_split, BIO_POOL_SIZE, 0, 0)) goto no_bioset;
  own->part0.bd_stats = alloc_percpu(struct disk_stats);
  if (!own->part0.bd_stats) goto no_stats;
  own->part0.bd_disk = disk;
  own->part0.bd_queue = q;
  spin_lock_init(&own->part0.bd_size_lock);
  spin_lock_init(&own->lock);
  bio_list_init(&own->deferred);
  INIT_WORK(&own->submitter, lx_blk_submit_deferred);
  disk->part0 = &own->part0;
  disk->bdi = &own->bdi;
  disk->queue = q;
  disk->node_id = node_id;
  mutex_init(&disk->open_mutex);
  xa_init(&disk->part_tbl);
  device_initialize(disk_to_dev(disk));
  disk_to_dev(disk)->class = &block_class;
  disk_to_dev(disk)->type = &disk_type;
  q->disk = disk;
  return disk;

no_stats:
  bioset_exit(&disk->bio_split);
no_bioset:
  kfree(own);
  return NULL;
}

static void release(struct device* dev) {
  struct gendisk* disk = dev_to_disk(dev);
  struct lx_disk* own = lx_disk_of(disk);
  struct request_queue* q = disk->queue;

  // A driver whose probe failed never added the disk, so its queue still has to be taken down.
  if (queue_is_mq(q) && test_bit(GD_OWNS_QUEUE, &disk->state) && !test_bit(GD_ADDED, &disk->state)) {
    blk_sync_queue(q);
    blk_mq_cancel_work_sync(q);
    blk_mq_exit_queue(q);
  }
  lx_blk_free_carriers(own);
  bioset_exit(&disk->bio_split);
  xa_destroy(&disk->part_tbl);
  q->disk = NULL;
  blk_put_queue(q);
  if (test_bit(GD_ADDED, &disk->state) && disk->fops->free_disk) disk->fops->free_disk(disk);
  free_percpu(own->part0.bd_stats);
  kfree(own);
}

void put_disk(struct gendisk* disk) {
  if (disk) put_device(disk_to_dev(disk));
}

int device_add_disk(struct device* parent, struct gendisk* disk, const struct attribute_group** groups) {
  struct lx_disk* own = lx_disk_of(disk);
  struct device* dev = disk_to_dev(disk);
  void* attachment = parent ? lx_pci_attachment_of(parent) : NULL;
  int rc;

  // Nobody reads the donor's statistics; the kit keeps its own. Merged requests would fail together, while each request
  // of the kit has a status of its own; who wants one large command makes one request of many fragments.
  blk_queue_flag_clear(QUEUE_FLAG_IO_STAT, disk->queue);
  blk_queue_flag_set(QUEUE_FLAG_NOMERGES, disk->queue);
  elevator_init_mq(disk->queue);
  dev->parent = parent;
  dev->groups = groups;
  rc = dev_set_name(dev, "%s", disk->disk_name);
  if (!rc) rc = device_add(dev);
  if (rc) return rc;
  rc = blk_register_queue(disk);
  if (rc) {
    device_del(dev);
    return rc;
  }
  set_bit(GD_ADDED, &disk->state);
  if (!(disk->flags & GENHD_FL_HIDDEN) && attachment) {
    own->kit_disk = lxk_disk_added(own, attachment, disk->disk_name);
    if (!own->kit_disk) dev_err(dev, "no memory for the disk's interface; it is not exported\n");
  }
  return 0;
}

void del_gendisk(struct gendisk* disk) {
  struct lx_disk* own = lx_disk_of(disk);
  struct request_queue* q = disk->queue;
  bool owns_queue = test_bit(GD_OWNS_QUEUE, &disk->state);

  might_sleep();
  if (!test_bit(GD_ADDED, &disk->state)) return;
  if (own->kit_disk) lxk_disk_removed(own->kit_disk);

  // From here on the queue refuses what is new; what it has accepted completes, with an error if the device is gone.
  set_bit(GD_DEAD, &disk->state);
  if (owns_queue) blk_queue_flag_set(QUEUE_FLAG_DYING, q);
  set_capacity(disk, 0);
  blk_queue_start_drain(q);
  flush_work(&own->submitter);
  blk_unregister_queue(disk);
  device_del(disk_to_dev(disk));
  blk_mq_freeze_queue_wait(q);
  if (own->kit_disk) lxk_disk_drained(own->kit_disk);
  own->kit_disk = NULL;

  blk_sync_queue(q);
  blk_mq_cancel_work_sync(q);
  blk_mq_quiesce_queue(q);
  rq_qos_exit(q);
  blk_mq_unquiesce_queue(q);
  if (!owns_queue) {
    __blk_mq_unfreeze_queue(q, true);
  } else if (queue_is_mq(q)) {
    blk_mq_exit_queue(q);
  }
}

void blk_mark_disk_dead(struct gendisk* disk) {
  set_bit(GD_DEAD, &disk->state);
  blk_queue_start_drain(disk->queue);
}

void set_capacity(struct gendisk* disk, sector_t sectors) { disk->part0->bd_nr_sectors = sectors; }

bool set_capacity_and_notify(struct gendisk* disk, sector_t sectors) {
  struct lx_disk* own = lx_disk_of(disk);
  sector_t before = get_capacity(disk);

  set_capacity(disk, sectors);
  if (sectors == before || !own->kit_disk) return false;
  lxk_disk_resized(own->kit_disk);
  return true;
}

void set_disk_ro(struct gendisk* disk, bool read_only) { disk->part0->bd_read_only = read_only; }

unsigned int part_in_flight(struct block_device* part) {
  // Requests are counted where they start and where they end, so one CPU's share may be below zero.
  long reads = 0, writes = 0;
  int cpu;

  for_each_possible_cpu(cpu) {
    reads += local_read(&per_cpu_ptr(part->bd_stats, cpu)->in_flight[READ]);
    writes += local_read(&per_cpu_ptr(part->bd_stats, cpu)->in_flight[WRITE]);
  }
  return max(reads + writes, 0L);
}

int disk_register_independent_access_ranges(struct gendisk* disk) { return 0; }

void disk_unregister_independent_access_ranges(struct gendisk* disk) {}
