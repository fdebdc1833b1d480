# SPDX-License-Identifier: BSD-2-Clause
"""The main job on every pair of card and disk, on one host: every file comes back whole, through the drivers asked for."""
import unittest

import archives
from guest import Disk, Guest, UserNetwork, image, scratch
from testing import cases
from web import Web

FILES = archives.typical() + [archives.File("big.bin", 3 << 20)]
NICS = {"e1000": ("e1000", "linux/e1000"), "virtio-net": ("virtio-net-pci", "linux/virtio-net")}
DISKS = {"nvme": ("nvme,serial=1", "linux/nvme"), "virtio-blk": ("virtio-blk-pci", "linux/virtio-blk")}
# Only a modern device takes part in the platform's address translation; its driver then maps what it hands to it.
PLATFORM = ",disable-legacy=on,iommu_platform=on"


class Combinations(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.path = archives.write_archive(scratch() / "combos.tar", FILES, b"<p>index")

    def check(self, nic, disk, nic_properties="", disk_properties=""):
        """Serves the files and returns {driver: counters} of the attached devices."""
        nic_device, nic_driver = NICS[nic]
        disk_device, disk_driver = DISKS[disk]
        with Guest(image("HTTP_ALL_KERNEL"), disk=Disk(self.path, disk_device + disk_properties), network=UserNetwork(),
                   nic=nic_device + nic_properties) as guest:
            web = Web(guest)
            self.assertEqual(web.wait_until_it_answers().status, 200)
            connection = web.connection()
            for file in FILES:
                self.assertEqual(web.fetch(file.name, connection).digest(), file.digest(), file.name)
            connection.close()
            status = web.status()
        self.assertEqual((status["kit"]["lx_warnings"], status["disk"]["errors"], status["network"]["tx_errors"]), (0, 0, 0))
        drivers = {row["location"]: row["driver"] for row in status["devices"] if row["driver"]}
        self.assertEqual(sorted(drivers.values()), sorted([nic_driver, disk_driver]))
        counters = {}
        for row in status["device_counters"]:
            counters.setdefault(drivers[row["location"]], {})[row["counter"]] = row["value"]
        return counters

    def check_messages(self, counters, driver):
        """The device has messages, they come, and its line is not used beside them."""
        self.assertGreater(counters[driver]["interrupt_messages"], 0)
        self.assertGreater(counters[driver]["message_interrupts"], 0)
        self.assertEqual(counters[driver]["line_interrupts"], 0)

    def test_e1000_and_nvme(self):
        counters = self.check("e1000", "nvme")
        self.check_messages(counters, "linux/nvme")
        # QEMU's card has no messages.
        self.assertEqual(counters["linux/e1000"]["interrupt_messages"], 0)
        self.assertGreater(counters["linux/e1000"]["line_interrupts"], 0)

    def test_e1000_and_virtio_blk(self):
        self.check_messages(self.check("e1000", "virtio-blk"), "linux/virtio-blk")

    def test_virtio_net_and_nvme(self):
        counters = self.check("virtio-net", "nvme")
        self.check_messages(counters, "linux/virtio-net")
        self.check_messages(counters, "linux/nvme")

    def test_virtio_net_and_virtio_blk(self):
        counters = self.check("virtio-net", "virtio-blk")
        self.check_messages(counters, "linux/virtio-net")
        self.check_messages(counters, "linux/virtio-blk")

    def test_modern_virtio(self):
        self.check("virtio-net", "virtio-blk", ",disable-legacy=on", ",disable-legacy=on")

    def test_modern_virtio_with_platform_addresses(self):
        counters = self.check("virtio-net", "virtio-blk", PLATFORM, PLATFORM)
        self.check_messages(counters, "linux/virtio-net")
        self.check_messages(counters, "linux/virtio-blk")
        # A driver that maps has buffers of the card mapped at any time: those for packets to come.
        self.assertGreater(counters["linux/virtio-net"]["dma_maps"], 0)

    def test_without_messages_the_line_is_used(self):
        counters = self.check("virtio-net", "virtio-blk", ",vectors=0", ",vectors=0")
        for driver in ("linux/virtio-net", "linux/virtio-blk"):
            self.assertEqual((counters[driver]["interrupt_messages"], counters[driver]["message_interrupts"]), (0, 0))
            self.assertGreater(counters[driver]["line_interrupts"], 0)


if __name__ == "__main__":
    cases.main()
