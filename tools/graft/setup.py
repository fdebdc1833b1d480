# SPDX-License-Identifier: BSD-2-Clause
"""Brings the machine's Debian packages and source packages. Costs milliseconds once they are there."""
import argparse
import hashlib
import os
import shutil
import subprocess
import sys

from graft import debian_sources, paths
from graft.console import say
from graft.failure import Failure

PACKAGES = paths.ROOT / "tools" / "setup" / "packages.txt"


def wanted_packages():
    return PACKAGES.read_text().split()


def missing_packages(packages):
    """Asks dpkg which of the packages are not fully installed."""
    done = subprocess.run(
        ["dpkg-query", "-W", "-f", "${db:Status-Status} ${Package}\n", *packages],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    installed = {line.split()[1] for line in done.stdout.splitlines() if line.startswith("installed ")}
    return [package for package in packages if package not in installed]


def as_root(command):
    """Prefixes a command with sudo where that is needed; without a terminal sudo must not ask."""
    if os.geteuid() == 0:
        return command
    if shutil.which("sudo"):
        return ["sudo"] + ([] if sys.stdin.isatty() else ["-n"]) + command
    return command


def apt_get(*arguments):
    """Runs apt-get so that it never asks anything. Returns its exit status."""
    command = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=300", *arguments]
    return subprocess.run(as_root(command), stdin=subprocess.DEVNULL if not sys.stdin.isatty() else None,
                          stdout=sys.stderr).returncode


def install(packages):
    """Installs packages, refreshing apt's lists only if they turn out to be missing or stale."""
    say("installing " + " ".join(packages))
    arguments = ["install", "-y", "--no-install-recommends", *packages]
    if apt_get(*arguments) == 0 and not missing_packages(packages):
        return
    say("refreshing the package lists")
    if apt_get("update") == 0 and apt_get(*arguments) == 0 and not missing_packages(packages):
        return
    raise Failure("missing packages: %s\ninstall them as root: apt-get update && apt-get install %s"
                  % (" ".join(missing_packages(packages)), " ".join(missing_packages(packages))))


def stamp():
    """Names the state that setup brings about; a change of any list makes a new one."""
    text = PACKAGES.read_bytes() + debian_sources.LIST.read_bytes()
    return hashlib.sha256(text).hexdigest()


def ensure():
    """Brings whatever is missing."""
    stamp_file = paths.cache() / "setup-stamp"
    missing = missing_packages(wanted_packages())
    if missing:
        install(missing)
    elif stamp_file.is_file() and stamp_file.read_text() == stamp() and not debian_sources.missing():
        return
    debian_sources.ensure()
    stamp_file.parent.mkdir(parents=True, exist_ok=True)
    stamp_file.write_text(stamp())


def main(arguments):
    parser = argparse.ArgumentParser(prog="graft setup", description="Installs what the other commands need.")
    parser.parse_args(arguments)
    ensure()
    say("everything is there")
    return 0
