# SPDX-License-Identifier: BSD-2-Clause
"""The configuration that donors are compiled with is what the donor's own Kconfig makes of our choices."""
import subprocess
import unittest

from testing import cases


class Configuration(unittest.TestCase):
    def test_kconfig_agrees(self):
        script = cases.ROOT / "linux-emu" / "tools" / "configure.sh"
        done = subprocess.run([str(script), "--check"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual(done.returncode, 0, done.stdout)


if __name__ == "__main__":
    cases.main()
