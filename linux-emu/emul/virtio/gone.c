// SPDX-License-Identifier: GPL-2.0-only
// A virtio device that is gone. The donor waits without end for two things: that a device answers a command in its
// control queue, until the queue is broken, and that its status reads 0 after a reset, which all ones never do.
#include <linux/pci.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include "drivers/virtio/virtio_pci_common.h"
#pragma GCC diagnostic pop

#include "linux-emu/boundary/io.h"
#include "linux-emu/boundary/virtio.h"
#include "linux-emu/emul/pci.h"

void lx_virtio_gone(lx_pci_device_t* handle) {
  struct virtio_pci_device* device = pci_get_drvdata(lx_pci_dev(handle));
  struct virtio_pci_modern_device* modern;

  // Not probed yet, or already off.
  if (!device) return;
  modern = &device->mdev;
  if (modern->common) {
    modern->common = (void __iomem*)(unsigned long)lxk_mmio_bury((unsigned long)modern->common);
  }
  // The list is made when the device is registered.
  if (device->vdev.vqs.next) virtio_break_device(&device->vdev);
}
