# SPDX-License-Identifier: BSD-2-Clause
"""What the documentation says can be done, can be done; what it points at, exists."""
import json
import os
import re
import shlex
import subprocess
import unittest

from graft import bench, manifests, readme, run
from graft.bench import report
from testing import cases, tree

# An image for each host, with every driver: Bazel is busy with this test and cannot build what a command chooses.
KERNELS = {host: os.path.abspath(os.environ["HTTP_%s_KERNEL" % host.upper()]) for host in run.IMAGES}


def pages():
    return [name for name in tree.files() if name.endswith(".md")]


def commands():
    """Returns the command lines of the pages' shell examples."""
    found = []
    for name in pages():
        for block in re.findall(r"^```sh\n(.*?)^```", (cases.ROOT / name).read_text(), re.MULTILINE | re.DOTALL):
            found += [(name, line) for line in block.splitlines() if line.startswith("./graft")]
    return found


def quick(line):
    """Returns a form of the command that shows within a test that it works."""
    words = shlex.split(line)
    if words[1] == "run":
        return words + ["--once", "--kernel", KERNELS[run.parse(words[2:]).host]]
    if words[1] == "test":
        # The test command runs this very test; that its options exist is what can be shown here.
        return words[:2] + ["--help"]
    if words[1] == "bench" and len(words) > 2:
        return words[:2] + ["--help"]
    return words


class Docs(unittest.TestCase):
    def test_every_command_works(self):
        self.assertGreater(len(commands()), 5)
        for page, line in commands():
            with self.subTest(page=page, command=line):
                done = subprocess.run(quick(line), cwd=cases.ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=180)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_every_benchmark_named_exists(self):
        for page, line in commands():
            words = shlex.split(line)
            if words[1] == "bench" and len(words) > 2 and not words[2].startswith("-"):
                self.assertIn(words[2], bench.BENCHES, page)

    def test_every_option_named_exists(self):
        for page, line in commands():
            words = shlex.split(line)
            text = subprocess.run(["./graft", "help", words[1]], cwd=cases.ROOT, capture_output=True, text=True).stdout if words[1] != "help" else ""
            for option in (word for word in words if word.startswith("--")):
                with self.subTest(page=page, command=line):
                    self.assertIn(option, text)

    def test_every_link_leads_somewhere(self):
        for page in pages():
            for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", (cases.ROOT / page).read_text()):
                with self.subTest(page=page, target=target):
                    self.assertTrue((cases.ROOT / page).parent.joinpath(target).exists())

    def test_the_driver_table_is_the_manifests(self):
        text = (cases.ROOT / "README.md").read_text()
        self.assertIn(readme.BEGIN, text)
        self.assertEqual(text, readme.render(text, manifests.drivers()), "run: PYTHONPATH=tools python3 -m graft.readme")

    def test_the_figures_page_is_the_recorded_run(self):
        rows = json.loads(report.JSON.read_text())
        self.assertTrue(rows)
        self.assertEqual(report.MARKDOWN.read_text(), report.markdown(rows))
        self.assertEqual(report.PLOT.read_text(), report.plot(rows))

    def test_the_number_of_mandatory_callbacks_is_right(self):
        header = (cases.ROOT / "com" / "graft" / "osenv.h").read_text().split("typedef struct graft_osenv {")[1]
        mandatory = len(re.findall(r"^  \S[^/\n]*\(\*\w+\)\(", header.split("==== Optional")[0], re.MULTILINE))
        self.assertLessEqual(mandatory, 25)
        self.assertIn("(%d of them mandatory)" % mandatory, " ".join((cases.ROOT / "README.md").read_text().split()))


if __name__ == "__main__":
    cases.main()
