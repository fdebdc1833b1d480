# SPDX-License-Identifier: BSD-2-Clause
"""The SDK serves make, CMake and Meson, C11 and C++20, gcc and clang."""
import os
import shutil
import subprocess
import sys
import unittest

from testing import cases

sys.path.insert(0, str(cases.ROOT / "tests" / "sdk"))
import sdk  # noqa: E402


def copy(folder, *names):
    for name in names:
        shutil.copy(sdk.CONSUMER / name, folder)


class Consumer(unittest.TestCase):
    def setUp(self):
        self.folder = sdk.empty_folder()
        self.sdk = sdk.unpack(self.folder)

    def run_there(self, *command, **options):
        return sdk.run(*command, cwd=self.folder, **options)

    def check_image(self, path):
        """The program holds the kit, and nothing is missing."""
        found = sdk.symbols(self.folder / path)
        self.assertIn("T", found["graft_kit_create"])
        self.assertEqual([name for name, kinds in found.items() if "U" in kinds], [])
        head = self.run_there("readelf", "-h", "-l", path).stdout
        self.assertIn("EXEC (Executable file)", head)
        self.assertNotIn("INTERP", head)


class Make(Consumer):
    def setUp(self):
        super().setUp()
        copy(self.folder, "kernel.c", "Makefile")

    def test_builds(self):
        self.run_there("make")
        self.check_image("kernel")

    def test_builds_with_clang(self):
        self.run_there("make", "CC=clang")
        self.check_image("kernel")

    def test_another_set(self):
        self.run_there("make", "GRAFT_SET=linux_all")
        self.assertIn("graft_driver_linux_nvme", sdk.symbols(self.folder / "kernel"))

    def test_an_unknown_set_is_named_with_the_choices(self):
        done = self.run_there("make", "GRAFT_SET=typo", check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(done.stdout, r"GRAFT_SET is 'typo', which is no driver set of this SDK; choose one of: .*default.*linux_all")


class Cmake(Consumer):
    def setUp(self):
        super().setUp()
        copy(self.folder, "kernel.c", "CMakeLists.txt")

    def configure(self, name="default", version="0.1", check=True):
        return self.run_there("cmake", "-G", "Ninja", "-S", ".", "-B", "out", "-DSDK=%s" % self.sdk, "-DSET=" + name, "-DWANTED=" + version,
                              check=check)

    def test_builds(self):
        self.configure()
        self.run_there("cmake", "--build", "out", "--verbose")
        self.check_image("out/kernel")
        self.assertIn("-mno-red-zone", (self.folder / "out" / "build.ninja").read_text())

    def test_an_unknown_set_is_named_with_the_choices(self):
        done = self.configure("typo", check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(" ".join(done.stdout.split()), "no driver set 'typo'; choose among: .*default")

    def test_an_incompatible_version_is_refused(self):
        for version in ("1.0", "0.2", "0.1.99"):
            done = self.configure(version=version, check=False)
            self.assertNotEqual(done.returncode, 0, version)
            self.assertIn("compatible with requested version", " ".join(done.stdout.split()))


class Meson(Consumer):
    def setUp(self):
        super().setUp()
        copy(self.folder, "kernel.c", "meson.build", "meson_options.txt")

    def test_builds_with_the_sdk_as_a_subproject(self):
        (self.folder / "subprojects").mkdir()
        self.sdk.rename(self.folder / "subprojects" / "graft")
        self.run_there("meson", "setup", "out")
        self.run_there("ninja", "-C", "out")
        self.check_image("out/kernel")

    def test_builds_with_pkg_config(self):
        self.run_there("meson", "setup", "out", "-Dsubproject=false", PKG_CONFIG_PATH=str(self.sdk / "pkgconfig"))
        self.run_there("ninja", "-C", "out")
        self.check_image("out/kernel")
        self.assertIn("-mno-red-zone", (self.folder / "out" / "build.ninja").read_text())


class Languages(Consumer):
    """Headers are compiled with the compiler's own include folder and nothing else."""
    FREESTANDING = ["-ffreestanding", "-mgeneral-regs-only", "-mno-red-zone", "-fno-pie", "-nostdinc", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-O2",
                    "-c"]

    def compile(self, compiler, source, *flags):
        own = self.run_there(compiler, "-print-file-name=include").stdout.strip()
        self.run_there(compiler, *flags, *self.FREESTANDING, "-isystem", own, "-I", self.sdk / "include", "-o", "out.o", source)
        return sdk.symbols(self.folder / "out.o")

    def test_c11(self):
        copy(self.folder, "interfaces.c")
        for compiler in ("gcc", "clang"):
            with self.subTest(compiler=compiler):
                found = self.compile(compiler, "interfaces.c", "-std=c11")
                self.assertEqual(sorted(name for name, kinds in found.items() if "U" in kinds),
                                 ["graft_kit_create", "graft_kit_destroy", "graft_kit_services"])

    def test_cxx20(self):
        names = sorted(path.name for path in (self.sdk / "include" / "graft").iterdir())
        (self.folder / "all.cc").write_text("".join("#include <graft/%s>\n" % name for name in names)
                                            + "graft::Ref<graft_netio_t> share(graft_netio_t* n) { return graft::NetIo::share(n); }\n")
        for compiler in ("g++", "clang++"):
            with self.subTest(compiler=compiler):
                found = self.compile(compiler, "all.cc", "-std=c++20", "-fno-exceptions", "-fno-rtti", "-nostdinc++")
                self.assertEqual([name for name, kinds in found.items() if "U" in kinds], [])

    def test_a_process_in_cxx20_runs(self):
        copy(self.folder, "process.cc")
        for compiler in ("g++", "clang++"):
            with self.subTest(compiler=compiler):
                self.run_there(compiler, "-std=c++20", "-O1", "-Wall", "-Wextra", "-Werror", "-fno-pie", "-I", self.sdk / "include", "-c", "process.cc")
                self.run_there(compiler, "-static", "-no-pie", "-o", "process", "process.o", self.sdk / "lib" / "default.o")
                done = subprocess.run([str(self.folder / "process")], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                                      env={"PATH": os.environ["PATH"]})
                self.assertEqual((done.returncode, done.stdout.splitlines()[-1:]), (0, ["passed with the set default"]), done.stdout + done.stderr)


if __name__ == "__main__":
    cases.main()
