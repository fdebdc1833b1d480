# SPDX-License-Identifier: BSD-2-Clause
"""The whole job over one device model that nothing else drives."""
import os
import subprocess
import unittest

from testing import cases

KERNEL = os.path.abspath(os.environ["HTTP_KERNEL"])


class Model(unittest.TestCase):
    def test_serves_every_file(self):
        command = ["./graft", "run", "--once", "--kernel", KERNEL, "--nic", os.environ["NIC"]]
        done = subprocess.run(command, cwd=cases.ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("<- linux/e1000 (etherdev)", done.stdout)


if __name__ == "__main__":
    cases.main()
