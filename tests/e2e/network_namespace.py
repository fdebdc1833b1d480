# SPDX-License-Identifier: BSD-2-Clause
"""Moves this process into a network namespace of its own, with a tap device for a guest.

The namespace and everything in it are gone when the last process in it ends, so nothing has to be cleaned up.
"""
import ctypes
import os
import pathlib
import subprocess

HOST_ADDRESS = "10.0.2.2"
GUEST_ADDRESS = "10.0.2.15"
TAP = "tap0"

_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000


class NoNamespace(AssertionError):
    """The machine does not let this user have a network of their own."""


def _unshare(flags):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(flags):
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def enter():
    """Enters a fresh network namespace whose loopback interface is up. To be called before any thread starts."""
    user, group = os.geteuid(), os.getegid()
    try:
        if user == 0:
            _unshare(_CLONE_NEWNET)
        else:
            _unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
            pathlib.Path("/proc/self/setgroups").write_text("deny")
            pathlib.Path("/proc/self/uid_map").write_text("0 %d 1" % user)
            pathlib.Path("/proc/self/gid_map").write_text("0 %d 1" % group)
    except OSError as error:
        raise NoNamespace("no network namespace: %s. This test needs root, or a system that lets users make namespaces "
                          "(sysctl kernel.unprivileged_userns_clone=1)" % error.strerror) from None
    run("ip", "link", "set", "lo", "up")


def make_tap(name=TAP, address=HOST_ADDRESS):
    """Makes a tap device with an address in the guest's network."""
    try:
        with open("/dev/net/tun", "r+b", buffering=0):
            pass
    except OSError as error:
        raise NoNamespace("/dev/net/tun: %s. This test needs the kernel module tun, and root or the right to open that file"
                          % error.strerror) from None
    run("ip", "tuntap", "add", "dev", name, "mode", "tap")
    # Only the frames that the test means to send.
    pathlib.Path("/proc/sys/net/ipv6/conf/%s/disable_ipv6" % name).write_text("1")
    run("ip", "address", "add", address + "/24", "dev", name)
    run("ip", "link", "set", name, "up")


def run(*command):
    """Runs a command and returns what it printed; fails with its message."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise AssertionError("%s: %s" % (" ".join(command), done.stdout.strip() or "status %d" % done.returncode))
    return done.stdout
