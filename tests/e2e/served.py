# SPDX-License-Identifier: BSD-2-Clause
"""Served: test cases that share one HTTP kernel."""
import unittest

import archives
from guest import Disk, Guest, UserNetwork, image, scratch
from web import Web


class Served(unittest.TestCase):
    """Boots one guest for all cases of a class; it must still run after each."""
    files = []
    index_page = None
    network = UserNetwork

    @classmethod
    def setUpClass(cls):
        path = archives.write_archive(scratch() / ("%s.tar" % cls.__name__), cls.files, cls.index_page)
        cls.guest = Guest(image("HTTP_KERNEL"), disk=Disk(path), network=cls.network()).__enter__()
        cls.addClassCleanup(cls.end)
        cls.web = Web(cls.guest)
        cls.web.wait_until_it_answers()

    @classmethod
    def end(cls):
        cls.guest.stop()
        print("---- console\n%s----" % cls.guest.log())

    def tearDown(self):
        self.guest.require_running()
