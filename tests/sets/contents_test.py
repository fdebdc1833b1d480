# SPDX-License-Identifier: BSD-2-Clause
"""A driver set holds the functions of its drivers and of no other, and is no bigger than it may be."""
import ast
import os
import pathlib
import re
import subprocess
import unittest

from graft import manifests
from testing import cases

# By the set's name, from the objects that the build hands over.
OBJECTS = {pathlib.Path(path).stem: os.path.realpath(path) for path in os.environ["DRIVER_SETS"].split()}

# Text in KiB. The aim for one card and the environment is 320; the donor's core makes up most of the rest.
MOST_TEXT_KIB = {"e1000": 400, "native": 68, "nvme": 394}


def sources(folder):
    """Returns the files that a driver's build file compiles, by the end of their path in the tree or in the donor's."""
    found = set()
    for statement in ast.parse((folder / "BUILD.bazel").read_text()).body:
        if isinstance(statement, ast.Expr) and statement.value.func.id in ("cc_library", "donor_library"):
            values = {keyword.arg: keyword.value for keyword in statement.value.keywords}
            for name in ast.literal_eval(values["srcs"]) if "srcs" in values else []:
                name = name.lstrip(":")
                found.add(name if "/" in name else "%s/%s" % (folder.relative_to(cases.ROOT), name))
    return found


def functions(path, depth):
    """Returns {source file: names of the functions that it knows}, from an object's debugging information.

    Functions of C lie below their unit, at depth 2; those of C++ anywhere.
    """
    done = subprocess.run(["readelf", "--debug-dump=info", "--dwarf-depth=%d" % depth, path], capture_output=True, text=True, check=True)
    found, file, name, is_unit, is_function = {}, None, None, False, False
    for line in done.stdout.splitlines():
        if match := re.match(r" <(\w+)><\w+>: Abbrev Number: \d+ \((\w+)\)", line):
            is_unit, is_function = match[1] == "0", match[2] == "DW_TAG_subprogram"
        elif "DW_AT_linkage_name" in line and is_function:
            found.setdefault(file, set()).add(line.split(": ")[-1].strip())
        elif "DW_AT_name" in line and (is_unit or is_function):
            name = line.split(": ")[-1].strip()
            if is_unit:
                file = name
                found.setdefault(file, set())
            else:
                found.setdefault(file, set()).add(name)
        elif "DW_AT_declaration" in line and is_function:
            found.get(file, set()).discard(name)
    return found


def symbols(path):
    """Returns the names of an object's functions, without what the compiler appends to parts of them."""
    done = subprocess.run(["nm", "--defined-only", path], stdout=subprocess.PIPE, text=True, check=True)
    return {line.split()[2].split(".")[0] for line in done.stdout.splitlines() if line.split()[1] in "tT"}


def data_symbols(path):
    done = subprocess.run(["nm", "--defined-only", path], stdout=subprocess.PIPE, text=True, check=True)
    return {line.split()[2] for line in done.stdout.splitlines()}


def text_bytes(path):
    done = subprocess.run(["size", "-A", path], stdout=subprocess.PIPE, text=True, check=True)
    return next(int(line.split()[1]) for line in done.stdout.splitlines() if line.startswith(".text "))


class Contents(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """Finds the functions of each driver: what its files define in a set that has it, and nothing else does."""
        cls.sets = manifests.sets()
        cls.own = {}
        cls.symbols = {name: symbols(path) for name, path in OBJECTS.items()}
        for whole, depth in (("linux_all", 2), ("native", 20)):
            defined = functions(OBJECTS[whole], depth)
            for driver in manifests.drivers():
                if driver["name"] not in cls.sets[whole]["drivers"]:
                    continue
                files = sources(driver["folder"])
                of_driver = [file for file in defined if any(file.endswith(end) for end in files)]
                others = set().union(*(names for file, names in defined.items() if file not in of_driver))
                cls.own[driver["name"]] = (set().union(*(defined[file] for file in of_driver)) & cls.symbols[whole]) - others

    def test_every_set_is_looked_at(self):
        self.assertEqual(set(OBJECTS), set(self.sets))

    def test_every_driver_has_functions(self):
        self.assertEqual(set(self.own), {driver["name"] for driver in manifests.drivers()})
        for driver, names in self.own.items():
            self.assertGreater(len(names), 5, driver)

    def test_a_set_has_every_function_of_its_drivers_and_none_of_others(self):
        for name, entry in self.sets.items():
            for driver, own in self.own.items():
                with self.subTest(set=name, driver=driver):
                    self.assertEqual(own & self.symbols[name], own if driver in entry["drivers"] else set())

    def test_a_set_has_the_entries_of_its_drivers_and_none_of_others(self):
        for name, entry in self.sets.items():
            known = {driver["name"]: "graft_driver_" + "_".join(driver["folder"].relative_to(cases.ROOT / "drivers").parts)
                     for driver in manifests.drivers()}
            found = data_symbols(OBJECTS[name]) & set(known.values())
            self.assertEqual(found, {known[driver] for driver in entry["drivers"]}, name)

    def test_no_donor_is_in_a_set_without_donor_drivers(self):
        self.assertEqual([file for file in functions(OBJECTS["native"], 1) if "/linux/" in file or "linux-emu/" in file], [])

    def test_text_is_no_more_than_it_may_be(self):
        for name, most in MOST_TEXT_KIB.items():
            with self.subTest(set=name):
                self.assertLessEqual(text_bytes(OBJECTS[name]), most * 1024)

    def test_a_driver_more_shows(self):
        self.assertGreater(text_bytes(OBJECTS["default"]), text_bytes(OBJECTS["e1000"]))
        self.assertGreater(text_bytes(OBJECTS["linux_all"]), text_bytes(OBJECTS["default"]))


if __name__ == "__main__":
    cases.main()
