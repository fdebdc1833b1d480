#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Records the checksums of the donor files that the build reads, in config/checksums.txt.

Builds every donor library in both variants and takes the files from what the compiler says it read. Run it after
a driver or a core file was added, or after Debian updated the donor and the tests passed with GRAFT_DONOR_DRIFT=accept.
"""

import hashlib
import pathlib
import re
import subprocess
import sys

QUERY = 'kind("_donor_library rule", //linux-emu/... + //drivers/linux/...)'


def bazel(*arguments):
    return subprocess.run(["bazel", *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout


def main():
    root = pathlib.Path(bazel("info", "workspace").strip())
    external = pathlib.Path(bazel("info", "output_base").strip()) / "external"
    targets = bazel("query", QUERY).split()
    used = {"COPYING", "Makefile", "kernel/bounds.c", "kernel/time/timeconst.bc", "lib/gen_crc32table.c"}
    for variant in ("release", "debug"):
        flags = ["--platforms=//platforms:x86_64-none", "--//linux-emu/config:variant=" + variant]
        built = [t for t in targets if variant == "debug" or not t.endswith("_debug")]
        bazel("build", "--output_groups=dependencies", *flags, *built)
        for folder in ("linux-emu", "drivers"):
            output = pathlib.Path(bazel("info", "bazel-bin", *flags).strip()) / folder
            for file in output.rglob("_objects/**/*.d"):
                used.update(re.findall(r"external/linux/(\S+)", file.read_text()))
    used = {str(pathlib.PurePosixPath(*normalise(f))) for f in used}
    lines = []
    for name in sorted(used):
        digest = hashlib.sha256((external / "linux" / name).read_bytes()).hexdigest()
        lines.append(f"{digest}  {name}\n")
    (root / "linux-emu/config/checksums.txt").write_text("".join(lines))
    print(f"{len(lines)} donor files recorded")


def normalise(name):
    parts = []
    for part in name.split("/"):
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return parts


if __name__ == "__main__":
    sys.exit(main())
