# SPDX-License-Identifier: BSD-2-Clause
"""Nothing of the donor is in the repository: no run of lines of ours stands in a donor file too."""
import pathlib
import re
import unittest

from testing import cases, tree

# So many consecutive lines that say something are no coincidence of two people naming the same thing.
RUN_LINES = 5
# Answers of the donor's own configuration system, which are names and numbers and nothing else.
GENERATED = "linux-emu/config/"
SUFFIXES = (".c", ".h", ".S", ".cc", ".hpp")


def donor_root():
    """Returns the donor's unpacked sources beside the build's own folder, in which the test runs."""
    return pathlib.Path(str(pathlib.Path.cwd()).split("/execroot/")[0]) / "external" / "linux"


def significant(text):
    """Returns the lines that say something, without what layout and comment markers add."""
    lines = (re.sub(r"[\s/*]+", " ", line).strip() for line in text.splitlines())
    return [line for line in lines if len(re.sub(r"\W", "", line)) >= 10 and not line.startswith(("#include", "SPDX", "#define _"))]


def runs(text):
    lines = significant(text)
    return {tuple(lines[i:i + RUN_LINES]) for i in range(len(lines) - RUN_LINES + 1)}


def shared(own, donor_files):
    """Returns (our file, donor file, first line) for each run that stands in both. `own` is {run: file}."""
    found = []
    for path in donor_files:
        for run in runs(path.read_text(errors="replace")) & own.keys():
            found.append((own[run], str(path), run[0]))
    return found


class DonorText(unittest.TestCase):
    def donor_files(self):
        files = [path for path in donor_root().rglob("*") if path.suffix in (".c", ".h", ".S") and path.is_file()]
        self.assertGreater(len(files), 1000, "the donor's sources are not where they should be")
        return files

    def test_no_run_of_lines_is_shared(self):
        own = {}
        for name in tree.sources(*SUFFIXES):
            if not name.startswith(GENERATED):
                own.update(dict.fromkeys(runs((cases.ROOT / name).read_text()), name))
        self.assertEqual(shared(own, self.donor_files()), [])

    def test_a_copied_fragment_would_be_noticed(self):
        donor = donor_root() / "kernel" / "kthread.c"
        lines = donor.read_text().splitlines()
        own = dict.fromkeys(runs("\n".join("  " + line for line in lines[300:330])), "copy.c")
        self.assertTrue(shared(own, [donor]))


if __name__ == "__main__":
    cases.main()
