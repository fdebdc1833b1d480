// SPDX-License-Identifier: GPL-2.0-only
#include <linux/virtio.h>
#include <linux/virtio_anchor.h>
#include <linux/virtio_config.h>

#include "linux-emu/boundary/dma.h"
#include "linux-emu/boundary/driver.h"

// A function of a donor file, see INITCALLS in core.bzl.
int virtio_init(void);

/// A device without ACCESS_PLATFORM uses physical addresses whatever the host's IOMMU says, so behind one it is
/// refused.
static bool needs_platform_access(struct virtio_device* device) {
  if (!lx_dma_has_iommu) return false;
  if (!virtio_has_feature(device, VIRTIO_F_VERSION_1) || !virtio_has_feature(device, VIRTIO_F_ACCESS_PLATFORM)) {
    dev_err(&device->dev,
            "the device bypasses the host's IOMMU and is refused: it has to be a modern one with ACCESS_PLATFORM "
            "(QEMU: disable-legacy=on,iommu_platform=on)\n");
  }
  return true;
}

int lx_virtio_core_start(void) {
  virtio_set_mem_acc_cb(needs_platform_access);
  return virtio_init();
}
