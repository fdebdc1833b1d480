# SPDX-License-Identifier: BSD-2-Clause
"""docs/porting.md is what the example does: its code stands in the source, its output comes from a kernel at that stage."""
import re
import sys
import unittest

from testing import cases

sys.path.insert(0, str(cases.ROOT / "tests" / "sdk"))
import sdk  # noqa: E402
from guest import Disk, UserNetwork  # noqa: E402

PAGE = (cases.ROOT / "docs" / "porting.md").read_text()
# <!-- ladder, stage N --> or <!-- ladder, whole kernel --> stands before what a kernel prints.
OUTPUTS = re.findall(r"<!-- ladder, (stage \d+|whole kernel) -->\n```\n(.*?)```", PAGE, re.DOTALL)
LAST_STAGE = 9


def c_blocks(page):
    return re.findall(r"^```c\n(.*?)^```", page, re.MULTILINE | re.DOTALL)


def without_layout(text):
    return re.sub(r"\s+", " ", text)


class Page(unittest.TestCase):
    def test_its_code_is_the_examples(self):
        source = [without_layout(path.read_text()) for path in sdk.EXAMPLE.iterdir() if path.suffix in (".c", ".h")]
        self.assertGreater(len(c_blocks(PAGE)), 9)
        for block in c_blocks(PAGE):
            # "..." stands for lines left out.
            for part in re.split(r"^\s*\.\.\.\n", block, flags=re.MULTILINE):
                with self.subTest(code=part[:60]):
                    self.assertTrue(any(without_layout(part).strip() in text for text in source), part)

    def test_it_shows_every_stage(self):
        self.assertEqual([name for name, _ in OUTPUTS], ["stage %d" % n for n in range(LAST_STAGE + 1)] + ["whole kernel"])

    def test_it_names_every_mandatory_callback(self):
        header = (cases.ROOT / "com" / "graft" / "osenv.h").read_text().split("typedef struct graft_osenv {")[1]
        for name in re.findall(r"^  \S[^/\n]*\(\*(\w+)\)\(", header.split("==== Optional")[0], re.MULTILINE):
            self.assertIn("`%s`" % name, PAGE)

    def test_every_rung_is_in_its_table(self):
        names = re.findall(r'\{"(\w+)", check_', (cases.ROOT / "glue" / "ladder" / "ladder.cc").read_text())
        self.assertEqual(len(names), 14)
        for name in names:
            self.assertRegex(PAGE, r"(?m)^\| %s\b|^\| .*, %s" % (name, name))


class Stages(unittest.TestCase):
    """A kernel whose later callbacks are missing prints what the page shows."""

    @classmethod
    def setUpClass(cls):
        cls.kernel = sdk.ForeignKernel()

    def printed(self, stage):
        self.kernel.make("STAGE=%d" % stage)
        with sdk.boot(self.kernel.image) as guest:
            guest.wait_for_line(r"^panic: .*\n", 60)
            guest.stop()
            return re.findall(r"^(?:(?:PASS|SKIP|FAIL) ladder\..*|ladder: print)$", guest.log(), re.MULTILINE)

    def test_each_prints_what_the_page_shows(self):
        for name, text in OUTPUTS[:-1]:
            with self.subTest(stage=name):
                # The page shows what is new: the end of the climb.
                printed, shown = self.printed(int(name.split()[1])), text.splitlines()
                self.assertEqual(printed[-len(shown):], shown)
                self.assertFalse([line for line in printed[:-len(shown)] if line.startswith("FAIL")])

    def test_the_whole_kernel_prints_what_the_page_shows(self):
        disk = self.kernel.folder / "disk.img"
        disk.write_bytes(bytes(1 << 20))
        self.kernel.make()
        with sdk.boot(self.kernel.image, disk=Disk(disk), network=UserNetwork()) as guest:
            guest.wait_for_line(r"^net: 10.0.2.15 answers ping\n|^panic", 60)
            lines = sdk.ladder_lines(guest.log())[14:] + re.findall(r"^(?:disk|net): .*$", guest.log(), re.MULTILINE)
        self.assertEqual("\n".join(lines) + "\n", OUTPUTS[-1][1])


if __name__ == "__main__":
    cases.main()
