# SPDX-License-Identifier: BSD-2-Clause
"""What is in the SDK archive, and that the same inputs give the same bytes."""
import json
import re
import sys
import tarfile
import unittest

from testing import cases

sys.path[:0] = [str(cases.ROOT / "tests" / "sdk"), str(cases.ROOT / "tools" / "sdk")]
import pack  # noqa: E402
import sdk  # noqa: E402


class Archive(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = sdk.unpack(sdk.empty_folder())
        cls.description = json.loads((cls.folder / "sets.json").read_text())

    def text(self, name):
        return (self.folder / name).read_text()

    def test_the_version_is_the_one_of_the_tree(self):
        version = re.search(r'VERSION = "(.*)"', (cases.ROOT / "build_defs" / "version.bzl").read_text())[1]
        self.assertEqual(self.description["version"], version)
        self.assertEqual(self.folder.name, "graft-sdk-" + version)
        for name in ("README.md", "graft.mk", "meson.build", "cmake/GraftConfigVersion.cmake", "pkgconfig/graft-kernel.pc"):
            self.assertIn(version, self.text(name), name)

    def test_nothing_is_left_to_fill_in(self):
        for path in self.folder.rglob("*"):
            if path.is_file() and path.suffix != ".o" and "examples" not in path.parts:
                self.assertNotRegex(path.read_text(), r"@[A-Z_]+@", path.name)
                self.assertNotIn("@", path.name)

    def test_the_headers_are_all_of_com(self):
        ours = {path.name: path.read_bytes() for path in (cases.ROOT / "com" / "graft").iterdir()}
        self.assertEqual({path.name: path.read_bytes() for path in (self.folder / "include" / "graft").iterdir()}, ours)

    def test_the_example_is_there_and_builds(self):
        example = self.folder / "examples" / "foreign-kernel"
        for path in example.iterdir():
            self.assertEqual(path.read_bytes(), (sdk.EXAMPLE / path.name).read_bytes())
        sdk.run("make", cwd=example)
        self.assertTrue((example / "kernel").is_file())
        sdk.run("make", "clean", cwd=example)

    def test_every_set_of_the_tree_is_there(self):
        named = re.findall(r'driver_set\(\n    name = "(\w+)"', (cases.ROOT / "drivers" / "sets" / "BUILD.bazel").read_text())
        self.assertIn("default", named)
        self.assertEqual(sorted(each["name"] for each in self.description["sets"]), sorted(named))
        for each in self.description["sets"]:
            self.assertTrue((self.folder / each["object"]).is_file())
            for name in ("graft.mk", "meson.build", "cmake/GraftConfig.cmake", "SETS.md"):
                self.assertRegex(self.text(name), r"\b%s\b" % each["name"], name)
            self.assertTrue((self.folder / "pkgconfig" / ("graft-%s.pc" % each["name"])).is_file())

    def test_only_names_of_the_kit_are_visible(self):
        allowed = set((cases.ROOT / "build_defs" / "host_symbols.txt").read_text().split())
        for path in (self.folder / "lib").glob("*.o"):
            with self.subTest(set=path.stem):
                found = sdk.symbols(path)
                self.assertIn("graft_kit_create", found)
                self.assertEqual([name for name, kinds in found.items()
                                  if re.search("[A-TV-Z]", kinds.replace("N", "")) and not name.startswith("graft_")], [])
                self.assertLessEqual({name for name, kinds in found.items() if "U" in kinds}, allowed)

    def test_the_table_names_the_drivers_of_each_object(self):
        for each in self.description["sets"]:
            entries = [name for name in sdk.symbols(self.folder / each["object"]) if name.startswith("graft_driver_")]
            self.assertEqual(len(each["drivers"]), len(entries), each["name"])
        (default,) = (each for each in self.description["sets"] if each["name"] == "default")
        self.assertEqual(default["drivers"], ["linux/e1000", "linux/virtio-blk"])
        self.assertGreater(default["text_bytes"], 100_000)
        (card,) = (each for each in self.description["drivers"] if each["name"] == "linux/e1000")
        self.assertIn("8086:100e", card["ids"])

    def test_every_licence_has_its_text(self):
        for each in self.description["sets"]:
            spdx = self.text("licences/%s.spdx" % each["name"])
            self.assertIn("PackageLicenseConcluded: " + each["licence"], spdx)
            for part in each["parts"]:
                self.assertGreater(len(self.text("licences/%s.txt" % part["licence"])), 500)
        (default,) = (each for each in self.description["sets"] if each["name"] == "default")
        self.assertEqual(default["licence"], "GPL-2.0-only")
        self.assertIn({"name": "linux", "licence": "GPL-2.0-only"}, default["parts"])

    def test_nothing_of_the_build_machine_is_inside(self):
        for path in self.folder.rglob("*"):
            if path.is_file():
                self.assertNotRegex(path.read_bytes(), rb"execroot|bazel-out|/external/|\.debug_", path.name)

    def test_archive_members_are_sorted_and_owned_by_nobody_in_particular(self):
        with tarfile.open(sdk.ARCHIVE) as archive:
            members = archive.getmembers()
        self.assertEqual([member.name for member in members], sorted(member.name for member in members))
        self.assertEqual({(member.mtime, member.uid, member.gid, member.uname, member.mode) for member in members},
                         {(315532800, 0, 0, "root", 0o644)})


class Pack(unittest.TestCase):
    def test_the_order_of_files_changes_nothing(self):
        files = {"b": b"1", "a/c": b"2", "a/b": b"3"}
        self.assertEqual(pack.pack(files, "x"), pack.pack(dict(reversed(files.items())), "x"))
        self.assertNotEqual(pack.pack(files, "x"), pack.pack({**files, "b": b"2"}, "x"))

    def test_a_driver_that_nothing_describes_is_refused(self):
        folder = sdk.unpack(sdk.empty_folder())
        spdx = (folder / "licences" / "default.spdx").read_text()
        with self.assertRaisesRegex(pack.SdkError, "default.o holds graft_driver_linux_e1000 and .*manifest"):
            pack.describe_set(folder / "lib" / "default.o", spdx, {})

    def test_a_licence_without_a_text_is_refused(self):
        with self.assertRaisesRegex(pack.SdkError, "no text of the licence Odd-1.0: add LICENSES/Odd-1.0.txt"):
            pack.licence_files({"BSD-2-Clause": "text"}, [{"parts": [{"name": "x", "licence": "Odd-1.0"}]}])


if __name__ == "__main__":
    cases.main()
