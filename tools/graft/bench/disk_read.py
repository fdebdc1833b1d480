# SPDX-License-Identifier: BSD-2-Clause
"""4 KiB reads at random places of a disk: instructions, doorbells and interrupts per read, beside every way of reading
that Linux offers to a program.

Both sides count from the request until its completion is known to whoever asked, 32 at a time: all are submitted
together, and the next 32 when the last has come back. The disk is QEMU's null device, which fills buffers with zeroes.
"""
import tempfile

from graft import bazel
from graft.bench import counted, linux_baseline, rows
from graft.console import say

GUEST = "//tests/bench:disk_read"
BACKEND = ["-blockdev", "driver=null-co,node-name=disk0,size=%d,read-zeroes=on" % (1 << 30)]
# QEMU's device, Graft's driver, and the modules of Linux in the order of their dependences.
DISKS = {
    "nvme": ("nvme,drive=disk0,serial=bench", "linux/nvme",
             ("crc64", "crc64_rocksoft_generic", "crc64-rocksoft", "crct10dif_common", "crct10dif_generic", "crc-t10dif", "t10-pi",
              "nvme-core", "nvme")),
    "virtio-blk": ("virtio-blk-pci,drive=disk0,romfile=", "linux/virtio-blk",
                   ("virtio_ring", "virtio", "virtio_pci_modern_dev", "virtio_pci_legacy_dev", "virtio_pci", "virtio_blk")),
}
SUMMARY = "instructions and register accesses per 4 KiB random read from %s, beside Linux's io_uring and others"
# Each of Graft's forms, and the baseline's that do the same work.
COMPARED = {
    "qd32,thread": ("qd32,io_uring_registered", "qd32,io_uring_registered_defer_taskrun", "qd32,io_uring_passthrough",
                    "qd32,io_uring_registered,default_settings", "qd32,io_uring", "qd32,libaio"),
    "qd32,upcall": ("qd32,io_uring_registered",),
    "qd1,thread": ("qd1,io_uring_registered_defer_taskrun", "qd1,pread"),
}
NVME_ALONE = "qd32,io_uring_passthrough"
METRICS = (("instructions", "instructions/read", False), ("mmio_writes", "accesses/read", True),
           ("interrupt_controller", "accesses/read", True))


def measure(disk):
    """Returns the rows of one of DISKS."""
    counted.prepare()
    device, driver, modules = DISKS[disk]
    devices = [*BACKEND, "-device", device]
    say("counting Linux")
    with tempfile.TemporaryDirectory(prefix="graft-bench-") as scratch:
        arguments, version = linux_baseline.guest(scratch, "disk", modules)
        linux = counted.both_ways(arguments, devices)
    say("counting Graft")
    bazel.build(GUEST)
    graft = counted.both_ways(["-kernel", bazel.artifact(GUEST)], devices)
    made = []
    for form, bases in COMPARED.items():
        for base in (name for name in bases if name != NVME_ALONE or disk == "nvme"):
            for counter, unit, mmio in METRICS:
                own, other = graft[mmio][form], linux[mmio][base]
                made.append(rows.row(disk + "-read", "%s %s" % (form, counter), unit, own.median(counter),
                                     "Linux %s %s" % (version, base), other.median(counter), len(own.passes), disk, driver, "linux-6.1"))
    return made
