# SPDX-License-Identifier: BSD-2-Clause
import json
import pathlib
import subprocess
import tempfile
import unittest

from graft import manifests, readme, record, results
from graft.failure import Failure
from testing import cases


def graft(*arguments):
    return subprocess.run([str(cases.ROOT / "graft"), *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True)


def driver(name, **fields):
    base = {"name": name, "title": "a card", "origin": "linux-6.1", "class": "ethernet", "licence": "GPL-2.0-only",
            "status": "works", "ids": [], "devices": [], "notes": [], "models": []}
    return {**base, **fields}


class Names(unittest.TestCase):
    DRIVERS = [driver("linux/e1000"), driver("native/virtio-net"), driver("linux/virtio-net")]

    def test_a_short_name_is_enough_where_one_fits(self):
        self.assertEqual(manifests.find("e1000", self.DRIVERS)["name"], "linux/e1000")
        self.assertEqual(manifests.find("native/virtio-net", self.DRIVERS)["name"], "native/virtio-net")

    def test_a_short_name_that_fits_two_is_refused_with_both(self):
        with self.assertRaisesRegex(Failure, "linux/virtio-net.*|native/virtio-net"):
            manifests.find("virtio-net", self.DRIVERS)

    def test_an_unknown_name_gets_the_closest_and_the_list(self):
        with self.assertRaises(Failure) as raised:
            manifests.find("linux/e1001", self.DRIVERS)
        self.assertIn("did you mean linux/e1000", str(raised.exception))
        self.assertIn("valid: linux/e1000, linux/virtio-net, native/virtio-net", str(raised.exception))


class Manifest(unittest.TestCase):
    def check(self, **change):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "drivers", "linux", "e1000", "manifest.json")
            path.parent.mkdir(parents=True)
            manifest = {**driver("linux/e1000"), **change}
            del manifest["models"]
            path.write_text(json.dumps(manifest))
            return manifests.drivers(pathlib.Path(folder))

    def test_a_good_one_is_taken(self):
        self.assertEqual(self.check()[0]["models"], [])

    def test_bad_ones_are_refused_by_field(self):
        for change, message in (({"status": "fine"}, "'status' must be one of"), ({"ids": "8086:100e"}, "'ids' must be a list"),
                                ({"name": "linux/e100"}, "not the folder's"), ({"color": "red"}, "unknown field 'color'")):
            with self.subTest(change=change), self.assertRaisesRegex(Failure, message):
                self.check(**change)


class Repository(unittest.TestCase):
    def test_the_json_lists_have_the_documented_fields(self):
        fields = {"drivers": {"name", "title", "origin", "class", "licence", "status", "models", "ids", "devices", "notes"},
                  "devices": {"device", "class", "driver", "models"}, "sets": {"name", "label", "drivers", "summary"}}
        for what, keys in fields.items():
            done = graft("list", what, "--json")
            self.assertEqual(done.returncode, 0, done.stderr)
            for row in json.loads(done.stdout):
                self.assertEqual(set(row), keys)
                for model in row.get("models", []):
                    self.assertEqual(set(model), {"model", "suite", "passed", "failed", "date"})

    def test_unknown_names_are_answered_with_the_valid_ones(self):
        for arguments, valid in ((("list", "driver"), "drivers"), (("list", "drivers", "linux/none"), "valid:"),
                                 (("list", "devices", "none"), "valid:"), (("list", "sets", "none"), "valid:"), (("frob",), "bench")):
            with self.subTest(arguments=arguments):
                done = graft(*arguments)
                self.assertEqual((done.returncode, done.stdout), (1, ""))
                self.assertIn(valid, done.stderr)
                self.assertNotIn("Traceback", done.stderr)

    def test_a_driver_that_works_was_tested(self):
        for found in manifests.drivers():
            if found["status"] == "works":
                with self.subTest(driver=found["name"]):
                    self.assertTrue(found["models"], "run: ./graft test --record")
                    self.assertEqual([row for row in found["models"] if row["failed"] or not row["passed"]], [])

    def test_every_set_names_drivers_that_exist(self):
        known = {d["name"] for d in manifests.drivers()}
        for name, entry in manifests.sets().items():
            self.assertLessEqual(set(entry["drivers"]), known, name)


class Recording(unittest.TestCase):
    def test_counts_are_summed_by_driver_model_and_suite(self):
        tags = ["drives=linux/e1000@e1000", "drives=linux/x@y", "suite=netio"]
        runs = [results.TargetResult("//t:a", tags, [results.Case("A.a"), results.Case("A.b", "bad")]),
                results.TargetResult("//t:b", tags, [results.Case("B.a")]), results.TargetResult("//t:c", [], [results.Case("C.a")])]
        self.assertEqual(record.rows_by_driver(runs, "2000-01-01"), {"linux/e1000": [
            {"model": "e1000", "suite": "netio", "passed": 2, "failed": 1, "date": "2000-01-01"}], "linux/x": [
            {"model": "y", "suite": "netio", "passed": 2, "failed": 1, "date": "2000-01-01"}]})

    def test_rows_that_were_not_run_again_stay(self):
        old = [{"model": "a", "suite": "s", "passed": 1}, {"model": "b", "suite": "s", "passed": 1}]
        self.assertEqual(record.merge(old, [{"model": "a", "suite": "s", "passed": 2}]),
                         [{"model": "a", "suite": "s", "passed": 2}, {"model": "b", "suite": "s", "passed": 1}])


class Readme(unittest.TestCase):
    def test_only_the_table_is_replaced(self):
        text = "before\n%s\nold\n%s\nafter\n" % (readme.BEGIN, readme.END)
        made = readme.render(text, [driver("linux/e1000")])
        self.assertTrue(made.startswith("before\n") and made.endswith("after\n"))
        self.assertIn("| `linux/e1000` | a card | ethernet | works | - |", made)
        self.assertEqual(readme.render(made, [driver("linux/e1000")]), made)


if __name__ == "__main__":
    cases.main()
