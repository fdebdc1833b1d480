// SPDX-License-Identifier: GPL-2.0-only
/// Virtio devices over PCI whose device was removed by surprise. Implemented by emul/virtio/ and
/// drivers/linux/virtio_blk/.
#ifndef GRAFT_LINUX_EMU_BOUNDARY_VIRTIO_H
#define GRAFT_LINUX_EMU_BOUNDARY_VIRTIO_H

#include "linux-emu/boundary/pci.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Marks the queues of a device that is gone as broken, which ends loops that wait for an answer in them, and puts
/// memory in the place of its registers, so that a reset of it ends. @context world, handlers too  @blocks never
void lx_virtio_gone(lx_pci_device_t* device);

/// Completes the requests that a disk which is gone has not answered, each with an error. @context fiber
void lx_virtio_blk_abandon(lx_pci_device_t* device);

#ifdef __cplusplus
}
#endif

#endif
