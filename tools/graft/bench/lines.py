# SPDX-License-Identifier: BSD-2-Clause
"""Own lines against the donor's lines that they carry."""
import pathlib
import re
import subprocess

from graft import bazel, paths
from graft.bench import rows
from graft.run import IMAGE

# What gives the donor its environment; and with it everything between a donor and the interfaces of com/.
SHIM = ("linux-emu/", "drivers/linux/")
ALL = ("glue/", *SHIM)
SUFFIXES = (".c", ".cc", ".h", ".hpp", ".S")
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)


def count(files):
    """Counts lines that hold more than space and comment, the same way on both sides."""
    total = 0
    for path in files:
        text = COMMENT.sub(lambda match: "\n" * match[0].count("\n"), path.read_text(errors="replace"))
        total += sum(bool(line.strip()) for line in text.splitlines())
    return total


def own_files(folders):
    tracked = subprocess.run(["git", "ls-files", "-z", *folders], cwd=paths.ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return [paths.ROOT / name for name in tracked.stdout.split("\0")
            if name.endswith(SUFFIXES) and not name.endswith("_test.cc") and "/config/" not in name]


def donor_files(label):
    """Returns the donor's source files that are compiled into a driver set, without headers."""
    done = bazel.query("labels(srcs, kind('donor_library', deps(%s)))" % label)
    base = subprocess.run(["bazel", "info", "output_base"], cwd=paths.ROOT, env=bazel.environment(), stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, check=True).stdout.strip()
    names = {label[len("@linux//"):].lstrip(":").replace(":", "/") for label in done if label.startswith("@linux//")}
    return [pathlib.Path(base, "external", "linux", name) for name in sorted(names) if name.endswith(".c")]


def measure():
    donor = donor_files(IMAGE)
    base = "donor files compiled into the HTTP kernel, without their headers (%d files)" % len(donor)
    carried = count(donor)
    return [rows.row("lines", what, "lines", count(own_files(folders)), base, carried)
            for what, folders in (("own lines of the Linux environment", SHIM), ("those and glue", ALL))]
