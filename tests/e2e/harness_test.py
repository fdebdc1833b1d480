# SPDX-License-Identifier: BSD-2-Clause
"""The harness of the end-to-end tests does what the tests rely on, and notices what they exist to notice."""
import hashlib
import os
import pathlib
import signal
import struct
import subprocess
import sys
import tarfile
import unittest

import archives
import frames
import pattern
from guest import FAILED, PASSED, Disk, Guest, GuestError, UserNetwork, image, scratch
from testing import cases


def boot(**options):
    return Guest(image("BOOT_KERNEL"), command_line="greeting=hello ram_mib=256", **options)


def process_exists(process_id):
    try:
        state = pathlib.Path("/proc/%d/stat" % process_id).read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


class Guests(unittest.TestCase):
    def test_a_kernel_that_passes(self):
        with boot() as guest:
            guest.wait_for_line(r"^PASS command_line_arrives$")
            self.assertEqual(guest.wait_for_exit(), PASSED)
            guest.require_passed()
        self.assertIn("0 failed", guest.log())

    def test_a_kernel_that_fails(self):
        with Guest(image("FAULT_KERNEL"), command_line="how=panic") as guest:
            self.assertEqual(guest.wait_for_exit(), FAILED)
            with self.assertRaisesRegex(GuestError, "exit status is 65"):
                guest.require_passed()
            with self.assertRaisesRegex(GuestError, "kernel stopped"):
                guest.require_running()

    def test_a_triple_fault_is_no_success(self):
        with Guest(image("FAULT_KERNEL"), command_line="how=triple") as guest:
            self.assertEqual(guest.wait_for_exit(), 0)
            with self.assertRaisesRegex(GuestError, "triple fault"):
                guest.require_running()
            with self.assertRaisesRegex(GuestError, "exit status is 0"):
                guest.require_passed()

    def test_a_line_that_never_comes(self):
        with Guest(image("FAULT_KERNEL"), command_line="how=panic") as guest:
            with self.assertRaisesRegex(GuestError, "kernel stopped"):
                guest.wait_for_line("^no such line$")

    def test_the_monitor_answers_and_refuses(self):
        with boot(network=UserNetwork(), extra=["-S"]) as guest:
            self.assertEqual(guest.monitor("query-status")["status"], "prelaunch")
            guest.set_link(False)
            with self.assertRaisesRegex(GuestError, "nosuchdevice"):
                guest.monitor("device_del", id="nosuchdevice")

    def test_disks_of_files_and_of_block_nodes_are_accepted(self):
        path = scratch() / "some.img"
        path.write_bytes(bytes(8192))
        disks = [Disk(path), Disk(node={"driver": "null-co", "size": 1 << 20, "read-zeroes": True})]
        with boot(disk=disks, extra=["-S"]) as guest:
            names = {node["node-name"] for node in guest.monitor("query-named-block-nodes")}
            self.assertLessEqual({"disk0", "disk1"}, names)

    def test_nothing_is_left_behind(self):
        with self.assertRaisesRegex(RuntimeError, "on purpose"):
            with boot(extra=["-S"]) as guest:
                process_id = guest.process_id
                self.assertTrue(process_exists(process_id))
                raise RuntimeError("on purpose")
        self.assertFalse(process_exists(process_id))

    def test_nothing_is_left_behind_by_a_killed_test(self):
        program = ("from guest import *; g = Guest(image('BOOT_KERNEL'), extra=['-S']).__enter__(); "
                   "print(g.process_id, flush=True); import time; time.sleep(60)")
        here = str(pathlib.Path(__file__).parent)
        test = subprocess.Popen([sys.executable, "-c", program], cwd=here, stdout=subprocess.PIPE, text=True,
                                env=dict(os.environ, BOOT_KERNEL=image("BOOT_KERNEL")))
        process_id = int(test.stdout.readline())
        self.assertTrue(process_exists(process_id))
        test.send_signal(signal.SIGKILL)
        test.wait()
        test.stdout.close()
        for _ in range(100):
            if not process_exists(process_id):
                return
            signal.sigtimedwait([], 0.05)
        self.fail("QEMU outlived the test that started it")


class Archives(unittest.TestCase):
    def test_content_comes_back_and_differs_by_name(self):
        files = archives.typical()
        path = archives.write_archive(scratch() / "typical.tar", files, b"<p>hello")
        with tarfile.open(path) as archive:
            self.assertEqual(len(archive.getmembers()), len(files) + 1)
            for file in files:
                stored = archive.extractfile(file.name).read()
                self.assertEqual(hashlib.sha256(stored).hexdigest(), file.digest(), file.name)
        self.assertNotEqual(archives.File("a", 100).digest(), archives.File("b", 100).digest())
        self.assertEqual(path.stat().st_size % archives.BLOCK_BYTES, 0)

    def test_offset_names_the_first_byte_of_a_file(self):
        file = archives.File("second.bin", 5000)
        path = archives.write_archive(scratch() / "offset.tar", [archives.File("first.bin", 777), file])
        start = archives.offset_of(path, file.name)
        self.assertEqual(path.read_bytes()[start:start + file.size], file.content())


class Patterns(unittest.TestCase):
    def test_sectors_differ_by_seed_and_place(self):
        sectors = {pattern.sector(seed, index) for seed in range(20) for index in range(20)}
        self.assertEqual(len(sectors), 400)

    def test_a_known_sector(self):
        # What tests/qemu/pattern.hpp checks, too, so that both generate the same.
        words = struct.unpack("<64Q", pattern.sector(1, 2))
        self.assertEqual([words[0], words[63]], [0xF893A2EEFB32555E, 0x7468CEA2BD6B4B09])

    def test_a_plan_fits_the_disk_and_overlaps(self):
        writes = pattern.plan(7, 1000, 500, 64)
        self.assertTrue(all(0 <= write.first and write.first + write.sectors <= 1000 and write.sectors <= 64 for write in writes))
        self.assertGreater(max(write.sectors for write in writes), 50)
        self.assertGreater(sum(write.sectors for write in writes), 1000)
        disk = bytearray(1000 * pattern.SECTOR_BYTES)
        pattern.apply(disk, writes)
        last = writes[-1]
        start = last.first * pattern.SECTOR_BYTES
        self.assertEqual(disk[start:start + 512], last.content()[:512])
        self.assertEqual(len(disk), 512000)


class Frames(unittest.TestCase):
    def test_checksums_verify(self):
        packet = frames.ipv4("10.0.2.2", "10.0.2.15", frames.ICMP, frames.icmp_echo(1, 2, b"odd"))
        self.assertEqual(frames.checksum(packet[:20]), 0)
        self.assertEqual(frames.checksum(packet[20:]), 0)
        segment = frames.tcp("10.0.2.2", "10.0.2.15", 1000, 80, 1, 2)
        pseudo = bytes([10, 0, 2, 2, 10, 0, 2, 15, 0, 6, 0, len(segment)])
        self.assertEqual(frames.checksum(pseudo + segment), 0)

    def test_broken_fields_are_as_asked(self):
        packet = frames.ipv4("10.0.2.2", "10.0.2.15", frames.UDP, b"", header_words=3, total=9000, check=0x1234)
        self.assertEqual((packet[0], packet[2:4], packet[10:12]), (0x43, b"\x23\x28", b"\x12\x34"))


if __name__ == "__main__":
    cases.main()
