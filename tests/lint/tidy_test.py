# SPDX-License-Identifier: BSD-2-Clause
"""clang-tidy has nothing to say about glue and the C++ wrappers of com. Takes a minute, so it belongs to the long tests."""
import concurrent.futures
import pathlib
import subprocess
import unittest

from testing import cases, tree

EXTERNAL = pathlib.Path(str(pathlib.Path.cwd()).split("/execroot/")[0]) / "external"
FLAGS = ["-x", "c++", "-std=c++20", "-fno-exceptions", "-fno-rtti", "-I.", "-Icom", "-I%s" % (EXTERNAL / "boost" / "include")]
FOLDERS = ("glue/", "com/graft/")


def complaints(name):
    done = subprocess.run(["clang-tidy", "--quiet", name, "--", *FLAGS], cwd=cases.ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          text=True)
    return "\n".join(line for line in done.stdout.splitlines() if " error: " in line or " warning: " in line)


def checked():
    """Returns the files whose headers all lie in the tree or in Boost; test files have GoogleTest's macros in them."""
    return [name for name in tree.sources(".cc", ".hpp") if name.startswith(FOLDERS) and "test" not in name
            and (name.endswith(".cc") or name.startswith("com/")) and "#include <pci/" not in (cases.ROOT / name).read_text()]


class Tidy(unittest.TestCase):
    def test_nothing_is_found(self):
        names = checked()
        self.assertGreater(len(names), 20)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for name, text in zip(names, pool.map(complaints, names)):
                with self.subTest(file=name):
                    self.assertEqual(text, "")

    def test_a_mistake_would_be_noticed(self):
        path = cases.ROOT / "out" / "tidy_sample.cc"
        path.parent.mkdir(exist_ok=True)
        path.write_text("int* nothing() { return 0; }\n")
        try:
            self.assertIn("modernize-use-nullptr", complaints(str(path)))
        finally:
            path.unlink()


if __name__ == "__main__":
    cases.main()
