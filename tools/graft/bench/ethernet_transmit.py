# SPDX-License-Identifier: BSD-2-Clause
"""Packets out of an e1000: instructions and register accesses per packet, beside Linux's pktgen.

Both sides count from the call that hands the packet over until its buffer is back. pktgen leaves the queueing layer out, as
Graft does, and sends the same buffer again and again; making a new one for each packet is the clone_skb 0 form.
"""
import tempfile

from graft import bazel
from graft.bench import counted, linux_baseline, rows
from graft.console import say

NAME = "e1000-transmit"
SUMMARY = "instructions and register accesses per packet sent through an e1000, beside Linux's pktgen"
GUEST = "//tests/bench:e1000_transmit"
# An empty hub takes every packet and answers none, so nothing outside the guest is in the count.
DEVICES = ["-netdev", "hubport,id=net0,hubid=0", "-device", "e1000,netdev=net0,romfile="]
# As in the guest of Graft: with the default of 256 the ring is full before the next interrupt comes.
MODULES = ("e1000:TxDescriptors=512", "pktgen")
# Each of Graft's forms, and the baseline's that do the same work.
COMPARED = {
    "60B,push": ("60B,clone_skb=100000,burst=1", "60B,clone_skb=0,burst=1"),
    "60B,push_batch_32": ("60B,clone_skb=100000,burst=32",),
    "1514B,push": ("1514B,clone_skb=100000,burst=1", "1514B,clone_skb=0,burst=1"),
    "1514B,push_batch_32": ("1514B,clone_skb=100000,burst=32",),
}


def measure():
    counted.prepare()
    say("counting Linux")
    with tempfile.TemporaryDirectory(prefix="graft-bench-") as scratch:
        arguments, version = linux_baseline.guest(scratch, "transmit", MODULES)
        linux = counted.both_ways(arguments, DEVICES)
    say("counting Graft")
    bazel.build(GUEST)
    graft = counted.both_ways(["-kernel", bazel.artifact(GUEST)], DEVICES)
    made = []
    for form, bases in COMPARED.items():
        for base in bases:
            for counter, unit, mmio in counted.PACKET_METRICS:
                own, other = graft[mmio][form], linux[mmio][base]
                made.append(rows.row(NAME, "%s %s" % (form, counter), unit, own.median(counter), "Linux %s pktgen %s" % (version, base),
                                     other.median(counter), len(own.passes), "e1000", "linux/e1000", "linux-6.1"))
    return made
