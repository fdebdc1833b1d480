# SPDX-License-Identifier: BSD-2-Clause
"""The SDK archive, unpacked into an empty folder, and programs that are built there."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

from testing import cases

sys.path.insert(0, str(cases.ROOT / "tests" / "e2e"))

ARCHIVE = pathlib.Path(os.environ["SDK_ARCHIVE"]).resolve()
EXAMPLE = cases.ROOT / "examples" / "foreign-kernel"
CONSUMER = cases.ROOT / "tests" / "sdk" / "consumer"


def empty_folder():
    return pathlib.Path(tempfile.mkdtemp(dir=os.environ.get("TEST_TMPDIR")))


def unpack(into):
    """Unpacks the archive and returns the folder it makes."""
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(into)
    (folder,) = into.glob("graft-sdk-*")
    return folder


def run(*command, cwd, check=True, **environment):
    """Runs a command with hardly any environment; returns its result, or fails with what it said."""
    done = subprocess.run([str(word) for word in command], cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, env={"PATH": "/usr/bin:/bin", **environment})
    if check and done.returncode:
        raise AssertionError("%s\n%s" % (" ".join(map(str, command)), done.stdout))
    return done


def symbols(path):
    """Returns {name: kinds} of an object or image, such as {"panic": "Tt"}."""
    found = {}
    for line in run("nm", path, cwd="/").stdout.splitlines():
        found[line.split()[-1]] = found.get(line.split()[-1], "") + line.split()[-2]
    return found


class ForeignKernel:
    """A copy of the example beside an unpacked SDK."""

    def __init__(self):
        self.folder = empty_folder()
        self.sdk = unpack(self.folder)
        self.source = self.folder / EXAMPLE.name
        shutil.copytree(EXAMPLE, self.source, ignore=shutil.ignore_patterns("BUILD.bazel"))

    def change(self, name, old, new):
        """Edits a file of the copy; what is replaced must be there once."""
        text = (self.source / name).read_text()
        if text.count(old) != 1:
            raise AssertionError("%s has %r %d times" % (name, old, text.count(old)))
        (self.source / name).write_text(text.replace(old, new))

    def make(self, *arguments, check=True):
        """Builds with nothing in the environment but the path to make, gcc and ld."""
        run("make", "clean", cwd=self.source)
        return run("make", *arguments, cwd=self.source, check=check)

    @property
    def image(self):
        return self.source / "kernel"


def boot(image, **options):
    """Returns a Guest (tests/e2e/guest.py) that runs a build of the example."""
    from guest import Guest
    extra = ("-cpu", "qemu64,+rdrand", "-device", "edu", *options.pop("extra", ()))
    return Guest(str(image), memory_mib=128, extra=extra, **options)


def ladder_lines(text):
    return re.findall(r"^(?:PASS|SKIP|FAIL) ladder\..*$", text, re.MULTILINE)
