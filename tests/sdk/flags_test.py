# SPDX-License-Identifier: BSD-2-Clause
"""Compiler flags and build mistakes that would end in rare and strange failures are named, as docs/porting.md says."""
import re
import sys
import unittest

from testing import cases

sys.path.insert(0, str(cases.ROOT / "tests" / "sdk"))
import sdk  # noqa: E402

PAGE = (cases.ROOT / "docs" / "porting.md").read_text()


class Compiled(unittest.TestCase):
    """What the headers refuse."""

    @classmethod
    def setUpClass(cls):
        cls.folder = sdk.empty_folder()
        cls.sdk = sdk.unpack(cls.folder)
        (cls.folder / "kernel.c").write_text("#include <graft/kit.h>\n")

    def compile(self, compiler, *flags):
        return sdk.run(compiler, "-I", self.sdk / "include", "-c", "-o", "kernel.o", *flags, "kernel.c", cwd=self.folder, check=False)

    def check(self, good, bad, message):
        self.assertIn(message, PAGE)
        for compiler in ("gcc", "clang"):
            with self.subTest(compiler=compiler):
                self.assertEqual(self.compile(compiler, *good).returncode, 0, self.compile(compiler, *good).stdout)
                done = self.compile(compiler, *bad)
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(message, done.stdout)

    def test_sse_in_a_kernel(self):
        self.check(["-ffreestanding", "-mgeneral-regs-only"], ["-ffreestanding"], "kernel code is compiled with SSE on: add -mgeneral-regs-only")

    def test_sse_is_welcome_where_it_is_saved(self):
        self.assertEqual(self.compile("gcc", "-ffreestanding", "-DGRAFT_ALLOW_SSE").returncode, 0)

    def test_sse_is_welcome_in_a_process(self):
        self.assertEqual(self.compile("gcc").returncode, 0)

    def test_another_word_size(self):
        self.check(["-m64"], ["-m32", "-ffreestanding"], "the driver sets are 64-bit objects: compile with -m64")


class RedZone(unittest.TestCase):
    """The probe sees what no macro says, whatever the optimisation."""

    def test_it_is_seen(self):
        folder = sdk.empty_folder()
        include = sdk.unpack(folder) / "include"
        (folder / "probe.c").write_text("#include <graft/check_flags.h>\nint main(void) { return graft_uses_red_zone(); }\n")
        for compiler in ("gcc", "clang"):
            for flags in (["-O0"], ["-O1"], ["-O2"], ["-O3"], ["-Os"], ["-O2", "-fstack-protector-all"], ["-O2", "-fno-omit-frame-pointer"], ["-x", "c++"]):
                for zone, expected in (("-mred-zone", 1), ("-mno-red-zone", 0)):
                    with self.subTest(compiler=compiler, flags=flags, zone=zone):
                        sdk.run(compiler, *flags, zone, "-I", include, "-o", "probe", "probe.c", "-Wall", "-Werror", cwd=folder)
                        self.assertEqual(sdk.run("./probe", cwd=folder, check=False).returncode, expected)


class Linked(unittest.TestCase):
    """What the linker says."""

    def setUp(self):
        self.kernel = sdk.ForeignKernel()

    def check_refused(self, *arguments):
        done = self.kernel.make(*arguments, check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(self.message, PAGE)
        self.assertIn(self.message, done.stdout)

    def test_addresses_beyond_2_gib(self):
        self.message = "relocation truncated to fit: R_X86_64_32S"
        self.kernel.change("kernel.ld", ". = 1M;", ". = 0x7f0000000000;")
        self.check_refused()

    def test_a_position_independent_kernel(self):
        self.message = "can not be used when making a PIE object"
        self.kernel.change("Makefile", "$(LD) -static ", "$(LD) -pie ")
        self.check_refused()

    def test_the_highest_2_gib_will_do(self):
        text = (self.kernel.source / "kernel.ld").read_text().replace(". = 1M;", ". = 0xffffffff80100000;")
        (self.kernel.folder / "high.ld").write_text(re.sub(r"ENTRY\(start\)", "ENTRY(_start)", text))
        (self.kernel.folder / "kernel.c").write_text((sdk.CONSUMER / "kernel.c").read_text())
        flags = ["-ffreestanding", "-fno-pie", "-mno-red-zone", "-mgeneral-regs-only", "-mcmodel=kernel"]
        sdk.run("gcc", *flags, "-I", self.kernel.sdk / "include", "-c", "kernel.c", cwd=self.kernel.folder)
        sdk.run("ld", "-static", "-T", "high.ld", "-o", "kernel", "kernel.o", self.kernel.sdk / "lib" / "default.o", cwd=self.kernel.folder)


class Booted(unittest.TestCase):
    """What the ladder says."""

    def setUp(self):
        self.kernel = sdk.ForeignKernel()

    def check_broken(self, message, *arguments):
        self.kernel.make(*arguments)
        self.assertIn(message, " ".join(PAGE.split()))
        with sdk.boot(self.kernel.image) as guest:
            guest.wait_for_line(r"^(FAIL ladder|panic)", 120)
            guest.wait_for_line(r"^FAIL ladder.*\n", 5)
            self.assertEqual(sdk.ladder_lines(guest.log())[-1], message)

    def test_a_red_zone(self):
        self.kernel.change("Makefile", "CFLAGS = ", "CFLAGS = -mred-zone ")
        self.check_broken("FAIL ladder.table: compiler flags: kernel code is compiled with a red zone, which interrupts overwrite: add -mno-red-zone")

    def test_an_odd_stack(self):
        self.kernel.change("machine.S", "    call kernel_main", "    sub  $8, %rsp\n    call kernel_main")
        self.check_broken("FAIL ladder.table: stack: it is aligned to 16 bytes when a function is called")

    def test_an_odd_stack_in_interrupts(self):
        self.kernel.change("machine.S", "    call interrupt ", "    sub  $8, %rsp\n    call interrupt\n    add  $8, %rsp  ")
        self.check_broken("FAIL ladder.interrupt: irq_claim: the stack is aligned to 16 bytes when it calls graft_world_irq()")


if __name__ == "__main__":
    cases.main()
