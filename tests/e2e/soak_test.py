# SPDX-License-Identifier: BSD-2-Clause
"""Ten minutes of mixed load without growth of memory in use."""
import unittest

import soak
from testing import cases


class Soak(unittest.TestCase):
    def test_ten_minutes(self):
        soak.run(600)


if __name__ == "__main__":
    cases.main()
