# SPDX-License-Identifier: BSD-2-Clause
"""`graft bench`: figures beside a baseline that is measured in the same run."""
import argparse
import functools

from graft import setup
from graft.bench import attach_detach, disk_read, ethernet_receive, ethernet_transmit, lines, report, rows, whole_system
from graft.console import say, table
from graft.failure import Failure, unknown

# Name: (what it measures, function that returns rows).
BENCHES = {
    ethernet_transmit.NAME: (ethernet_transmit.SUMMARY, ethernet_transmit.measure),
    ethernet_receive.NAME: (ethernet_receive.SUMMARY, ethernet_receive.measure),
    **{disk + "-read": (disk_read.SUMMARY % disk, functools.partial(disk_read.measure, disk)) for disk in disk_read.DISKS},
    attach_detach.NAME: (attach_detach.SUMMARY, attach_detach.measure),
    "boot": ("time from QEMU's start until the HTTP kernel serves its first page", whole_system.boot),
    "image-size": ("size of the HTTP kernel, and of each driver set's code", whole_system.image_size),
    "memory": ("memory that the HTTP kernel holds after its first page, and that each Linux driver holds",
               lambda: whole_system.memory() + attach_detach.memory()),
    "lines": ("own lines against the donor's lines that they carry", lines.measure),
}


def main(arguments):
    parser = argparse.ArgumentParser(prog="graft bench", description="Measures. Without a name it lists the benchmarks.")
    parser.add_argument("name", nargs="?", help="the benchmark")
    parser.add_argument("--all", action="store_true", help="all of them")
    parser.add_argument("--json", metavar="FILE", help="also write the rows there, as docs/json.md describes them")
    parser.add_argument("--record", action="store_true", help="with --all: write the figures of the documentation")
    options = parser.parse_args(arguments)
    if options.record and not options.all:
        raise Failure("--record goes with --all: the documentation holds the figures of one run")
    if options.name and options.name not in BENCHES:
        raise unknown("benchmark", options.name, BENCHES)
    if not options.name and not options.all:
        table([(name, summary) for name, (summary, _) in BENCHES.items()], ["BENCH", "MEASURES"])
        return 0
    setup.ensure()
    made = []
    for name in BENCHES if options.all else [options.name]:
        say("bench " + name)
        made += BENCHES[name][1]()
    rows.show(made)
    if options.json:
        rows.write(made, options.json)
    if options.record:
        report.write(made)
    return 0
