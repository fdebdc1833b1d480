# SPDX-License-Identifier: BSD-2-Clause
"""Many clients at once: every byte right, and nothing is used up."""
import hashlib
import unittest

import archives
import soak
from guest import Disk, Guest, UserNetwork, image, scratch
from load import Clients
from testing import cases
from web import Web

BIG = archives.File("big.bin", 64 << 20)
SMALL = archives.small(60)


class Load(unittest.TestCase):
    def test_64_mib_while_16_clients_fetch_small_files(self):
        path = archives.write_archive(scratch() / "load.tar", SMALL + [BIG], b"<p>index")
        target = scratch() / "big.bin"
        with Guest(image("HTTP_KERNEL"), disk=Disk(path), network=UserNetwork()) as guest:
            web = Web(guest)
            web.wait_until_it_answers()
            with Clients(web, SMALL, count=16) as clients:
                status, said = web.curl("--fail", "--output", str(target), web.url(BIG.name))
                fetched = clients.fetched
            self.assertEqual(status, 0, said)
            with open(target, "rb") as content:
                self.assertEqual(hashlib.file_digest(content, "sha256").hexdigest(), BIG.digest())
            # They really ran beside it.
            self.assertGreater(fetched, 100)
            after = web.wait_until_quiet()
            self.assertEqual(after["server"]["answers_server_error"], 0)
            self.assertEqual(after["disk"]["errors"], 0)
            self.assertEqual(after["disk"]["copied"], 0)
            self.assertEqual(after["network"]["tx_copied"], 0)

    def test_half_a_minute_of_mixed_load(self):
        soak.run(30)


if __name__ == "__main__":
    cases.main()
