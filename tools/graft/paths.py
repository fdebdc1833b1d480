# SPDX-License-Identifier: BSD-2-Clause
"""Where things lie, on this machine and in the repository."""
import os
import pathlib
import pwd

ROOT = pathlib.Path(__file__).resolve().parents[2]


def home():
    """Returns the user's home folder, also where the environment does not say it."""
    return pathlib.Path(os.environ.get("HOME") or pwd.getpwuid(os.getuid()).pw_dir)


def cache():
    """Returns the folder for everything that can be made again."""
    return home() / ".cache" / "graft"


def sources():
    """Returns the folder of downloaded source packages; third_party/repos.bzl looks there too."""
    return pathlib.Path(os.environ.get("GRAFT_SOURCES") or cache() / "sources")


def out():
    """Returns the repository's own folder for files that commands leave behind."""
    folder = ROOT / "out"
    folder.mkdir(exist_ok=True)
    return folder
