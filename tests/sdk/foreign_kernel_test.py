# SPDX-License-Identifier: BSD-2-Clause
"""examples/foreign-kernel, built by make alone against the SDK in an empty folder: climbs the ladder, reads, answers ping."""
import re
import subprocess
import sys
import unittest

from testing import cases

sys.path.insert(0, str(cases.ROOT / "tests" / "sdk"))
import sdk  # noqa: E402
import network_namespace  # noqa: E402
from guest import PATIENCE, Disk, TapNetwork  # noqa: E402

MOST_LINES = 300
# Rungs that cannot be climbed: the kernel has no IOMMU and no MSI; a climb has either the device or disk and card.
FIRST_CLIMB_SKIPS = ["dma", "message", "block", "packet"]
SECOND_CLIMB_SKIPS = ["dma", "interrupt", "message"]


def lines_of_code(text):
    """Counts as a reader does: what is neither blank nor only a comment."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return sum(1 for line in text.splitlines() if line.strip() and not line.strip().startswith("//"))


class Source(unittest.TestCase):
    def test_it_is_at_most_300_lines_of_c(self):
        count = {path.name: lines_of_code(path.read_text()) for path in sdk.EXAMPLE.iterdir() if path.suffix in (".c", ".h")}
        print(count)
        self.assertGreater(sum(count.values()), 100)
        self.assertLessEqual(sum(count.values()), MOST_LINES)
        table = (cases.ROOT / "examples" / "README.md").read_text()
        self.assertEqual({name: int(lines) for name, lines in re.findall(r"^\| `(\w+\.[ch])` \| (\d+) \|", table, re.MULTILINE)}, count)

    def test_comments_and_blank_lines_are_not_counted(self):
        self.assertEqual(lines_of_code("// a\n\n/* b\n c */\nint x;  // d\n  /// e\n}\n"), 2)

    def test_it_includes_nothing_but_the_sdk(self):
        for path in sdk.EXAMPLE.iterdir():
            for name in re.findall(r"#\s*include\s*[<\"]([^>\"]*)", path.read_text()):
                self.assertRegex(name, r"^(graft/\w+\.h|kernel\.h|stdbool\.h)$", path.name)


class Names(unittest.TestCase):
    """The kernel's own functions have the names of functions of Linux, whose drivers it links."""

    @classmethod
    def setUpClass(cls):
        cls.kernel = sdk.ForeignKernel()
        cls.kernel.make()

    def test_its_own_names_and_those_of_linux_lie_side_by_side(self):
        ours = {}
        for path in self.kernel.source.glob("*.o"):
            ours.update({name: kinds for name, kinds in sdk.symbols(path).items() if re.search("[Tt]", kinds)})
        for name in ("kmalloc", "printk", "memcpy", "panic"):
            self.assertEqual(ours[name], "T", name)
        theirs = sdk.symbols(self.kernel.sdk / "lib" / "default.o")
        self.assertIn("t", theirs["panic"])
        for name in ("__kmalloc", "_printk"):
            self.assertIn("t", theirs[name], name)
        both = sdk.symbols(self.kernel.image)
        self.assertEqual(sorted(both["panic"]), ["T", "t"])
        # Small enough to be inlined, but there.
        self.assertRegex((self.kernel.source / "osenv.c").read_text(), r"static void list_add\(struct thread\*\* list, struct thread\* item\)")

    def test_any_name_inside_the_object_may_be_the_kernels_own(self):
        """Links a file that defines every function that the object holds for itself."""
        theirs = sdk.symbols(self.kernel.sdk / "lib" / "default.o")
        ours = {name for name, kinds in sdk.symbols(self.kernel.image).items() if re.search("[A-Z]", kinds)}
        names = [name for name, kinds in theirs.items() if kinds.islower() and re.fullmatch(r"[A-Za-z_]\w*", name) and name not in ours]
        self.assertGreater(len(names), 1000)
        (self.kernel.source / "clash.S").write_text(".text\n" + "".join(".globl %s\n%s:\n" % (name, name) for name in names))
        sdk.run("gcc", "-c", "clash.S", cwd=self.kernel.source)
        self.kernel.make("OBJECTS=machine.o osenv.o main.o net.o clash.o")
        both = sdk.symbols(self.kernel.image)
        self.assertEqual(sorted(both["kfree"]), ["T", "t"])


class Booted(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        kernel = sdk.ForeignKernel()
        kernel.make()
        cls.disk = kernel.folder / "disk.img"
        cls.disk.write_bytes(bytes((i * 7 + i // 256) % 251 for i in range(1 << 20)))
        cls.guest = sdk.boot(kernel.image, disk=Disk(cls.disk), network=TapNetwork()).__enter__()
        cls.addClassCleanup(cls.end)
        # The link comes up again after the ladder has closed the card.
        cls.guest.wait_for_line(r"^net: 10.0.2.15 answers ping\n(.*\n)*.*NIC Link is Up|^panic", 60)

    @classmethod
    def end(cls):
        cls.guest.stop()
        print("---- console\n%s----" % cls.guest.log())

    def test_it_climbs_the_ladder(self):
        lines = sdk.ladder_lines(self.guest.log())
        self.assertEqual(len(lines), 28, lines)
        for climb, skips in ((lines[:14], FIRST_CLIMB_SKIPS), (lines[14:], SECOND_CLIMB_SKIPS)):
            for line in climb:
                word, rung = re.match(r"(\w+) ladder\.(\w+)", line).groups()
                self.assertEqual(word, "SKIP" if rung in skips else "PASS", line)
                if word == "SKIP":
                    self.assertRegex(line, r": \w.*\w", "a reason")

    def test_it_reads_a_block(self):
        checksum = 2166136261
        for byte in self.disk.read_bytes()[:512]:
            checksum = ((checksum ^ byte) * 16777619) & 0xFFFFFFFF
        self.assertIn("disk: the first block's checksum is %08x\n" % checksum, self.guest.log())

    def test_it_answers_ping(self):
        for size in (0, 56, 1000, 1472):
            with self.subTest(size=size):
                done = subprocess.run(["ping", "-n", "-q", "-c", "20", "-i", "0.05", "-s", str(size), "10.0.2.15"], stdin=subprocess.DEVNULL,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60 * PATIENCE)
                self.assertIn("20 packets transmitted, 20 received", done.stdout)
                # ping compares what comes back with what it sent.
                self.assertNotRegex(done.stdout, "wrong|error|DUP")
        self.guest.require_running()


class Bare(unittest.TestCase):
    def test_without_disk_and_card_it_says_so(self):
        kernel = sdk.ForeignKernel()
        kernel.make()
        with sdk.boot(kernel.image) as guest:
            guest.wait_for_line(r"^SKIP ladder.packet: the options name no network interface\n(.*\n)*SKIP ladder.packet|^panic", 60)
            self.assertIn("SKIP ladder.block: the options name no disk", guest.log())
            self.assertNotIn("FAIL", guest.log())

    def test_make_run_boots_it(self):
        kernel = sdk.ForeignKernel()
        (kernel.folder / "some.img").write_bytes(bytes(1 << 20))
        kernel.make()
        with subprocess.Popen(["timeout", "%d" % (120 * PATIENCE), "make", "run", "DISK=../some.img"], cwd=kernel.source, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, text=True, errors="replace") as process:
            lines = []
            for line in process.stdout:
                lines.append(line.strip())
                if lines[-1].endswith("answers ping") or lines[-1].startswith("panic"):
                    break
            process.terminate()
        self.assertEqual(lines[-1], "net: 10.0.2.15 answers ping", "\n".join(lines))
        self.assertIn("PASS ladder.block", lines)


if __name__ == "__main__":
    network_namespace.enter()
    network_namespace.make_tap()
    cases.main()
