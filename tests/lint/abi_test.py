# SPDX-License-Identifier: BSD-2-Clause
"""The binary interface changes only on purpose."""
import difflib
import pathlib
import re
import shutil
import sys
import tempfile
import unittest

from testing import cases

sys.path.insert(0, str(cases.ROOT / "tests" / "lint"))
import abi  # noqa: E402


class Abi(unittest.TestCase):
    def test_it_is_the_golden_one(self):
        change = list(difflib.unified_diff(abi.GOLDEN.read_text().splitlines(), abi.describe().splitlines(), "golden", "now", n=0,
                                           lineterm=""))
        self.assertFalse(change, "the binary interface changed; if that is meant, give the interface a new IID and run "
                         "`python3 tests/lint/abi.py --write`:\n" + "\n".join(change))

    def test_iids_are_unique(self):
        iids = re.findall(r"^iid \w+ (\w+)$", abi.describe(), re.MULTILINE)
        self.assertGreater(len(iids), 10)
        self.assertEqual(len(iids), len(set(iids)))

    def test_every_interface_begins_with_iunknown(self):
        blocks = re.findall(r"^struct (graft_\w+_ops) .*\n((?:  .*\n)*)", abi.describe(), re.MULTILINE)
        self.assertGreater(len(blocks), 10)
        for name, slots in blocks:
            with self.subTest(interface=name):
                self.assertEqual(re.findall(r"\(\*(\w+)\)", slots)[:3], ["query", "addref", "release"])

    def test_swapped_slots_would_be_noticed(self):
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(cases.ROOT / "com" / "graft", pathlib.Path(folder, "graft"))
            header = pathlib.Path(folder, "graft", "iunknown.h")
            text = header.read_text()
            header.write_text(text.replace("(*addref)", "(*x)").replace("(*release)", "(*addref)").replace("(*x)", "(*release)"))
            self.assertNotEqual(header.read_text(), text)
            self.assertNotEqual(abi.describe(pathlib.Path(folder)), abi.describe())


if __name__ == "__main__":
    cases.main()
