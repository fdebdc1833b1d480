# SPDX-License-Identifier: BSD-2-Clause
"""What a driver set needs and shows: no exceptions, no allocation that throws, and only graft_* visible."""
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from testing import cases

SETS = os.environ["DRIVER_SETS"].split()
# Throwing, unwinding, and operator new without nothrow; also where the set would define it itself.
FORBIDDEN = re.compile(r"^(__cxa_(throw|rethrow|begin_catch|allocate_exception|guard_\w+)|_Unwind_\w+|__gxx_personality_v0|_Zn[wa][mj](St11align_val_t)?|"
                       r"_ZSt\d+__throw_\w+)$")


def symbols(path):
    """Returns {name: kind} of an object's symbols, as nm names them."""
    done = subprocess.run(["nm", str(path)], stdout=subprocess.PIPE, text=True, check=True)
    return {line.split()[-1]: line.split()[-2] for line in done.stdout.splitlines()}


def forbidden(path):
    return sorted(name for name in symbols(path) if FORBIDDEN.match(name))


class Symbols(unittest.TestCase):
    def each(self, rule):
        self.assertTrue(SETS)
        for name in SETS:
            with self.subTest(set=name):
                self.assertEqual(rule(os.path.realpath(name)), [])

    def test_nothing_throws(self):
        self.each(forbidden)

    def test_only_the_kits_own_names_are_visible(self):
        self.each(lambda path: [name for name, kind in symbols(path).items()
                                if kind.isupper() and kind not in "UN" and not name.startswith("graft_")])

    def test_the_host_has_to_supply_only_the_listed_functions(self):
        allowed = set((cases.ROOT / "build_defs" / "host_symbols.txt").read_text().split())
        self.each(lambda path: [name for name, kind in symbols(path).items() if kind == "U" and name not in allowed])

    def test_an_object_that_throws_would_be_noticed(self):
        with tempfile.TemporaryDirectory() as folder:
            bad = pathlib.Path(folder, "bad.o")
            subprocess.run(["g++", "-c", "-x", "c++", "-o", str(bad), "-"], text=True, check=True,
                           input="int* make(int n) { if (n < 0) throw n; return new int[n]; }")
            self.assertEqual(forbidden(bad), ["_Znam", "__cxa_allocate_exception", "__cxa_throw"])


if __name__ == "__main__":
    cases.main()
