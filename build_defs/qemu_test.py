#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Boots a kernel image in QEMU and judges the run: exit status, lines that must or must not appear, cases.

A kernel reports each case as one line "PASS name", "FAIL name: reason" or "SKIP name: reason".
"""
import json
import os
import re
import subprocess
import sys

CASE = re.compile(r"^(PASS|FAIL|SKIP) (\S+?):?(?: (.*))?$")


def boot(config, log_path):
    command = [
        config["qemu"], "-accel", "tcg", "-M", config["machine"], "-m", config["memory"], "-display", "none",
        "-nodefaults", "-no-user-config", "-no-reboot", "-monitor", "none", "-serial", "file:" + log_path,
        "-device", "isa-debug-exit,iobase=0xf4,iosize=0x04", "-kernel", config["kernel"],
        "-append", " ".join(config["command_line"]),
    ] + config["qemu_args"]
    environment = dict(os.environ, TMPDIR=os.environ.get("TEST_TMPDIR", "/tmp"))
    try:
        status = subprocess.run(command, stdin=subprocess.DEVNULL, env=environment, timeout=config["timeout_s"]).returncode
    except subprocess.TimeoutExpired:
        status = None
    except OSError as error:
        sys.exit("%s: %s (./graft setup installs it)" % (config["qemu"], error.strerror))
    with open(log_path, errors="replace") as log:
        return status, log.read().replace("\r\n", "\n")


def judge(config, status, log):
    """Returns the list of complaints."""
    complaints = []
    if status is None:
        complaints.append("still running after %d s" % config["timeout_s"])
    elif status != config["expected_status"]:
        what = {0: " (a triple fault or a reset)", 33: " (passed)", 65: " (failed)"}.get(status, "")
        complaints.append("QEMU's exit status is %d%s, not %d" % (status, what, config["expected_status"]))
    for pattern in config["expect"]:
        if not re.search(pattern, log, re.MULTILINE):
            complaints.append("no line matches %r" % pattern)
    for pattern in config["reject"]:
        found = re.search(pattern, log, re.MULTILINE)
        if found:
            complaints.append("the log contains %r" % found.group(0))
    cases = [m.groups() for m in map(CASE.match, log.splitlines()) if m]
    complaints += ["failed: %s: %s" % (name, reason) for result, name, reason in cases if result == "FAIL"]
    passed = {name for result, name, _ in cases if result == "PASS"}
    complaints += ["case %s did not pass" % name for name in config["cases"] if name not in passed]
    return complaints


def main():
    with open(sys.argv[1]) as file:
        config = json.load(file)
    log_path = os.path.join(os.environ.get("TEST_UNDECLARED_OUTPUTS_DIR", "."), "serial.log")
    status, log = boot(config, log_path)
    print(log)
    complaints = judge(config, status, log)
    for complaint in complaints:
        print("qemu_test:", complaint, file=sys.stderr)
    sys.exit(1 if complaints else 0)


if __name__ == "__main__":
    main()
