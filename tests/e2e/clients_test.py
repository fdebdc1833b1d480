# SPDX-License-Identifier: BSD-2-Clause
"""Clients that leave, do not read or are too many take nothing with them.

Runs at a tap device, so that their resets and their windows reach the kernel as they are.
"""
import contextlib
import socket
import struct

import archives
import network_namespace
from guest import TapNetwork
from served import Served
from testing import cases

FILES = archives.typical()
BIG = archives.File("big.bin", 8 << 20)


class LeavingClients(Served):
    files = FILES + [BIG]
    network = TapNetwork

    def assert_nothing_leaked(self, before):
        after = self.web.wait_until_quiet()
        self.assertLessEqual(after["example_memory"]["received_buffers_held"], before["example_memory"]["received_buffers_held"] + 2)

    def test_reset_in_the_middle_of_a_file(self):
        before = self.web.wait_until_quiet()
        for round_number in range(60):
            with self.web.socket() as stream:
                stream.sendall(b"GET /big.bin HTTP/1.1\r\nHost: x\r\n\r\n")
                stream.recv(1 + 1000 * round_number)
                stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.assert_nothing_leaked(before)
        self.assertEqual(self.web.fetch(BIG.name).digest(), BIG.digest())

    def test_closed_before_the_request_is_complete(self):
        before = self.web.wait_until_quiet()
        for request in (b"", b"G", b"GET / HTTP/1.1\r\nHo", b"GET /big.bin HTTP/1.1\r\n"):
            for _ in range(10):
                with self.web.socket() as stream:
                    stream.sendall(request)
        self.assert_nothing_leaked(before)

    def test_a_client_that_reads_nothing_does_not_stop_others(self):
        before = self.web.wait_until_quiet()
        sleepers = []
        for _ in range(20):
            stream = self.web.socket()
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            stream.sendall(b"GET /big.bin HTTP/1.1\r\nHost: x\r\n\r\n")
            sleepers.append(stream)
        for file in FILES:
            self.assertEqual(self.web.fetch(file.name).digest(), file.digest())
        for stream in sleepers:
            stream.close()
        self.assert_nothing_leaked(before)

    def test_more_clients_than_connections(self):
        before = self.web.wait_until_quiet()
        streams = []
        for _ in range(100):
            # Beyond those that get a 503 they are reset, at once or just after.
            with contextlib.suppress(ConnectionResetError):
                streams.append(self.web.socket())
        self.assertGreaterEqual(len(streams), 64)
        for stream in streams:
            stream.close()
        self.assert_nothing_leaked(before)
        after = self.web.status()["server"]
        self.assertGreater(after["connections_overloaded"], 0)
        self.assertEqual(self.web.ask("/").status, 200)


if __name__ == "__main__":
    network_namespace.enter()
    network_namespace.make_tap()
    cases.main()
