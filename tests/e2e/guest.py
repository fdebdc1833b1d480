# SPDX-License-Identifier: BSD-2-Clause
"""A kernel under QEMU, for end-to-end tests: starts it, reads its console, talks to QEMU's monitor, ends it.

    with Guest(image("HTTP_KERNEL"), disk=Disk(path)) as guest:
        guest.wait_for_line("ready")
        guest.http().get("/")

Whatever happens inside the `with`, no QEMU is left behind; if an exception leaves it, the console is printed.
"""
import ctypes
import itertools
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass

LOOPBACK = "127.0.0.1"
PASSED, FAILED = 33, 65
# Everything takes this much longer on a machine that is busy with other things.
PATIENCE = float(os.environ.get("GRAFT_TEST_PATIENCE", "1"))

_counter = itertools.count()


def image(variable):
    """Returns the path of a kernel image that the build handed over in an environment variable."""
    return str(pathlib.Path(os.environ[variable]).resolve())


def scratch():
    """Returns a folder that the run of this test may fill."""
    return pathlib.Path(os.environ.get("TEST_TMPDIR") or tempfile.gettempdir())


def outputs():
    """Returns the folder whose content is kept with the test's log."""
    return pathlib.Path(os.environ.get("TEST_UNDECLARED_OUTPUTS_DIR") or scratch())


def free_port():
    """Returns a TCP port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]


@dataclass
class Disk:
    """A disk: an image file, or any block node that `-blockdev` can describe (`node`)."""
    path: object = None
    device: str = "virtio-blk-pci"
    writable: bool = False
    node: dict = None

    def arguments(self, name):
        node = self.node
        if node is None:
            node = {"driver": "raw", "file": {"driver": "file", "filename": str(self.path)}}
            if not self.writable:
                node.update({"read-only": True})
                node["file"]["read-only"] = True
        return ["-blockdev", json.dumps({"node-name": name, **node}), "-device", "%s,drive=%s,id=%s-device" % (self.device, name, name)]


@dataclass
class UserNetwork:
    """QEMU's own network: the guest is 10.0.2.15, its port 80 appears at a loopback port of this machine."""
    port: int = None

    def arguments(self, name):
        self.port = self.port or free_port()
        return ["-netdev", "user,id=%s,hostfwd=tcp:%s:%d-:80" % (name, LOOPBACK, self.port)]

    def address(self):
        return LOOPBACK, self.port


@dataclass
class TapNetwork:
    """A tap device of this network namespace (wire.py makes both)."""
    interface: str = "tap0"
    guest_address: str = "10.0.2.15"

    def arguments(self, name):
        return ["-netdev", "tap,id=%s,ifname=%s,script=no,downscript=no" % (name, self.interface)]

    def address(self):
        return self.guest_address, 80


def _die_with_parent():
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


class GuestError(AssertionError):
    """The kernel or QEMU did not do what the test waited for."""


class Guest:
    """One run of a kernel. Use as a context."""

    def __init__(self, kernel, disk=None, network=None, nic="e1000", command_line="", memory_mib=256, extra=()):
        self.network = network
        self._name = "%s-%d" % (pathlib.Path(kernel).name, next(_counter))
        self.log_path = outputs() / ("%s.serial.log" % self._name)
        self._command = [
            "qemu-system-x86_64", "-accel", "tcg", "-M", "q35", "-m", str(memory_mib), "-display", "none", "-nodefaults", "-no-user-config",
            "-no-reboot", "-serial", "file:%s" % self.log_path, "-kernel", str(kernel), "-append", command_line,
            "-device", "isa-debug-exit,iobase=0xf4,iosize=0x04"]
        if network is not None:
            self._command += network.arguments("net0")
            self._command += ["-device", "%s,netdev=net0,id=nic0" % nic]
        disks = disk if isinstance(disk, (list, tuple)) else [] if disk is None else [disk]
        for index, one in enumerate(disks):
            self._command += one.arguments("disk%d" % index)
        self._command += list(extra)
        self._process = None
        self._qmp = None

    def __enter__(self):
        if not shutil.which(self._command[0]):
            raise GuestError("%s is not installed (./graft setup installs it)" % self._command[0])
        self.log_path.write_bytes(b"")
        ours, theirs = socket.socketpair()
        command = self._command + ["-chardev", "socket,id=qmp,fd=%d" % theirs.fileno(), "-mon", "chardev=qmp,mode=control"]
        self.started = time.monotonic()
        # What QEMU itself says is not the kernel's console; it goes to the test's log.
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()], start_new_session=True,
                                         preexec_fn=_die_with_parent, env=dict(os.environ, TMPDIR=str(scratch())))
        theirs.close()
        self._qmp = ours
        self._qmp_lines = ours.makefile("r")
        return self

    def __exit__(self, kind, value, trace):
        if kind is not None:
            print("---- console of %s\n%s----" % (self._name, self.log()), flush=True)
        self.stop()

    def stop(self):
        """Ends QEMU, however it is."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        self.status = process.returncode
        self._qmp_lines.close()
        self._qmp.close()

    def log(self):
        """Returns what the kernel wrote to its console until now."""
        return self.log_path.read_text(errors="replace").replace("\r\n", "\n")

    def running(self):
        return self._process is not None and self._process.poll() is None

    @property
    def process_id(self):
        return self._process.pid

    def require_running(self):
        """Fails if the kernel has ended: panicked, shut down or reset."""
        if not self.running():
            status = self._process.returncode if self._process else self.status
            raise GuestError("the kernel stopped (QEMU's exit status is %d%s)" % (status, ", a triple fault or a reset" if status == 0 else ""))

    def wait_for(self, condition, what, timeout_seconds=60):
        """Polls until condition() is true and returns that; fails if the kernel ends or time runs out first."""
        deadline = time.monotonic() + timeout_seconds * PATIENCE
        while True:
            found = condition()
            if found:
                return found
            self.require_running()
            if time.monotonic() > deadline:
                raise GuestError("%s: not within %d s" % (what, timeout_seconds * PATIENCE))
            time.sleep(0.02)

    def wait_for_line(self, pattern, timeout_seconds=60):
        """Waits for a console line and returns the match."""
        expression = re.compile(pattern, re.MULTILINE)
        return self.wait_for(lambda: expression.search(self.log()), "no line matches %r" % pattern, timeout_seconds)

    def wait_for_exit(self, timeout_seconds=60):
        """Waits until the kernel ends QEMU and returns the exit status."""
        try:
            return self._process.wait(timeout_seconds * PATIENCE)
        except subprocess.TimeoutExpired:
            raise GuestError("the kernel still runs after %d s" % (timeout_seconds * PATIENCE)) from None

    def require_passed(self, timeout_seconds=60):
        """Waits for the end and fails unless the kernel reported success."""
        status = self.wait_for_exit(timeout_seconds)
        if status != PASSED:
            raise GuestError("QEMU's exit status is %d, not %d" % (status, PASSED))

    def monitor(self, command, **arguments):
        """Runs a QMP command and returns its result."""
        if not getattr(self, "_negotiated", False):
            self._negotiated = True
            self._receive("QMP")
            self.monitor("qmp_capabilities")
        self._qmp.sendall(json.dumps({"execute": command, "arguments": arguments}).encode())
        answer = self._receive("return", "error")
        if "error" in answer:
            raise GuestError("%s: %s" % (command, answer["error"]["desc"]))
        return answer["return"]

    def _receive(self, *keys):
        self._qmp.settimeout(10 * PATIENCE)
        for line in self._qmp_lines:
            message = json.loads(line)
            if any(key in message for key in keys):
                return message
        raise GuestError("QEMU closed its monitor")

    def set_link(self, up):
        """Plugs the network cable in or pulls it out."""
        self.monitor("set_link", name="nic0", up=up)
