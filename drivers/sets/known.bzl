# SPDX-License-Identifier: BSD-2-Clause
"""Every driver there is: what a driver set may name, and what is offered where it names something else."""

DRIVERS = [
    "//drivers/linux/e1000",
    "//drivers/linux/nvme",
    "//drivers/linux/virtio_blk",
    "//drivers/linux/virtio_net",
    "//drivers/native/block/ramdisk",
    "//drivers/native/net/loopback",
]
