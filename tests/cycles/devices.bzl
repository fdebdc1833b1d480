# SPDX-License-Identifier: BSD-2-Clause
"""QEMU's arguments for devices that come and go."""

def _disks(device, count):
    args = []
    for i in range(count):
        args += [
            "-drive",
            "file=$(rootpath //tests/conformance:scratch_disk),if=none,id=disk%d,format=raw,snapshot=on" % i,
            "-device",
            device.replace("%d", str(i)) + ",drive=disk%d" % i,
        ]
    return args

def _cards(device, count):
    """Cards on one wire; the last is the peer."""
    args = []
    for i in range(count):
        args += [
            "-netdev",
            "hubport,hubid=0,id=card%d" % i,
            "-device",
            "%s,netdev=card%d,mac=52:54:00:11:22:0%d,romfile=" % (device, i, i + 1),
        ]
    return args

_MODERN = ",disable-legacy=on"
_PLATFORM = ",disable-legacy=on,iommu_platform=on"
_LEGACY = ",disable-modern=on,disable-legacy=off"

# Name: words of the command line, arguments.
CYCLES = {
    "e1000": ([], _cards("e1000", 2)),
    "e1000_mapped": (["dma=counted"], _cards("e1000", 2)),
    "nvme": ([], _disks("nvme,serial=disk%d", 1)),
    "nvme_mapped": (["dma=counted"], _disks("nvme,serial=disk%d", 1)),
    "virtio_blk": ([], _disks("virtio-blk-pci" + _MODERN, 1)),
    "virtio_blk_legacy": (["registers=slow", "rounds=20"], _disks("virtio-blk-pci" + _LEGACY, 1)),
    "virtio_blk_platform": (["dma=counted"], _disks("virtio-blk-pci" + _PLATFORM, 1)),
    "virtio_net": ([], _cards("virtio-net-pci" + _MODERN, 2)),
    "virtio_net_platform": (["dma=counted"], _cards("virtio-net-pci" + _PLATFORM, 2)),
}

_REPORTED = [
    "removal.as_the_host_says",
    "removal.before_attach",
]
_SEEN = _REPORTED + [
    "removal.at_rest",
    "removal.under_traffic",
    "removal.while_attaching",
]
_SLOW = ["registers=slow"]

# Name: cases, words of the command line, arguments. Each case uses a device up.
REMOVALS = {
    "e1000": (_SEEN, _SLOW, _cards("e1000", 9)),
    "nvme": (_SEEN, _SLOW, _disks("nvme,serial=disk%d", 8)),
    "virtio_blk": (_SEEN, _SLOW, _disks("virtio-blk-pci" + _MODERN, 8)),
    "virtio_blk_legacy": (_SEEN, _SLOW, _disks("virtio-blk-pci" + _LEGACY, 8)),
    "virtio_blk_platform": (_SEEN, _SLOW + ["dma=counted"], _disks("virtio-blk-pci" + _PLATFORM, 8)),
    "virtio_net": (_SEEN, _SLOW, _cards("virtio-net-pci" + _MODERN, 9)),
    "virtio_net_platform": (_SEEN, _SLOW + ["dma=counted"], _cards("virtio-net-pci" + _PLATFORM, 9)),
    # Registers that are reached directly: the host's word is all that the kit has.
    "direct_e1000": (_REPORTED, [], _cards("e1000", 4)),
    "direct_nvme": (_REPORTED, [], _disks("nvme,serial=disk%d", 3)),
    "direct_virtio_blk": (_REPORTED, [], _disks("virtio-blk-pci" + _MODERN, 3)),
    "direct_virtio_net": (_REPORTED, [], _cards("virtio-net-pci" + _MODERN, 4)),
}

# With a host that has a dma_map.
REFUSED = {
    "virtio_blk": _disks("virtio-blk-pci" + _MODERN, 1),
    "virtio_blk_legacy": _disks("virtio-blk-pci" + _LEGACY, 1),
    "virtio_net": _cards("virtio-net-pci" + _MODERN, 2),
}
