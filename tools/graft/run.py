# SPDX-License-Identifier: BSD-2-Clause
"""`graft run`: a kernel that serves a folder over HTTP through donor drivers."""
import argparse
import hashlib
import http.client
import pathlib
import signal
import sys
import tempfile
import time
import urllib.error
import urllib.parse

from graft import archive, bazel, choice, paths, setup
from graft.console import say
from graft.failure import Failure, unknown
from graft.virtual_machine import VirtualMachine, choose_port

# The example's images are named after their hosts, which are folders of kernels/.
IMAGES = {host: "//examples/http:" + host for host in ("threaded", "eventloop")}
HOST = "threaded"
IMAGE = IMAGES[HOST]
SITE = paths.ROOT / "examples" / "http" / "site"


def parse(arguments):
    parser = argparse.ArgumentParser(prog="graft run", description="Builds the HTTP kernel and serves a folder through it.")
    parser.add_argument("--files", metavar="DIR", type=pathlib.Path, default=SITE, help="the folder to serve (default: a demonstration)")
    parser.add_argument("--once", action="store_true", help="fetch every file, compare it with the original, say so and end")
    parser.add_argument("--host", default=HOST, help="what links the drivers: %s (default: %s)" % (" or ".join(IMAGES), HOST))
    parser.add_argument("--set", dest="driver_set", metavar="SET",
                        help="driver set: a name of `graft list sets` or a label of your own (default: one with the drivers of nic and disk)")
    parser.add_argument("--nic", help="network card: a driver or a device of `graft list devices` (default: one that the set drives)")
    parser.add_argument("--disk", help="disk: a driver or a device of `graft list devices` (default: one that the set drives)")
    parser.add_argument("--port", type=int, help="port of this machine (default: 8080, or any free one)")
    parser.add_argument("--memory", type=int, default=256, metavar="MIB", help="memory of the virtual machine (default: 256)")
    parser.add_argument("--kernel", metavar="FILE", type=pathlib.Path, help="boot this image instead of building the example's")
    return parser.parse_args(arguments)


def kernel_image(wanted, host, chosen):
    """Returns the image that was asked for, or builds the example's for a host with the chosen driver set."""
    if wanted:
        if not wanted.is_file():
            raise Failure("there is no kernel image %s" % wanted)
        return wanted
    label = IMAGES[host]
    setup.ensure()
    say("building %s with driver set %s" % (label, chosen.driver_set))
    bazel.build(chosen.flag, label)
    return bazel.artifact(label)


def compare(machine, name, path):
    """Fetches one file and compares it with the original. Returns what is wrong, or nothing."""
    original = hashlib.sha256()
    with open(path, "rb") as content:
        for chunk in iter(lambda: content.read(1 << 20), b""):
            original.update(chunk)
    try:
        fetched = machine.fetch("/" + urllib.parse.quote(name))
    except urllib.error.HTTPError as error:
        return "%d %s" % (error.code, error.reason)
    except (OSError, http.client.HTTPException) as error:
        return "%s: %s" % (type(error).__name__, error)
    if hashlib.sha256(fetched).digest() != original.digest():
        return "SHA-256 differs (%d bytes came, %d were stored)" % (len(fetched), path.stat().st_size)
    return None


def fetch_everything(machine, served):
    """Fetches the index, the status page and every file; prints what came of it. Returns the exit status."""
    bad = 0
    for page in ("/", "/status"):
        try:
            size = len(machine.fetch(page))
            fault = None if size else "empty"
        except (OSError, http.client.HTTPException) as error:
            fault = str(error)
        print("%-4s %s%s" % ("bad" if fault else "ok", page, ": " + fault if fault else ""))
        bad += bool(fault)
    for name, path in served.items():
        fault = compare(machine, name, path)
        print("%-4s /%s%s" % ("bad" if fault else "ok", name, ": " + fault if fault else ""))
        bad += bool(fault)
    print("%d of %d files and pages right" % (len(served) + 2 - bad, len(served) + 2))
    return 1 if bad else 0


def watch(machine, show):
    """Shows the console until the machine or the user ends it."""
    try:
        while machine.running():
            for line in machine.lines():
                show(line)
            time.sleep(0.1)
    except KeyboardInterrupt:
        say("stopped")
        return 0
    for line in machine.lines():
        show(line)
    raise Failure("the kernel stopped (QEMU's exit status is %d)" % machine.exit_status())


def end_on_sigterm(*_):
    sys.exit(128 + signal.SIGTERM)


def main(arguments):
    options = parse(arguments)
    signal.signal(signal.SIGTERM, end_on_sigterm)
    if options.host not in IMAGES:
        raise unknown("host", options.host, IMAGES)
    chosen = choice.choose(options.driver_set, options.nic, options.disk, any_driver=options.kernel is not None)
    if options.memory < 64:
        raise Failure("--memory %d is too little; at least 64" % options.memory)
    with tempfile.TemporaryDirectory(prefix="graft-run-") as scratch:
        image = pathlib.Path(scratch, "disk.tar")
        served = archive.write(options.files, image)
        port = choose_port(options.port)
        kernel = kernel_image(options.kernel, options.host, chosen)

        def show(line):
            print(line, flush=True)

        with VirtualMachine(kernel, image, port, chosen.nic, chosen.disk, options.memory) as machine:
            try:
                seconds, _ = machine.wait_until_it_answers(on_line=show)
            except KeyboardInterrupt:
                say("stopped")
                return 0
            say("up after %.1f s" % seconds)
            if options.once:
                status = fetch_everything(machine, served)
                for line in machine.lines():
                    show(line)
                return status
            print("\n%d files of %s at %s/ (status: %s/status); Ctrl-C ends it" % (len(served), options.files, machine.url, machine.url),
                  flush=True)
            return watch(machine, show)
