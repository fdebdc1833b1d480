# SPDX-License-Identifier: BSD-2-Clause
import unittest
from unittest import mock

from graft import choice, manifests
from graft.failure import Failure
from testing import cases


class Choosing(unittest.TestCase):
    def chosen(self, *wanted):
        found = choice.choose(*wanted)
        return found.driver_set, found.nic, found.disk

    def test_without_a_word_it_is_the_default(self):
        self.assertEqual(self.chosen(None, None, None), ("default", "e1000", "virtio-blk-pci"))

    def test_the_smallest_set_with_both_drivers_is_taken(self):
        self.assertEqual(self.chosen(None, "virtio-net", None), ("virtio", "virtio-net-pci", "virtio-blk-pci"))
        self.assertEqual(self.chosen(None, "virtio-net", "virtio-blk"), ("virtio", "virtio-net-pci", "virtio-blk-pci"))
        self.assertEqual(self.chosen(None, "virtio-net", "nvme"), ("linux_all", "virtio-net-pci", "nvme"))
        self.assertEqual(self.chosen(None, "e1000-82545em", "nvme"), ("linux_all", "e1000-82545em", "nvme"))

    def test_devices_follow_a_set_that_is_named(self):
        self.assertEqual(self.chosen("virtio", None, None), ("virtio", "virtio-net-pci", "virtio-blk-pci"))
        self.assertEqual(self.chosen("//drivers/sets:virtio", None, None), ("virtio", "virtio-net-pci", "virtio-blk-pci"))
        self.assertEqual(self.chosen("linux_all", None, "nvme"), ("linux_all", "e1000", "nvme"))

    def test_a_set_of_the_users_own_is_taken_by_its_label(self):
        # What Bazel says of the target; Bazel itself is busy with this test.
        with mock.patch("graft.bazel.string_list", return_value=["//drivers/linux/nvme:nvme", "//drivers/linux/e1000:e1000"]) as asked:
            found = choice.choose("//tests/sets:own", None, None)
        asked.assert_called_once_with("//tests/sets:own", "drivers")
        self.assertEqual((found.driver_set, found.nic, found.disk), ("//tests/sets:own", "e1000", "nvme"))
        self.assertEqual(found.flag, "--//drivers/sets:custom=//tests/sets:own")

    def test_every_pair_of_card_and_disk_is_driven(self):
        drivers = [driver for driver in manifests.drivers() if driver["origin"] == "linux-6.1"]
        pairs = [(nic["name"], disk["name"]) for nic in drivers for disk in drivers if (nic["class"], disk["class"]) == ("ethernet", "block")]
        self.assertEqual(len(pairs), 4)
        for nic, disk in pairs:
            with self.subTest(nic=nic, disk=disk):
                self.assertLessEqual({nic, disk}, set(manifests.sets()[choice.choose(None, nic, disk).driver_set]["drivers"]))


class Refusals(unittest.TestCase):
    def refused(self, *wanted):
        with self.assertRaises(Failure) as raised:
            choice.choose(*wanted)
        return str(raised.exception)

    def test_an_unknown_set_is_answered_with_the_sets(self):
        message = self.refused("virtoi", None, None)
        self.assertIn("did you mean virtio?", message)
        self.assertIn("valid: default, e1000, linux_all, native, nvme, virtio", message)

    def test_a_set_without_the_driver_is_answered_with_those_that_have_it(self):
        self.assertEqual(self.refused("default", "virtio-net", None),
                         "driver set default (linux/e1000, linux/virtio-blk) has no ethernet driver for virtio-net; "
                         "sets that have: virtio, linux_all")
        self.assertIn("has no ethernet driver and block driver; sets that have: default", self.refused("native", None, None))

    def test_a_label_that_is_no_set(self):
        with mock.patch("graft.bazel.string_list", return_value=[]):
            self.assertIn("is no driver set", self.refused("//examples/http:site", None, None))


class Lists(unittest.TestCase):
    def test_the_build_offers_every_driver_that_has_a_manifest(self):
        text = (cases.ROOT / "drivers/sets/known.bzl").read_text()
        known = {}
        exec(text, known)  # A list of strings, which Python reads as well.
        folders = sorted("//" + str(driver["folder"].relative_to(cases.ROOT)) for driver in manifests.drivers())
        self.assertEqual(known["DRIVERS"], folders)


if __name__ == "__main__":
    cases.main()
