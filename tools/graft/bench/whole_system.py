# SPDX-License-Identifier: BSD-2-Clause
"""Figures of the HTTP kernel as a whole: time until it serves, its size, and what it holds in memory."""
import json
import pathlib
import subprocess
import tempfile

from graft import archive, bazel, manifests, run
from graft.bench import rows
from graft.virtual_machine import VirtualMachine, choose_port

BOOTS = 5
PAGE_BYTES = 4096


def _machine(scratch):
    bazel.build(run.IMAGE)
    image = pathlib.Path(scratch, "disk.tar")
    archive.write(run.SITE, image)
    return VirtualMachine(bazel.artifact(run.IMAGE), image, choose_port(None))


def boot():
    """Takes wall-clock time, which depends on the machine and its load: for orientation, not for comparison."""
    with tempfile.TemporaryDirectory(prefix="graft-bench-") as scratch:
        seconds = []
        for _ in range(BOOTS):
            with _machine(scratch) as machine:
                seconds.append(machine.wait_until_it_answers()[0])
    return [rows.row("boot", "QEMU's start to the first served page", "s", rows.median(seconds), samples=BOOTS)]


def memory():
    """Takes the kernel's own counters after its first page."""
    with tempfile.TemporaryDirectory(prefix="graft-bench-") as scratch, _machine(scratch) as machine:
        machine.wait_until_it_answers()
        status = json.loads(machine.fetch("/status.json"))
    counters = {**status["host_memory"], **status["kit"], **status["example_memory"]}
    figures = (("pages of the machine in use, of which:", counters["in_use_bytes"]),
               ("packet heap of the example", counters["packet_heap_bytes"]),
               ("pages of the Linux environment", counters["lx_pages_in_use"] * PAGE_BYTES),
               ("heap of the kit", counters["heap_held_bytes"]),
               ("stacks of fibers", counters["fiber_stack_bytes"]))
    return [rows.row("memory", name, "bytes", value) for name, value in figures]


def text_of_sets():
    """Returns {name: bytes of code} of the driver sets' objects."""
    labels = {name: "//drivers/sets:" + name for name in manifests.sets()}
    bazel.build(*labels.values())
    sizes = {}
    for name, label in labels.items():
        done = subprocess.run(["size", "-A", str(bazel.artifact(label + ".o"))], stdout=subprocess.PIPE, text=True, check=True)
        sizes[name] = next(int(line.split()[1]) for line in done.stdout.splitlines() if line.startswith(".text "))
    return sizes


def image_size():
    bazel.build(run.IMAGE)
    path = bazel.artifact(run.IMAGE)
    done = subprocess.run(["size", "--format=berkeley", str(path)], stdout=subprocess.PIPE, text=True, check=True)
    text, data, bss = map(int, done.stdout.splitlines()[1].split()[:3])
    figures = [("text", text), ("data", data), ("bss", bss)]
    figures += [("text of driver set %s" % name, size) for name, size in sorted(text_of_sets().items())]
    return [rows.row("image-size", name, "bytes", value) for name, value in figures]
