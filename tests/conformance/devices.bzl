# SPDX-License-Identifier: BSD-2-Clause
"""QEMU's arguments for the devices that the suites are run against, and cases that must not be skipped there."""

_DISK_CASES = [
    "asyncblk_transfer.random_requests_in_flight_agree_with_a_model",
    "asyncblk_rules.removal_completes_everything_with_gone",
    "blkio.both_sides_agree_on_the_content",
]

_CARD_CASES = [
    "etherdev_transmit.random_fragments_arrive",
    "etherdev_transmit.a_full_ring_is_busy_and_space_is_told_once",
    "etherdev_receive.promiscuous_mode_receives_everything",
    "etherdev_control.removal_ends_in_gone",
]

def _disk(device):
    return [
        "-drive",
        "file=$(rootpath :scratch_disk),if=none,id=disk,format=raw,snapshot=on",
        "-device",
        device + ",drive=disk",
    ]

def _cards(device):
    """Two cards with a cable between them."""
    args = []
    for i, name in enumerate(["card", "peer"]):
        args += [
            "-netdev",
            "hubport,hubid=0,id=" + name,
            "-device",
            "%s,netdev=%s,mac=52:54:00:11:22:0%d,romfile=" % (device, name, i + 1),
        ]
    return args

DEVICES = {
    "linux_e1000": (_CARD_CASES, _cards("e1000")),
    "linux_nvme": (_DISK_CASES, _disk("nvme,serial=graft")),
    "linux_virtio_blk": (_DISK_CASES, _disk("virtio-blk-pci")),
    "linux_virtio_net": (_CARD_CASES, _cards("virtio-net-pci,disable-legacy=on")),
}
