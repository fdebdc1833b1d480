# SPDX-License-Identifier: BSD-2-Clause
"""A kernel under QEMU with one network card and one disk, reachable at a port of this machine."""
import ctypes
import http.client
import queue
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request

from graft.failure import Failure

PREFERRED_PORT = 8080
LOOPBACK = "127.0.0.1"
# QEMU takes a connection before the guest can, and repeats it ever more slowly: better to begin anew.
ATTEMPT_SECONDS = 0.5
# Properties that QEMU does not make up by itself.
DISK_PROPERTIES = {"nvme": "nvme,serial=graft"}


def port_is_free(port):
    with socket.socket() as probe:
        # As QEMU does, so that a connection of an earlier run which is still closing is no hindrance.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def choose_port(wanted):
    """Returns the port that was asked for, which must be free, or any free one."""
    if wanted is not None:
        if not 1 <= wanted <= 65535:
            raise Failure("%d is no port; valid: 1 .. 65535" % wanted)
        if not port_is_free(wanted):
            raise Failure("port %d of %s is in use or needs more rights; choose another with --port" % (wanted, LOOPBACK))
        return wanted
    if port_is_free(PREFERRED_PORT):
        return PREFERRED_PORT
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]


def _die_with_parent():
    """Lets the kernel end QEMU if this process ends without having done so."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


class VirtualMachine:
    """Use as a context: QEMU is gone when it ends, however it ends."""

    def __init__(self, kernel, image, port, nic="e1000", disk="virtio-blk-pci", memory_mib=256, command_line="", extra=()):
        self.url = "http://%s:%d" % (LOOPBACK, port)
        self.started = None
        self._lines = queue.Queue()
        self._command = [
            "qemu-system-x86_64", "-accel", "tcg", "-M", "q35", "-m", str(memory_mib), "-display", "none", "-nodefaults",
            "-no-user-config", "-no-reboot", "-monitor", "none", "-serial", "file:/dev/stdout", "-kernel", str(kernel),
            "-append", command_line,
            "-device", "isa-debug-exit,iobase=0xf4,iosize=0x04",
            "-netdev", "user,id=net0,hostfwd=tcp:%s:%d-:80" % (LOOPBACK, port), "-device", "%s,netdev=net0" % nic, *extra]
        if image is not None:
            # A comma in a file name is written twice.
            self._command += ["-drive", "file=%s,if=none,id=disk0,format=raw,snapshot=on" % str(image).replace(",", ",,"),
                              "-device", "%s,drive=disk0" % DISK_PROPERTIES.get(disk, disk)]

    def __enter__(self):
        self.started = time.monotonic()
        # A session of its own: Ctrl-C reaches this process alone, which then ends QEMU.
        self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                         start_new_session=True, preexec_fn=_die_with_parent)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def __exit__(self, *_):
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(1)

    def _read(self):
        for line in self._process.stdout:
            self._lines.put(line.decode(errors="replace").rstrip("\r\n"))
        self._lines.put(None)

    def lines(self):
        """Returns the console lines that came since the last call."""
        found = []
        while not self._lines.empty():
            line = self._lines.get()
            if line is not None:
                found.append(line)
        return found

    def running(self):
        return self._process.poll() is None

    def exit_status(self):
        return self._process.returncode

    def fetch(self, path, timeout_seconds=60):
        """Returns the body at a path of the served kernel; anything but 200 raises urllib.error.HTTPError."""
        with urllib.request.urlopen(self.url + path, timeout=timeout_seconds) as answer:
            return answer.read()

    def wait_until_it_answers(self, path="/", timeout_seconds=90, on_line=lambda line: None):
        """Asks for a path until it is served. Returns (seconds from QEMU's start until then, the body)."""
        while True:
            for line in self.lines():
                on_line(line)
            if not self.running():
                self._reader.join(1)
                for line in self.lines():
                    on_line(line)
                raise Failure("the kernel stopped before it served anything (QEMU's exit status is %d)" % self.exit_status())
            try:
                body = self.fetch(path, timeout_seconds=ATTEMPT_SECONDS)
                return time.monotonic() - self.started, body
            except urllib.error.HTTPError as error:
                # 503: the kernel is up and still reads its disk.
                fault = "answers %d %s" % (error.code, error.reason)
                if error.code != 503:
                    raise Failure("%s%s %s" % (self.url, path, fault)) from None
            except (OSError, http.client.HTTPException) as error:
                # Nobody listens yet: QEMU takes the connection and drops it.
                fault = "does not answer (%s)" % error
            if time.monotonic() - self.started > timeout_seconds:
                raise Failure("after %d s %s%s still %s" % (timeout_seconds, self.url, path, fault))
            time.sleep(0.02)
