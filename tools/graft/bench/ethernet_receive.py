# SPDX-License-Identifier: BSD-2-Clause
"""Packets into an e1000: instructions and register accesses per packet, beside Linux.

A peer outside the guest would look infinitely slow under counted time, so the sender is a second e1000 of the same guest on
the same hub. Each guest also sends the same packets to an address that nobody has; the device drops those itself. What this
costs is subtracted: what is left is the interrupt, the driver, and what becomes of the packet until its buffer is free again.
"""
import tempfile

from graft import bazel
from graft.bench import counted, linux_baseline, rows
from graft.console import say

NAME = "e1000-receive"
SUMMARY = "instructions and register accesses per packet received by an e1000, beside Linux"
GUEST = "//tests/bench:e1000_receive"
# In slots whose interrupt lines differ. The receiver's address is in both guests.
DEVICES = [option for number in (1, 2) for option in (
    "-netdev", "hubport,id=net%d,hubid=0" % number,
    "-device", "e1000,netdev=net%d,romfile=,addr=%d,mac=52:54:00:00:00:%02x" % (number, number + 1, number))]
# Linux's driver throttles interrupts so much for large packets that its ring overruns, and QEMU then drops what it queued.
# A fixed 8000/s is as few interrupts as the ring allows.
MODULES = ("e1000:InterruptThrottleRate=8000,8000", "pktgen", "sch_ingress", "cls_bpf")
# Graft's form, the baseline's, and for both the pass that only sends; the strongest form of the baseline first.
SMALL, LARGE = "60B,sent", "1514B,sent"
COMPARED = (
    ("60B,released", SMALL, "62B,unknown_protocol,gro=off", "62B,sent"),
    ("60B,released", SMALL, "62B,unknown_protocol,gro=on", "62B,sent"),
    ("60B,released", SMALL, "60B,other_host,gro=off", SMALL),
    ("60B,released", SMALL, "60B,other_host,gro=on", SMALL),
    ("60B,released", SMALL, "60B,tc_ingress_drop,gro=off", SMALL),
    ("60B,released", SMALL, "60B,xdp_generic_drop", SMALL),
    ("60B,header_read", SMALL, "62B,unknown_protocol,gro=off", "62B,sent"),
    ("1514B,released", LARGE, "1514B,unknown_protocol,gro=off", LARGE),
    ("1514B,released", LARGE, "1514B,unknown_protocol,gro=on", LARGE),
    ("1514B,released", LARGE, "1514B,tc_ingress_drop,gro=off", LARGE),
    ("1514B,released", LARGE, "1514B,xdp_generic_drop", LARGE),
    ("1514B,header_read", LARGE, "1514B,unknown_protocol,gro=off", LARGE),
)


def measure():
    counted.prepare()
    say("counting Linux")
    with tempfile.TemporaryDirectory(prefix="graft-bench-") as scratch:
        arguments, version = linux_baseline.guest(scratch, "receive", MODULES)
        linux = counted.both_ways(arguments, DEVICES)
    say("counting Graft")
    bazel.build(GUEST)
    graft = counted.both_ways(["-kernel", bazel.artifact(GUEST)], DEVICES)
    made = []
    for form, sender, base, base_sender in COMPARED:
        for counter, unit, mmio in counted.PACKET_METRICS:
            own = counted.difference(graft[mmio], form, sender, counter)
            other = counted.difference(linux[mmio], base, base_sender, counter)
            made.append(rows.row(NAME, "%s %s" % (form, counter), unit, own, "Linux %s %s" % (version, base), other,
                                 len(graft[mmio][form].passes), "e1000", "linux/e1000", "linux-6.1"))
    return made
