# SPDX-License-Identifier: BSD-2-Clause
"""Every model of card and disk that the default driver set drives, in each way a machine may present it."""
import unittest

import archives
from guest import Disk, Guest, UserNetwork, image, scratch
from testing import cases
from web import Web

FILES = archives.typical() + [archives.File("big.bin", 6 << 20)]


class Models(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.path = archives.write_archive(scratch() / "models.tar", FILES, b"<p>index")
        # A disk with blocks of 4096 bytes holds whole ones.
        with open(cls.path, "ab") as disk:
            disk.write(bytes(-disk.tell() % 4096))

    def check(self, nic="e1000", disk="virtio-blk-pci", extra=(), kernel="HTTP_KERNEL", **options):
        with Guest(image(kernel), disk=Disk(self.path, disk), network=UserNetwork(), nic=nic, extra=extra, **options) as guest:
            web = Web(guest)
            self.assertEqual(web.wait_until_it_answers().status, 200)
            connection = web.connection()
            for file in FILES:
                self.assertEqual(web.fetch(file.name, connection).digest(), file.digest(), file.name)
            connection.close()
            status = web.status()
            self.assertEqual((status["kit"]["lx_warnings"], status["disk"]["errors"], status["network"]["tx_errors"]), (0, 0, 0))
            return status

    def test_e1000_82544gc(self):
        status = self.check(nic="e1000-82544gc")
        self.assertIn("8086:100c", [row["id"] for row in status["devices"] if row["driver"] == "linux/e1000"])

    def test_e1000_82545em(self):
        status = self.check(nic="e1000-82545em")
        self.assertIn("8086:100f", [row["id"] for row in status["devices"] if row["driver"] == "linux/e1000"])

    def test_card_in_another_slot(self):
        # Another slot, another interrupt line.
        self.check(nic="e1000,addr=10")

    def test_virtio_legacy_only(self):
        self.check(disk="virtio-blk-pci,disable-modern=on")

    def test_virtio_modern_only(self):
        status = self.check(disk="virtio-blk-pci,disable-legacy=on")
        self.assertIn("1af4:1042", [row["id"] for row in status["devices"] if row["driver"] == "linux/virtio-blk"])

    def test_virtio_behind_a_bridge(self):
        # QEMU makes the devices in the order of its command line, so the port must come first.
        extra = ["-device", "pcie-root-port,id=port5,chassis=1,addr=5", "-blockdev",
                 '{"node-name": "far", "driver": "raw", "read-only": true, "file": {"driver": "file", "filename": "%s", "read-only": true}}'
                 % self.path, "-device", "virtio-blk-pci,drive=far,bus=port5"]
        with Guest(image("HTTP_KERNEL"), network=UserNetwork(), extra=extra) as guest:
            web = Web(guest)
            self.assertEqual(web.wait_until_it_answers().status, 200)
            self.assertEqual(web.fetch("big.bin").digest(), FILES[-1].digest())

    def test_virtio_without_messages(self):
        self.check(disk="virtio-blk-pci,vectors=0")

    def test_virtio_packed_ring(self):
        self.check(disk="virtio-blk-pci,packed=on,disable-legacy=on")

    def test_virtio_small_queue(self):
        self.check(disk="virtio-blk-pci,queue-size=16,seg-max-adjust=on")

    def test_virtio_many_queues(self):
        self.check(disk="virtio-blk-pci,num-queues=4")

    def test_blocks_of_4096_bytes(self):
        status = self.check(disk="virtio-blk-pci,logical_block_size=4096,physical_block_size=4096")
        self.assertEqual(status["disk"]["block_bytes"], 4096)

    def test_a_processor_with_everything(self):
        self.check(extra=["-cpu", "max"])


if __name__ == "__main__":
    cases.main()
