# SPDX-License-Identifier: BSD-2-Clause
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from graft import manifests
from graft.bench import attach_detach, counted, disk_read, linux_baseline, lines, rows
from graft.failure import Failure
from testing import cases

KERNEL, PLUGIN = os.path.abspath(os.environ["COUNTER_KERNEL"]), os.path.abspath(os.environ["PLUGIN"])


class Counter(unittest.TestCase):
    """The plugin against a kernel whose regions are known. The mark that begins a region counts as one instruction."""

    def run_kernel(self, mmio):
        return counted.run(["-kernel", KERNEL], [], mmio=mmio, timeout_seconds=60, plugin=PLUGIN)

    def test_every_instruction_counts_once(self):
        self.assertEqual(self.run_kernel(False)["nops"].median("instructions"), 1.001)

    def test_iterations_of_rep_are_counted_apart(self):
        rep = self.run_kernel(False)["rep"]
        self.assertEqual(len(rep.passes), 2)
        self.assertEqual(rep.median("rep_iterations"), rep.median("instructions") - 1)
        self.assertIn(rep.median("rep_iterations"), (64, 65))

    def test_register_accesses_are_counted_by_direction(self):
        regions = self.run_kernel(True)
        self.assertEqual([regions["registers"].median(name) for name in ("mmio_reads", "mmio_writes")], [2, 1])
        self.assertEqual([regions["nops"].median(name) for name in ("mmio_reads", "mmio_writes")], [0, 0])

    def test_counts_repeat(self):
        self.assertEqual(self.run_kernel(False), self.run_kernel(False))


class Parsing(unittest.TestCase):
    MARKS = "MARK 2 100 0 0 0 0\nMARK 3 300 4 0 2 0\nMARK 2 400 4 0 2 0\nMARK 3 500 4 0 2 0\n"

    def test_each_line_of_the_guest_belongs_to_one_pass(self):
        found = counted.parse_regions("boot\n[BENCH] region=1 units=100 name=x\n[BENCH] region=1 units=50 name=x\n", self.MARKS)
        self.assertEqual([one["instructions"] for one in found["x"].passes], [2, 2])
        self.assertEqual([one["mmio_writes"] for one in found["x"].passes], [0.02, 0])

    def test_a_guest_adds_figures_of_its_own(self):
        found = counted.parse_regions("[BENCH] region=1 units=100 name=x pages=7 objects=-2\n", self.MARKS)
        self.assertEqual([found["x"].median(name) for name in ("instructions", "pages", "objects")], [2, 7, -2])

    def test_a_pass_that_was_never_marked_is_refused(self):
        with self.assertRaises(Failure):
            counted.parse_regions("[BENCH] region=0 units=1 name=x\n", self.MARKS)


    def test_a_difference_is_one_of_medians(self):
        regions = counted.parse_regions("[BENCH] region=1 units=100 name=x\n[BENCH] region=0 units=10 name=y\n",
                                        self.MARKS + "MARK 0 0 0 0 0 0\nMARK 1 90 0 0 0 0\n")
        self.assertEqual(counted.difference(regions, "y", "x", "instructions"), 7)


class Guests(unittest.TestCase):
    def test_a_guest_that_fails_is_reported_with_its_console(self):
        with self.assertRaisesRegex(Failure, "exit status"):
            counted.run(["-kernel", "/nonexistent"], [], plugin=PLUGIN)


class Initramfs(unittest.TestCase):
    def test_cpio_reads_it(self):
        archive = linux_baseline.cpio([("init", 0o100755, b"x" * 5, (0, 0)), ("e1000.ko", 0o100644, b"y" * 8, (0, 0))])
        done = subprocess.run(["bsdtar", "-tf", "-"], input=archive, capture_output=True) if os.path.exists("/usr/bin/bsdtar") else None
        self.assertEqual(len(archive) % 4, 0)
        self.assertEqual(archive.count(b"070701"), 3)
        if done:
            self.assertEqual(done.stdout.split(), [b"init", b"e1000.ko"])


class Disks(unittest.TestCase):
    def test_the_baseline_has_every_module_and_every_form(self):
        source = (cases.ROOT / "tests" / "bench" / "linux" / "disk.c").read_text()
        for _, _, modules in disk_read.DISKS.values():
            self.assertLessEqual(set(modules), set(linux_baseline.MODULES))
        for form in sum(disk_read.COMPARED.values(), ()):
            self.assertIn('"%s"' % form, source)

    def test_every_linux_driver_that_works_is_attached(self):
        drivers = [driver["name"] for driver in manifests.drivers() if driver["name"].startswith("linux/") and driver["status"] == "works"]
        self.assertEqual(sorted(attach_detach.DEVICES), sorted(drivers))


class Rows(unittest.TestCase):
    def test_a_row_has_the_documented_fields_and_its_ratio(self):
        made = rows.row("b", "m", "u", 3, "Linux", 4, samples=5)
        self.assertEqual(tuple(made), rows.FIELDS)
        self.assertEqual(made["ratio"], 0.75)
        documented = (cases.ROOT / "docs" / "json.md").read_text()
        for field in rows.FIELDS:
            self.assertIn("`%s`" % field, documented)

    def test_what_was_not_measured_has_no_ratio(self):
        self.assertIsNone(rows.row("b", "m", "u", 3)["ratio"])

    def test_the_file_is_json(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "rows.json")
            rows.write([rows.row("b", "m", "u", 3)], path)
            self.assertEqual(json.loads(path.read_text())[0]["value"], 3)


class Lines(unittest.TestCase):
    def test_only_lines_with_code_count(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "a.c")
            path.write_text("/* a\n * b\n */\n\nint x; // y\n// z\nint w; /* v */\n")
            self.assertEqual(lines.count([path]), 2)


if __name__ == "__main__":
    cases.main()
