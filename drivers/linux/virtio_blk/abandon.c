// SPDX-License-Identifier: GPL-2.0-only
// The donor's driver, and what it lacks: its remove waits for every request, also for those of a device that is gone.
#include "drivers/block/virtio_blk.c"
#include "drivers/virtio/virtio_pci_common.h"
#include "linux-emu/boundary/virtio.h"
#include "linux-emu/emul/pci.h"

void lx_virtio_blk_abandon(lx_pci_device_t* handle) {
  struct virtio_pci_device* device = pci_get_drvdata(lx_pci_dev(handle));
  struct virtio_blk* disk = device ? device->vdev.priv : NULL;
  int i;

  if (!disk) return;
  // The queues are broken: what comes after this is refused at once.
  for (i = 0; i < disk->num_vqs; i++) {
    struct virtblk_req* request;
    unsigned long flags;

    spin_lock_irqsave(&disk->vqs[i].lock, flags);
    while ((request = virtqueue_detach_unused_buf(disk->vqs[i].vq)) != NULL) {
      request->status = VIRTIO_BLK_S_IOERR;
      blk_mq_complete_request(blk_mq_rq_from_pdu(request));
    }
    spin_unlock_irqrestore(&disk->vqs[i].lock, flags);
  }
  blk_mq_start_stopped_hw_queues(disk->disk->queue, true);
}
