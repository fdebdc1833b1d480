# SPDX-License-Identifier: BSD-2-Clause
"""The kit finds the PCI devices that the machine has: QEMU's own list is the measure."""
import re
import unittest

from guest import Guest, image
from testing import cases

LINE = re.compile(r"^device ([0-9a-f]{4}):([0-9a-f]{2}):([0-9a-f]{2})\.([0-7]) ([0-9a-f]{4}):([0-9a-f]{4}) (.*?) ?$", re.MULTILINE)


def machine_devices(guest):
    """Returns {(bus, slot, function, vendor, device)} as QEMU sees it, also behind bridges."""
    found = set()

    def walk(devices):
        for device in devices:
            found.add((device["bus"], device["slot"], device["function"], device["id"]["vendor"], device["id"]["device"]))
            walk(device.get("pci_bridge", {}).get("devices", []))

    for bus in guest.monitor("query-pci"):
        walk(bus["devices"])
    return found


class Devices(unittest.TestCase):
    def check(self, *extra):
        with Guest(image("LIST_DEVICES_KERNEL"), command_line="linger_ms=60000", extra=extra) as guest:
            count = int(guest.wait_for_line(r"^(\d+) devices, set ")[1])
            found = set()
            for match in LINE.finditer(guest.log()):
                found.add((*(int(part, 16) for part in match.groups()[1:6]),))
                self.assertEqual((match[1], match[7]), ("0000", "(no driver)"))
            self.assertEqual(found, machine_devices(guest))
            self.assertEqual(count, len(found))
        return found

    def test_the_bare_machine(self):
        self.assertIn((0, 0, 0, 0x8086, 0x29c0), self.check())

    def test_cards_in_slots_and_functions(self):
        found = self.check("-device", "e1000,addr=5", "-device", "virtio-net-pci,addr=6.0,multifunction=on", "-device", "nec-usb-xhci,addr=6.5",
                           "-device", "rtl8139,addr=18.0")
        self.assertIn((0, 5, 0, 0x8086, 0x100e), found)
        self.assertIn((0, 6, 5, 0x1033, 0x0194), found)

    def test_cards_behind_bridges(self):
        found = self.check("-device", "pcie-root-port,id=port1,chassis=1,addr=7", "-device", "e1000e,bus=port1",
                           "-device", "pcie-pci-bridge,id=legacy,addr=8", "-device", "pci-bridge,id=inner,bus=legacy,chassis_nr=2,addr=3",
                           "-device", "e1000,bus=inner,addr=4")
        self.assertIn((0x8086, 0x10d3), {device[3:] for device in found})
        self.assertIn((0x8086, 0x100e), {device[3:] for device in found})
        self.assertGreaterEqual(max(device[0] for device in found), 3)


if __name__ == "__main__":
    cases.main()
