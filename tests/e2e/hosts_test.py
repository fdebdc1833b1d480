# SPDX-License-Identifier: BSD-2-Clause
"""Both hosts: what they tell of themselves, how long drivers keep them waiting, and that they end in order."""
import bisect
import subprocess
import unittest

import archives
from guest import Disk, Guest, UserNetwork, image, scratch
from testing import cases
from web import Web

FILES = archives.typical()[:12]
KERNELS = {"threaded": "THREADED_KERNEL", "eventloop": "EVENTLOOP_KERNEL"}
SECOND = 10**9


def functions(kernel):
    """Returns [(address, name)] of an image's functions in order."""
    done = subprocess.run(["nm", "--numeric-sort", kernel], stdout=subprocess.PIPE, text=True, check=True)
    lines = (line.split() for line in done.stdout.splitlines())
    return [(int(words[0], 16), words[2]) for words in lines if len(words) == 3 and words[1] in "tT"]


def function_at(kernel, address):
    found = functions(kernel)
    index = bisect.bisect_right(found, (address, chr(0x10ffff))) - 1
    return found[index][1] if index >= 0 else None


class Hosts(unittest.TestCase):
    def guests(self):
        """Yields (name, running guest, its web) of each host, serving the same files."""
        disk = archives.write_archive(scratch() / "hosts.tar", FILES, b"<p>index")
        for name, variable in KERNELS.items():
            with self.subTest(host=name), Guest(image(variable), disk=Disk(disk), network=UserNetwork()) as guest:
                web = Web(guest)
                web.wait_until_it_answers()
                yield name, guest, web

    def test_each_serves_every_file_and_says_which_it_is(self):
        for name, _, web in self.guests():
            for file in FILES:
                self.assertEqual(web.fetch(file.name).digest(), file.digest(), file.name)
            self.assertEqual(web.status()["host"]["name"], name)

    def test_the_longest_busy_wait_is_measured_and_named(self):
        for name, _, web in self.guests():
            world = web.status()["world"]
            wait_ns = world["longest_busy_wait_ns"]
            # e1000's attach reads its EEPROM bit by bit, with delays between: a wait of more than a millisecond.
            self.assertGreater(wait_ns, 1_000_000)
            self.assertLess(wait_ns, 60 * SECOND)
            where = function_at(image(KERNELS[name]), int(world["longest_busy_wait_at"], 16))
            self.assertRegex(where, r"^(e1000_|vp_|virtio|virtblk_|pci_|msi)", "%s busy-waits" % where)
            self.assertIn(b"longest time that a driver kept the processor waiting", web.ask("/status").body)

    def test_the_event_loop_says_what_kept_it(self):
        for name, _, web in self.guests():
            if name != "eventloop":
                continue
            before = web.status()
            # A wait inside a driver happens within a turn of the world.
            self.assertGreaterEqual(before["host"]["longest_world_run_ns"], before["world"]["longest_busy_wait_ns"])
            self.assertGreater(before["host"]["longest_poll_ns"], 0)
            for file in FILES:
                web.fetch(file.name)
            after = web.status()
            for counter in ("turns", "world_runs", "halts"):
                self.assertGreater(after["host"][counter], before["host"][counter], counter)
            # The kit never asked this host to wait.
            self.assertEqual(after["host"]["parks"], 0)
            page = web.ask("/status").body
            self.assertIn(b"longest time that drivers kept the loop from everything else", page)

    def test_each_ends_in_order_when_its_time_is_over(self):
        disk = archives.write_archive(scratch() / "end.tar", FILES, b"<p>index")
        for name, variable in KERNELS.items():
            with self.subTest(host=name), Guest(image(variable), disk=Disk(disk), network=UserNetwork(), command_line="seconds=3") as guest:
                guest.require_passed()
                self.assertRegex(guest.log(), r"(?m)^http: stopped")
                if name == "eventloop":
                    self.assertRegex(guest.log(), r"thread_park was called 0 times")


if __name__ == "__main__":
    cases.main()
