# SPDX-License-Identifier: BSD-2-Clause
"""clang-format has nothing to change."""
import subprocess
import unittest

from testing import cases, tree


def complaints(arguments, **kwargs):
    done = subprocess.run(["clang-format", "--dry-run", "--Werror", *arguments], cwd=cases.ROOT, capture_output=True, text=True, **kwargs)
    return done.stderr if done.returncode else ""


class Format(unittest.TestCase):
    def test_every_c_and_cxx_file_is_formatted(self):
        names = tree.sources(".c", ".cc", ".h", ".hpp")
        self.assertTrue(names)
        if not complaints(names):
            return
        for name in names:
            with self.subTest(file=name):
                text = complaints([name])
                self.assertEqual(text[:600], "", "run: clang-format -i " + name)

    def test_a_badly_formatted_file_would_be_noticed(self):
        self.assertIn("clang-format", complaints(["--assume-filename=" + str(cases.ROOT / "com/a.cc")], input="int  a ;\n"))


if __name__ == "__main__":
    cases.main()
