# SPDX-License-Identifier: BSD-2-Clause
"""Runs a guest under QEMU with the counting plugin and returns what its regions cost."""
import pathlib
import re
import statistics
import subprocess
import tempfile
from dataclasses import dataclass

from graft import bazel
from graft.failure import Failure

PLUGIN = "//tests/bench/counter:counter.so"
# One processor of a fixed model, and virtual time that advances by one nanosecond per instruction and jumps over idling:
# with these the counts repeat from run to run and from machine to machine.
QEMU = ["qemu-system-x86_64", "-accel", "tcg", "-icount", "shift=0,sleep=off", "-M", "q35", "-cpu", "qemu64", "-smp", "1", "-m", "512",
        "-display", "none", "-nodefaults", "-no-user-config", "-no-reboot", "-monitor", "none",
        "-device", "isa-debug-exit,iobase=0xf4,iosize=0x04"]
EXIT_GOOD = 33
COUNTERS = ("instructions", "rep_iterations", "mmio_reads", "mmio_writes", "interrupt_controller")
# What is told of a packet: counter, unit, and whether it takes a run that watches accesses to registers.
PACKET_METRICS = (("instructions", "instructions/packet", False), ("rep_iterations", "iterations/packet", False),
                  ("mmio_reads", "accesses/packet", True), ("mmio_writes", "accesses/packet", True))
# A guest may add figures of its own, for the whole pass.
REGION = re.compile(r"^\[BENCH\] region=(\d+) units=(\d+) name=(\S+)((?: \w+=-?\d+)*)$")


@dataclass
class Region:
    """One measured form of work: its passes, each as counts per unit of work."""
    name: str
    passes: list

    def median(self, counter):
        return statistics.median(one[counter] for one in self.passes)


def parse_marks(text):
    """Returns {region: [counts of one pass]} from the plugin's file."""
    begun, found = {}, {}
    for line in text.splitlines():
        word, mark, *counts = line.split()
        if word != "MARK":
            continue
        region, ends = divmod(int(mark), 2)
        counts = dict(zip(COUNTERS, map(int, counts)))
        if not ends:
            begun[region] = counts
        elif region in begun:
            begin = begun.pop(region)
            found.setdefault(region, []).append({key: counts[key] - begin[key] for key in COUNTERS})
    return found


def parse_regions(console, marks):
    """Joins the guest's own lines, one per pass, with the counts. Returns {name: Region}."""
    regions = {}
    passes = parse_marks(marks)
    for line in console.splitlines():
        if match := REGION.match(line.strip()):
            if not passes.get(int(match[1])):
                raise Failure("the guest reports more passes of the region %s than it marked" % match[3])
            units, counts = int(match[2]), passes[int(match[1])].pop(0)
            region = regions.setdefault(match[3], Region(match[3], []))
            own = {key: int(value) for key, value in (word.split("=") for word in match[4].split())}
            region.passes.append({**{key: value / units for key, value in counts.items()}, **own})
    return regions


def run(arguments, devices, mmio=False, timeout_seconds=900, plugin=None):
    """Boots a guest and returns {name: Region}. `plugin` is the counter, if it is not to be taken from the build."""
    with tempfile.TemporaryDirectory(prefix="graft-bench-") as scratch:
        console, marks = pathlib.Path(scratch, "console"), pathlib.Path(scratch, "marks")
        options = "%s,out=%s%s" % (plugin or bazel.artifact(PLUGIN), marks, ",mmio=on" if mmio else "")
        command = [*QEMU, *devices, "-plugin", options, "-serial", "file:%s" % console, *arguments]
        try:
            done = subprocess.run([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True, timeout=timeout_seconds)
        except subprocess.TimeoutExpired:
            raise Failure("the guest did not end within %d s; its last lines:\n%s"
                          % (timeout_seconds, tail(console))) from None
        if done.returncode != EXIT_GOOD:
            raise Failure("the guest failed (QEMU's exit status is %d, not %d); its last lines:\n%s%s"
                          % (done.returncode, EXIT_GOOD, done.stdout, tail(console)))
        return parse_regions(console.read_text(errors="replace"), marks.read_text())


def both_ways(arguments, devices):
    """Runs a guest twice, as counting register accesses costs time: {True: with them, False: without}."""
    return {mmio: run(arguments, devices, mmio) for mmio in (False, True)}


def difference(regions, form, without, counter):
    """Returns what a form costs more than the form that leaves the measured part out."""
    return regions[form].median(counter) - regions[without].median(counter)


def tail(path):
    lines = path.read_text(errors="replace").splitlines() if path.is_file() else []
    return "\n".join(lines[-15:])


def prepare():
    bazel.build(PLUGIN)
