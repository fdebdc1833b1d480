# SPDX-License-Identifier: BSD-2-Clause
"""What is unpacked of the donor. A driver in a folder that is not listed adds it here."""

EXCLUDES = [
    "include/dt-bindings",
    "include/media",
]

MEMBERS = [
    "COPYING",
    "Makefile",
    "block",
    "drivers/base/*.[ch]",
    "drivers/base/power/*.h",
    "drivers/block/virtio_blk.c",
    "drivers/net/ethernet/intel/e1000",
    "drivers/net/virtio_net.c",
    "drivers/nvme/host",
    "drivers/pci/*.[ch]",
    "drivers/pci/msi",
    "drivers/pci/pcie",
    "drivers/virtio",
    "include",
    "kernel/*.[ch]",
    "kernel/dma",
    "kernel/irq",
    "kernel/locking",
    "kernel/rcu",
    "kernel/sched",
    "kernel/time",
    "lib/*.[ch]",
    "lib/math",
    "mm/*.[ch]",
    "net/core",
    "net/ethernet",
    "net/sched/sch_generic.c",
    "net/sched/sch_mq.c",
]

INCLUDED_SOURCES = [
    "kernel/sched/*.c",
    "kernel/locking/*.c",
]
