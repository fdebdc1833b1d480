# SPDX-License-Identifier: BSD-2-Clause
"""Every header of com/ compiles alone, with both compilers, in every language it is meant for, and needs nothing else.

The only other headers they see are the compiler's own (<stddef.h>, <stdint.h>, <stdbool.h>): no C library, no C++ library.
"""
import concurrent.futures
import functools
import subprocess
import unittest

from testing import cases

COMMON = ["-fsyntax-only", "-ffreestanding", "-mgeneral-regs-only", "-nostdinc", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I", str(cases.ROOT / "com")]
C11 = ["-x", "c", "-std=c11"]
CXX20 = ["-x", "c++", "-std=c++20", "-fno-exceptions", "-fno-rtti"]


@functools.lru_cache(None)
def own_headers(compiler):
    """Returns the folder of the headers that the compiler itself brings along."""
    return subprocess.run([compiler, "-print-file-name=include"], capture_output=True, text=True, check=True).stdout.strip()


def compile_alone(compiler, flags, header, inside=""):
    """Compiles a file that consists of one include; returns the compiler's complaint."""
    source = '#include <graft/%s>\n#include <graft/%s>\n%s' % (header, header, inside)
    done = subprocess.run([compiler, *flags, *COMMON, "-isystem", own_headers(compiler), "-"], input=source, capture_output=True, text=True)
    return done.stderr if done.returncode else ""


class Headers(unittest.TestCase):
    def check(self, pattern, languages):
        headers = sorted(path.name for path in (cases.ROOT / "com" / "graft").glob(pattern))
        self.assertTrue(headers)
        jobs = [(compiler, flags, header) for header in headers for flags in languages for compiler in ("gcc", "clang")]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            complaints = pool.map(lambda job: compile_alone(*job), jobs)
        for job, complaint in zip(jobs, complaints):
            with self.subTest(compiler=job[0], language=job[1][1], header=job[2]):
                self.assertEqual(complaint, "")

    def test_every_h_compiles_alone_as_c11_and_cxx20(self):
        self.check("*.h", [C11, CXX20])

    def test_every_hpp_compiles_alone_as_cxx20(self):
        self.check("*.hpp", [CXX20])

    def test_a_header_that_needs_another_would_be_noticed(self):
        self.assertIn("error", compile_alone("gcc", C11, "error.h", "graft_iid_t iid;"))

    def test_a_header_of_a_library_would_be_noticed(self):
        for compiler in ("gcc", "clang"):
            self.assertIn("string.h", compile_alone(compiler, C11, "error.h", "#include <string.h>"))
            self.assertIn("atomic", compile_alone(compiler, CXX20, "error.h", "#include <atomic>"))


if __name__ == "__main__":
    cases.main()
