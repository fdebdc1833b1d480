# SPDX-License-Identifier: BSD-2-Clause
"""The files of the repository, as git sees them."""
import subprocess

from testing import cases

SOURCE_SUFFIXES = (".c", ".cc", ".h", ".hpp", ".S", ".py", ".bzl", ".sh", ".ld")


def files():
    """Returns the paths, relative to the root, of everything tracked or about to be."""
    done = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=cases.ROOT,
                          stdout=subprocess.PIPE, text=True, check=True)
    return sorted(name for name in done.stdout.split("\0") if name and (cases.ROOT / name).is_file())


def sources(*suffixes):
    return [name for name in files() if name.endswith(suffixes or SOURCE_SUFFIXES)]
