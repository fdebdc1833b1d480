# SPDX-License-Identifier: BSD-2-Clause
"""What attaching and detaching a driver costs, and the memory that an attached driver holds."""
import functools

from graft import bazel
from graft.bench import counted, rows
from graft.bench.disk_read import BACKEND
from graft.console import say

NAME = "attach-detach"
SUMMARY = "instructions and virtual time of attaching and detaching each Linux driver"
GUEST = "//tests/bench:attach"
HUB = ["-netdev", "hubport,id=net0,hubid=0"]
# Driver: (QEMU's device, its options).
DEVICES = {
    "linux/e1000": ("e1000", [*HUB, "-device", "e1000,netdev=net0,romfile="]),
    "linux/nvme": ("nvme", [*BACKEND, "-device", "nvme,drive=disk0,serial=bench"]),
    "linux/virtio-blk": ("virtio-blk-pci", [*BACKEND, "-device", "virtio-blk-pci,drive=disk0,romfile="]),
    "linux/virtio-net": ("virtio-net-pci", [*HUB, "-device", "virtio-net-pci,netdev=net0,romfile="]),
}
HELD = (("pages", "pages"), ("objects", "objects"), ("object_bytes", "bytes"), ("heap_bytes", "bytes"))
# The guest's regions; only Ethernet interfaces are opened.
TIMED = {"first_attach": "first attach, with the start of the modules", "attach": "attach", "open": "open", "detach": "detach"}
KEPT = {"first_attach": "kept after the first detach", "attach": "held while attached", "open": "more while open"}


@functools.lru_cache(None)
def _count():
    """Runs the guest once for each driver: {driver: {region: Region}}."""
    counted.prepare()
    bazel.build(GUEST)
    found = {}
    for driver, (_, devices) in DEVICES.items():
        say("attaching " + driver)
        found[driver] = counted.run(["-kernel", bazel.artifact(GUEST)], devices)
    return found


def _row(bench, driver, metric, unit, region, figure):
    device = DEVICES[driver][0] if driver else ""
    return rows.row(bench, metric, unit, region.median(figure), samples=len(region.passes), device=device, driver=driver,
                    origin="linux-6.1")


def measure():
    made = []
    for driver, regions in _count().items():
        for name, words in ((name, words) for name, words in TIMED.items() if name in regions):
            for figure, unit in (("instructions", "instructions"), ("virtual_ns", "ns")):
                made.append(_row(NAME, driver, "%s: %s, %s" % (driver, words, figure), unit, regions[name], figure))
    return made


def memory():
    """What the environment holds before any driver, what a driver's modules keep for good, and what an attached driver
    holds, which detaching gives back."""
    counts = _count()
    kit = next(iter(counts.values()))["kit"]
    made = [_row("memory", "", "no driver attached: %s" % what, unit, kit, what) for what, unit in (*HELD, ("host_bytes", "bytes"))]
    for driver, regions in counts.items():
        for name, words in ((name, words) for name, words in KEPT.items() if name in regions):
            made += [_row("memory", driver, "%s: %s, %s" % (driver, words, what), unit, regions[name], what) for what, unit in HELD]
    return made
