# SPDX-License-Identifier: BSD-2-Clause
"""Rules for every file: its licence is named, it is not too long, and it speaks of the project alone."""
import re
import unittest

from testing import cases, tree

MAX_LINES = 800
GPL_FOLDERS = ("linux-emu/", "drivers/linux/")

# Addresses may name a specification or a licence, never a place that packages or sources are fetched from.
ADDRESS = re.compile(r"\b(?:https?|ftp|git)://([\w.-]+)")
ALLOWED_ADDRESSES = {"127.0.0.1", "localhost", "10.0.2.2", "10.0.2.15", "spdx.org", "www.w3.org", "%s", "%s:%d"}
PATHS = re.compile(r"(?<![\w.$}/])/(?:home|root|work|Users|mnt)/\w+")
# Words of a workplace, not of the project. In pieces, so that this file passes its own test.
WORDS = re.compile(r"\b(?:%s)\b" % "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")))


def licence(name, text):
    head = "\n".join(text.splitlines()[:4])
    match = re.search(r"SPDX-License-Identifier: ([\w.-]+(?: (?:OR|AND|WITH) [\w.-]+)*)", head)
    return match and match[1]


def leaks(text):
    """Returns what a file says that does not belong into the repository."""
    found = [match[0] for match in ADDRESS.finditer(text) if match[1] not in ALLOWED_ADDRESSES]
    found += [match[0] for match in PATHS.finditer(text)]
    return found + WORDS.findall(text)


class Tree(unittest.TestCase):
    def check(self, names, rule):
        """Applies rule(name, text), which returns a complaint or nothing, to each file."""
        for name in names:
            complaint = rule(name, (cases.ROOT / name).read_text(errors="replace"))
            with self.subTest(file=name):
                self.assertFalse(complaint, complaint)

    def test_every_source_names_its_licence(self):
        def rule(name, text):
            expected = "GPL-2.0-only" if name.startswith(GPL_FOLDERS) else "BSD-2-Clause"
            # What only steers the build is linked into nothing, so it may be under the freer licence anywhere.
            accepted = {expected, "BSD-2-Clause"} if name.endswith((".bzl", ".py", ".sh")) else {expected}
            return licence(name, text) not in accepted and "its first lines must say: SPDX-License-Identifier: " + expected

        self.check(tree.sources(), rule)

    def test_every_licence_has_its_text(self):
        def rule(name, text):
            named = licence(name, text)
            return named and not (cases.ROOT / "LICENSES" / (named + ".txt")).is_file() and "no LICENSES/%s.txt" % named

        self.check(tree.sources(), rule)

    def test_no_source_is_too_long(self):
        self.check(tree.sources(), lambda name, text: text.count("\n") > MAX_LINES and "split it by subject")

    def test_nothing_speaks_of_anything_but_the_project(self):
        self.check([name for name in tree.files() if not name.startswith("LICENSES/")],
                   lambda name, text: ", ".join(leaks(text)))

    def test_a_leak_would_be_noticed(self):
        for text in ("see http:/" + "/packages.example.net/x", "cd /home/" + "me", "// TO" + "DO: later"):
            self.assertEqual(len(leaks(text)), 1, text)
        self.assertEqual(leaks("a/home/x $HOME/root/x http://127.0.0.1:80/"), [])


if __name__ == "__main__":
    cases.main()
