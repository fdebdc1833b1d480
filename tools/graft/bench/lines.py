# SPDX-License-Identifier: BSD-2-Clause
"""Own lines against the donor's lines that they carry."""
import pathlib
import subprocess

from graft import bazel, paths
from graft.bench import rows

# What stands between a donor and the interfaces of com/.
OWN_FOLDERS = ("glue/", "linux-emu/", "drivers/linux/")
SUFFIXES = (".c", ".cc", ".h", ".hpp", ".S")


def count(files):
    """Counts lines that are neither empty nor only a comment of one line."""
    total = 0
    for path in files:
        for line in path.read_text(errors="replace").splitlines():
            text = line.strip()
            total += bool(text) and not text.startswith("//") and not (text.startswith("/*") and text.endswith("*/"))
    return total


def donor_files(label):
    """Returns the donor's source files that are compiled into a driver set, without headers."""
    done = bazel.query("labels(srcs, kind('donor_library', deps(%s)))" % label)
    base = subprocess.run(["bazel", "info", "output_base"], cwd=paths.ROOT, env=bazel.environment(), stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, check=True).stdout.strip()
    names = {label[len("@linux//"):].lstrip(":").replace(":", "/") for label in done if label.startswith("@linux//")}
    return [pathlib.Path(base, "external", "linux", name) for name in sorted(names) if name.endswith(".c")]


def measure():
    tracked = subprocess.run(["git", "ls-files", "-z", *OWN_FOLDERS], cwd=paths.ROOT, stdout=subprocess.PIPE, text=True, check=True)
    own = [paths.ROOT / name for name in tracked.stdout.split("\0") if name.endswith(SUFFIXES) and not name.endswith("_test.cc")]
    donor = donor_files("//examples/http:threaded")
    return [rows.row("lines", "own lines between donors and com/, per donor line compiled", "lines", count(own),
                     "donor files compiled into the HTTP kernel, without their headers (%d files)" % len(donor), count(donor))]
