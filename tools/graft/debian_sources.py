# SPDX-License-Identifier: BSD-2-Clause
"""Downloads Debian source packages without touching the machine's apt configuration.

Most machines have no deb-src entries. A private source list is derived from the binary entries that apt itself reports,
whatever files and formats they stand in, and used with package lists of its own.
"""
import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from graft import paths
from graft.console import say
from graft.failure import Failure

LIST = paths.ROOT / "tools" / "setup" / "sources.txt"
KEYRING = pathlib.Path("/usr/share/keyrings/debian-archive-keyring.gpg")


def wanted():
    """Returns (source package, file that the build takes from it) pairs."""
    return [tuple(line.split()) for line in LIST.read_text().splitlines() if line.strip()]


def missing():
    return [(package, name) for package, name in wanted() if not (paths.sources() / name).is_file()]


def archive_entries():
    """Returns the deb-src lines that match the machine's own entries of the Debian archive."""
    fields = "$(ORIGIN)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)"
    done = subprocess.run(["apt-get", "indextargets", "--format", fields, "Created-By: Packages"],
                          stdout=subprocess.PIPE, text=True)
    keyring = "[signed-by=%s] " % KEYRING if KEYRING.is_file() else ""
    lines = []
    for target in done.stdout.splitlines():
        origin, uri, release, component = target.split("|")
        line = "deb-src %s%s %s %s" % (keyring, uri, release, component)
        if origin == "Debian" and line not in lines:
            lines.append(line)
    return lines


@contextlib.contextmanager
def private_apt():
    """Gives the beginning of an apt-get command that sees only the Debian archive's sources."""
    from graft import setup
    entries = archive_entries()
    if not entries:
        say("refreshing the package lists")
        setup.apt_get("update")
        entries = archive_entries()
    if not entries:
        raise Failure("apt knows no Debian archive, which the sources are taken from.\n"
                      "Add one to /etc/apt/sources.list and run: apt-get update")
    with tempfile.TemporaryDirectory(prefix="graft-apt-") as name:
        folder = pathlib.Path(name)
        for part in ("parts", "lists/partial", "cache/archives/partial"):
            (folder / part).mkdir(parents=True)
        (folder / "parts" / "graft.list").write_text("\n".join(entries) + "\n")
        options = {
            "Dir::Etc::sourcelist": "/dev/null",
            "Dir::Etc::sourceparts": folder / "parts",
            "Dir::State::lists": folder / "lists",
            "Dir::Cache": folder / "cache",
            # Nothing is shared with the machine's own lists, so dropping privileges would only lock us out of the folder.
            "APT::Sandbox::User": "root",
        }
        command = ["apt-get", "-q"]
        for key, value in options.items():
            command += ["-o", "%s=%s" % (key, value)]
        yield command


def ensure():
    """Downloads the source packages that are missing."""
    packages = sorted({package for package, _ in missing()})
    if not packages:
        return
    say("downloading the sources of " + " ".join(packages))
    folder = paths.sources()
    folder.mkdir(parents=True, exist_ok=True)
    with private_apt() as apt, tempfile.TemporaryDirectory(dir=folder) as landing:
        environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        for arguments in (["update"], ["source", "--download-only", *packages]):
            if subprocess.run(apt + arguments, cwd=landing, env=environment, stdin=subprocess.DEVNULL,
                              stdout=sys.stderr).returncode:
                raise Failure("could not download the source packages %s\n"
                              "Bring them by hand: cd %s && apt-get source --download-only %s (needs deb-src entries)"
                              % (" ".join(packages), folder, " ".join(packages)))
        for file in pathlib.Path(landing).iterdir():
            shutil.move(str(file), str(folder / file.name))
    for package, name in missing():
        raise Failure("the source package %s no longer holds %s, which the build expects; what came is in %s\n"
                      "Update tools/setup/sources.txt and WORKSPACE together." % (package, name, folder))
