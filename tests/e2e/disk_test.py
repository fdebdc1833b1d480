# SPDX-License-Identifier: BSD-2-Clause
"""What a kernel writes through blkio and asyncblk is on the disk, byte for byte, and what is on the disk it reads."""
import re
import subprocess
import unittest

import pattern
from guest import Disk, Guest, image, scratch
from testing import cases

DISK_BYTES = 16 << 20
SECTORS = DISK_BYTES // pattern.SECTOR_BYTES
MAX_SECTORS = 700
BACKGROUND_SEED = 99


def write_image(name, content):
    path = scratch() / name
    path.write_bytes(content)
    return path


def background():
    """What lies on a disk before the kernel writes to it."""
    return bytearray(pattern.content(BACKGROUND_SEED, SECTORS))


class DiskContent(unittest.TestCase):
    def run_kernel(self, path, what, writable=True, device="virtio-blk-pci", **options):
        words = " ".join(["do=" + what] + ["%s=%d" % pair for pair in options.items()])
        with Guest(image("BLK_WRITE_KERNEL"), disk=Disk(path, device, writable), command_line=words) as guest:
            guest.require_passed(120)
        log = guest.log()
        counters = {name: int(value) for line in re.findall(r"^disk: (.*)$", log, re.MULTILINE)
                    for name, value in re.findall(r"(\w+)=(\d+)", line)}
        self.assertIn("gathered", counters, "the kernel printed no counters")
        self.assertEqual((counters["errors"], counters["in_flight"]), (0, 0))
        return counters

    def compare(self, written, expected):
        wanted = write_image("expected.img", expected)
        done = subprocess.run(["qemu-img", "compare", "-f", "raw", "-F", "raw", str(written), str(wanted)],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual(done.returncode, 0, done.stdout.strip())
        self.assertIn("identical", done.stdout)

    def check_writes(self, what, seed, writes, **options):
        disk = background()
        path = write_image("%s-%d.img" % (what, seed), disk)
        counters = self.run_kernel(path, what, seed=seed, writes=writes, max_sectors=MAX_SECTORS, **options)
        plan = pattern.plan(seed, SECTORS, writes, MAX_SECTORS)
        pattern.apply(disk, plan)
        self.compare(path, disk)
        # Zeroes may go by an operation of their own, which moves no data.
        data = [write for write in plan if write.seed % 16]
        self.assertGreaterEqual(counters["writes"], len(data))
        self.assertGreaterEqual(counters["written_bytes"], sum(write.sectors for write in data) * pattern.SECTOR_BYTES)
        self.assertGreater(counters["flushes"], 0)
        return counters

    def test_blkio_writes(self):
        self.check_writes("sync", seed=1, writes=400)

    def test_asyncblk_writes_several_in_flight(self):
        counters = self.check_writes("async", seed=2, writes=600, in_flight=16)
        # Aligned fragments go as they are; the odd ones must not.
        self.assertGreater(counters["gathered"], counters["copied"] // 2)
        self.assertGreater(counters["copied"], 0)

    def test_asyncblk_writes_one_at_a_time(self):
        self.check_writes("async", seed=3, writes=200, in_flight=1)

    def test_blkio_reads_what_was_written_outside(self):
        path = write_image("outside.img", pattern.content(4, SECTORS))
        counters = self.run_kernel(path, "check", writable=False, seed=4, max_sectors=MAX_SECTORS)
        self.assertEqual(counters["read_bytes"], DISK_BYTES)

    def test_asyncblk_reads_what_was_written_outside(self):
        path = write_image("outside.img", pattern.content(5, SECTORS))
        counters = self.run_kernel(path, "check_async", writable=False, seed=5, in_flight=16)
        self.assertEqual(counters["read_bytes"], DISK_BYTES)

    def test_a_wrong_sector_is_noticed(self):
        disk = bytearray(pattern.content(6, SECTORS))
        disk[5_000_000] ^= 1
        path = write_image("wrong.img", disk)
        with Guest(image("BLK_WRITE_KERNEL"), disk=Disk(path), command_line="do=check seed=6") as guest:
            guest.wait_for_line("^sector %d is not what was written outside$" % (5_000_000 // pattern.SECTOR_BYTES))
            self.assertEqual(guest.wait_for_exit(), 65)

    def test_a_read_only_disk_refuses_writes(self):
        content = pattern.content(7, SECTORS)
        path = write_image("readonly.img", content)
        with Guest(image("BLK_WRITE_KERNEL"), disk=Disk(path), command_line="do=sync seed=7 writes=1") as guest:
            guest.wait_for_line("^write of [0-9]+ sectors at [0-9]+: PERM$")
            self.assertEqual(guest.wait_for_exit(), 65)
        self.assertEqual(path.read_bytes(), content)


if __name__ == "__main__":
    cases.main()
