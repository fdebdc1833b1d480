# SPDX-License-Identifier: BSD-2-Clause
"""The HTTP kernel on a machine that lacks something, has more than it needs, or is handled roughly."""
import contextlib
import threading
import unittest

import archives
from guest import FAILED, PASSED, Disk, Guest, UserNetwork, image, scratch
from load import Clients
from testing import cases
from web import Web

FILES = [archives.File("small.bin", 3000), archives.File("big.bin", 24 << 20)]


def archive(name):
    return archives.write_archive(scratch() / name, FILES, b"<p>index")


class Devices(unittest.TestCase):
    def test_devices_without_driver_are_listed_as_such(self):
        extra = ["-device", "nec-usb-xhci,addr=10", "-device", "virtio-rng-pci,addr=11", "-device", "sb16"]
        with Guest(image("HTTP_KERNEL"), disk=Disk(archive("extra.tar")), network=UserNetwork(), extra=extra) as guest:
            web = Web(guest)
            self.assertEqual(web.wait_until_it_answers().status, 200)
            rows = {row["id"]: row["driver"] for row in web.status()["devices"]}
            self.assertIn("1033:0194", rows)
            for identity, driver in rows.items():
                if identity not in ("8086:100e", "1af4:1001", "1af4:1042"):
                    self.assertIn(driver, ("", "none"), identity)
            self.assertRegex(guest.log(), r"1033:0194.*(no driver|none)")

    def test_no_network_card(self):
        with Guest(image("HTTP_KERNEL"), disk=Disk(archive("nocard.tar"))) as guest:
            guest.wait_for_line("(?i)no network (card|interface)")
            self.assertTrue(guest.running() or guest.wait_for_exit() != PASSED)

    def test_two_of_each(self):
        extra = ["-netdev", "user,id=other", "-device", "e1000,netdev=other"]
        disks = [Disk(archive("one.tar")), Disk(archive("two.tar"))]
        with Guest(image("HTTP_KERNEL"), disk=disks, network=UserNetwork(), extra=extra) as guest:
            web = Web(guest)
            self.assertEqual(web.wait_until_it_answers().status, 200)
            self.assertEqual(web.fetch("big.bin").digest(), FILES[1].digest())


class Memory(unittest.TestCase):
    def test_more_memory_than_a_card_can_address(self):
        # RAM above 4 GiB; the card has 64-bit addresses, and the donor bounces for nobody.
        with Guest(image("HTTP_KERNEL"), disk=Disk(archive("high.tar")), network=UserNetwork(), memory_mib=4096) as guest:
            web = Web(guest)
            self.assertEqual(web.wait_until_it_answers().status, 200)
            self.assertEqual(web.fetch("big.bin").digest(), FILES[1].digest())

    def test_too_little_memory_is_said(self):
        with Guest(image("HTTP_KERNEL"), disk=Disk(archive("little.tar")), network=UserNetwork(), memory_mib=12) as guest:
            self.assertNotEqual(guest.wait_for_exit(), PASSED)
            self.assertRegex(guest.log(), "(?i)memory|NOMEM")


class Link(unittest.TestCase):
    def test_the_cable_is_plugged_in_later(self):
        with Guest(image("HTTP_KERNEL"), disk=Disk(archive("late.tar")), network=UserNetwork(), extra=["-S"]) as guest:
            guest.set_link(False)
            guest.monitor("cont")
            guest.wait_for_line("archive has")
            guest.set_link(True)
            web = Web(guest)
            self.assertEqual(web.wait_until_it_answers().status, 200)
            self.assertEqual(web.fetch("small.bin").digest(), FILES[0].digest())

    def test_the_cable_is_pulled_in_the_middle_of_a_file(self):
        with Guest(image("HTTP_KERNEL"), disk=Disk(archive("pulled.tar")), network=UserNetwork()) as guest:
            web = Web(guest)
            self.assertEqual(web.wait_until_it_answers().status, 200)
            answers = []
            client = threading.Thread(target=lambda: answers.append(web.fetch("big.bin")), daemon=True)
            client.start()
            guest.wait_for(lambda: guest.monitor("query-status")["running"], "running")
            guest.set_link(False)
            client.join(1.5)
            guest.set_link(True)
            client.join(60)
            self.assertTrue(answers, "the transfer did not go on")
            self.assertEqual(answers[0].digest(), FILES[1].digest())
            self.assertEqual(web.fetch("small.bin").digest(), FILES[0].digest())


class CommandLine(unittest.TestCase):
    def check_refused(self, words, line):
        path = archive("words.tar")
        with Guest(image("HTTP_KERNEL"), disk=Disk(path), network=UserNetwork(), command_line=words) as guest:
            self.assertEqual(guest.wait_for_exit(), FAILED)
            self.assertRegex(guest.log(), line)

    def test_wrong_words_are_named_with_the_valid_ones(self):
        for word in ("nonsense", "ip=1.2.3", "port=0", "port=99999"):
            with self.subTest(word=word):
                self.check_refused("log=info " + word, r"what is '%s'\? Options: ip=" % word)

    def test_a_parameter_that_no_driver_has(self):
        self.check_refused("linux/e1000.Nonsense=1", "(?i)Nonsense")

    def test_a_driver_that_the_image_lacks(self):
        self.check_refused("linux/none.TxDescriptors=1", "(?i)linux/none")

    def test_a_parameter_that_a_driver_has(self):
        with Guest(image("HTTP_KERNEL"), disk=Disk(archive("parameter.tar")), network=UserNetwork(),
                   command_line="linux/e1000.TxDescriptors=128") as guest:
            web = Web(guest)
            self.assertEqual(web.wait_until_it_answers().status, 200)
            self.assertEqual(web.fetch("big.bin").digest(), FILES[1].digest())

    def test_the_copying_adapter_copies_and_says_so(self):
        with Guest(image("HTTP_KERNEL"), disk=Disk(archive("copy.tar")), network=UserNetwork(), command_line="adapter=copy") as guest:
            web = Web(guest)
            self.assertEqual(web.wait_until_it_answers().status, 200)
            self.assertEqual(web.fetch("big.bin").digest(), FILES[1].digest())
            status = web.status()
            self.assertEqual(status["disk"]["gathered"], 0)
            self.assertGreaterEqual(status["disk"]["copied_bytes"], FILES[1].size)
            self.assertEqual(status["network"]["tx_gathered"], 0)
            self.assertGreaterEqual(status["network"]["tx_copied_bytes"], FILES[1].size)


class Ending(unittest.TestCase):
    def test_it_stops_cleanly_while_clients_load_it(self):
        with Guest(image("HTTP_KERNEL"), disk=Disk(archive("ending.tar")), network=UserNetwork(), command_line="seconds=6") as guest:
            web = Web(guest)
            self.assertEqual(web.wait_until_it_answers().status, 200)
            clients = Clients(web, FILES, count=8)
            # What they say once the server is gone is no fault of it.
            with contextlib.suppress(AssertionError), clients:
                guest.wait_for_exit()
            guest.require_passed()
            self.assertGreater(clients.fetched, 0)
            self.assertRegex(guest.log(), "http: stopped")


if __name__ == "__main__":
    cases.main()
