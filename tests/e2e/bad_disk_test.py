# SPDX-License-Identifier: BSD-2-Clause
"""The HTTP kernel with a disk that is missing, holds something else, or reports errors: it says so and stays up."""
import http.client
import random
import unittest

import archives
from guest import Disk, Guest, UserNetwork, image, scratch
from testing import cases
from web import Web

BIG = archives.File("big.bin", 6 << 20)
FILES = [archives.File("first.bin", 70_000), BIG, archives.File("last.bin", 4321)]


def serve(disk):
    return Guest(image("HTTP_KERNEL"), disk=disk, network=UserNetwork())


def image_file(name, content):
    path = scratch() / name
    path.write_bytes(content)
    return path


def archive(name, files=FILES):
    return archives.write_archive(scratch() / name, files, b"<p>index")


class NoArchive(unittest.TestCase):
    def check(self, disk, page, line, loading_seconds=60):
        """The page and the console say what is wrong; the rest of the machine works."""
        with serve(disk) as guest:
            web = Web(guest)
            answer = web.wait_until_it_answers(loading_seconds)
            self.assertEqual(answer.status, 503)
            self.assertRegex(answer.body.decode(), page)
            guest.wait_for_line(line)
            self.assertEqual(web.ask("/first.bin").status, 503)
            status = web.status()
            self.assertNotEqual(status["archive"]["state"], "ready")
            self.assertEqual(web.ask("/status").status, 200)
            guest.require_running()
            return status

    def test_no_disk(self):
        status = self.check(None, "there is no disk", "no files: there is no disk")
        self.assertNotIn("linux/virtio-blk", [row["driver"] for row in status["devices"]])

    def test_noise(self):
        path = image_file("noise.img", random.Random(1).randbytes(1 << 20))
        self.check(Disk(path), "does not hold a ustar archive", "no files: the disk does not hold a ustar archive")

    def test_a_disk_without_a_single_sector(self):
        self.check(Disk(image_file("nothing.img", b"")), "the disk is empty", "no files: the disk is empty")

    def test_cut_inside_a_file(self):
        path = archive("cut.tar")
        content = path.read_bytes()
        self.check(Disk(image_file("cut.img", content[:1 << 20])), "truncated: big.bin", "no files: the archive is truncated: big.bin")

    def test_cut_between_files(self):
        path = archive("cut2.tar")
        content = path.read_bytes()[:archives.offset_of(path, "big.bin") - archives.BLOCK_BYTES]
        self.check(Disk(image_file("cut2.img", content)), "truncated", "no files: the archive is truncated")

    def test_a_damaged_header(self):
        path = archive("damaged.tar")
        content = bytearray(path.read_bytes())
        content[archives.offset_of(path, "last.bin") - archives.BLOCK_BYTES + 3] ^= 0x20
        self.check(Disk(image_file("damaged.img", content)), "wrong checksum", "no files: the archive is damaged")

    def test_noise_after_the_first_file(self):
        path = archive("half.tar")
        content = bytearray(path.read_bytes())
        start = archives.offset_of(path, "last.bin") - archives.BLOCK_BYTES
        content[start:start + 512] = random.Random(2).randbytes(512)
        self.check(Disk(image_file("half.img", content)), "damaged: no header at byte %d" % start, "no files: the archive is damaged")

    def test_the_first_sector_cannot_be_read(self):
        path = archive("unreadable.tar")
        self.check(with_error(path, 0, once=False), "reading the archive failed", r"no files: reading the archive failed .* sector 0: IO")

    def test_zeroes_are_an_archive_without_files(self):
        with serve(Disk(image_file("zeroes.img", bytes(1 << 20)))) as guest:
            web = Web(guest)
            self.assertEqual(web.wait_until_it_answers().status, 200)
            self.assertEqual(web.ask("/first.bin").status, 404)
            self.assertEqual(web.status()["archive"]["files"], 0)


def with_error(path, sector, once=True):
    """A disk whose reads of one sector fail, once or for ever; QEMU's device makes no single request of neighbours either."""
    rule = {"event": "none", "iotype": "read", "sector": sector, "errno": 5, "once": once}
    file = {"driver": "file", "filename": str(path), "read-only": True}
    return Disk(device="virtio-blk-pci,request-merging=off",
                node={"driver": "raw", "read-only": True, "file": {"driver": "blkdebug", "image": file, "inject-error": [rule]}})


class DiskErrors(unittest.TestCase):
    def sector_of(self, path, name, offset_bytes=0):
        return (archives.offset_of(path, name) + offset_bytes) // archives.BLOCK_BYTES

    def assert_names(self, match, sector):
        """The read that failed is the one that the bad sector lies in, and no neighbour of it."""
        first, last = int(match[1]), int(match[2])
        self.assertTrue(first <= sector <= last, "%d: %s" % (sector, match[0]))

    def test_before_the_first_byte_the_answer_is_an_error(self):
        path = archive("error-first.tar")
        start = 3 << 20
        sector = self.sector_of(path, "big.bin", start)
        with serve(with_error(path, sector)) as guest:
            web = Web(guest)
            self.assertEqual(web.wait_until_it_answers().status, 200)
            answer = web.ask("/big.bin", headers={"Range": "bytes=%d-" % start})
            self.assertEqual(answer.status, 500)
            match = guest.wait_for_line(r"big\.bin: reading sectors (\d+) to (\d+) failed: IO")
            self.assert_names(match, sector)
            self.assertIn("at sector %s" % match[1], answer.body.decode())
            # Once is over.
            self.assertEqual(web.fetch("big.bin").digest(), BIG.digest())
            self.assertEqual(web.status()["disk"]["errors"], 1)

    def test_after_the_first_byte_the_connection_is_reset(self):
        path = archive("error-later.tar")
        sector = self.sector_of(path, "big.bin", 3 << 20)
        with serve(with_error(path, sector)) as guest:
            web = Web(guest)
            self.assertEqual(web.wait_until_it_answers().status, 200)
            with self.assertRaises((ConnectionResetError, http.client.IncompleteRead)):
                web.fetch("big.bin")
            match = guest.wait_for_line(r"big\.bin: reading sectors (\d+) to (\d+) failed: IO")
            self.assert_names(match, sector)
            self.assertEqual(web.fetch("big.bin").digest(), BIG.digest())
            self.assertEqual(web.fetch("last.bin").digest(), FILES[2].digest())

    def test_a_bad_sector_for_ever_spoils_one_file_only(self):
        path = archive("error-always.tar")
        # Right behind the header, so that the headers must be readable without it.
        sector = self.sector_of(path, "big.bin")
        with serve(with_error(path, sector, once=False)) as guest:
            web = Web(guest)
            self.assertEqual(web.wait_until_it_answers().status, 200)
            for _ in range(20):
                self.assertEqual(web.fetch("big.bin").status, 500)
                self.assertEqual(web.fetch("first.bin").digest(), FILES[0].digest())
            status = web.wait_until_quiet()
            self.assertEqual(status["example_memory"]["file_buffers_free"], status["example_memory"]["file_buffers"])
            self.assertEqual(status["disk"]["in_flight"], 0)

    def test_the_image_is_taken_away_while_it_serves(self):
        path = archive("taken.tar")
        options = ["-drive", "if=none,id=old,format=raw,read-only=on,file=%s" % path, "-device", "virtio-blk-pci,drive=old"]
        with Guest(image("HTTP_KERNEL"), network=UserNetwork(), extra=options) as guest:
            web = Web(guest)
            self.assertEqual(web.wait_until_it_answers().status, 200)
            self.assertEqual(web.fetch("big.bin").digest(), BIG.digest())
            guest.monitor("human-monitor-command", **{"command-line": "drive_del old"})
            self.assertIn(web.fetch("big.bin").status, (500, 503))
            guest.wait_for_line(r"big\.bin: reading sectors \d+ to \d+ failed: ")
            self.assertEqual(web.ask("/status").status, 200)
            self.assertGreater(web.status()["disk"]["errors"], 0)


if __name__ == "__main__":
    cases.main()
