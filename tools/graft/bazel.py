# SPDX-License-Identifier: BSD-2-Clause
"""Runs Bazel with this project's environment and without the noise of its Java machine."""
import os
import subprocess
import sys
import threading
import xml.etree.ElementTree

from graft import paths
from graft.failure import Failure

# Lines that say nothing about the build.
NOISE = ("OpenJDK 64-Bit Server VM warning", "WARNING: An illegal reflective access", "WARNING: Illegal reflective",
         "WARNING: Please consider reporting", "WARNING: Use --illegal-access", "WARNING: All illegal access",
         "Starting local Bazel server")


def environment():
    """Returns the environment for Bazel: HOME must exist, for its caches and for the downloaded sources."""
    return dict(os.environ, HOME=str(paths.home()))


def _filter(stream):
    for line in stream:
        if not line.startswith(NOISE):
            sys.stderr.write(line)
            sys.stderr.flush()


def run(*arguments):
    """Runs `bazel arguments` with its output on stderr; a terminal keeps its progress display. Returns the status."""
    command = ["bazel", *map(str, arguments)]
    if sys.stderr.isatty():
        return subprocess.run(command, cwd=paths.ROOT, env=environment(), stdout=sys.stderr).returncode
    process = subprocess.Popen(command, cwd=paths.ROOT, env=environment(), stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    reader = threading.Thread(target=_filter, args=(process.stdout,))
    reader.start()
    try:
        status = process.wait()
    except KeyboardInterrupt:
        process.wait()
        raise
    reader.join()
    return status


def build(*labels):
    """Builds labels, between which flags may stand, or fails."""
    quiet = [] if sys.stderr.isatty() else ["--ui_event_filters=-info", "--noshow_progress", "--show_result=0"]
    if run("build", *quiet, *labels):
        raise Failure("the build failed; its messages stand above")


def query(expression):
    """Returns the labels that a query yields."""
    done = subprocess.run(["bazel", "query", "--noshow_progress", "--keep_going", expression], cwd=paths.ROOT, env=environment(),
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    # 3: some packages do not load; the build will say so better than a query can.
    if done.returncode not in (0, 3):
        raise Failure("bazel query failed:\n" + done.stderr.strip())
    return done.stdout.split()


def string_list(label, attribute):
    """Returns the strings of a target's attribute; none where the target has no such attribute."""
    done = subprocess.run(["bazel", "query", "--noshow_progress", "--output=xml", label], cwd=paths.ROOT, env=environment(),
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR: ")]
        raise Failure("\n".join(errors) or done.stderr.strip())
    path = "./rule/list[@name='%s']/string" % attribute
    return [element.get("value") for element in xml.etree.ElementTree.fromstring(done.stdout).findall(path)]


def artifact(label):
    """Returns the path of a built label's single output file."""
    package, name = label[2:].split(":")
    path = paths.ROOT / "bazel-bin" / package / name
    if not path.exists():
        raise Failure("%s was built, but %s does not exist" % (label, path))
    return path
