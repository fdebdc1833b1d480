# SPDX-License-Identifier: BSD-2-Clause
"""The HTTP kernel on its usual machine, e1000 and virtio-blk: pages, files, protocol, status."""
import hashlib
import json
import socket
import unittest

import archives
from guest import Disk, Guest, UserNetwork, image, scratch
from served import Served
from testing import cases
from web import Web

INDEX = b"<!DOCTYPE html><title>Index</title><p>The index page.</p>\n"
FILES = archives.typical()
BIG = archives.File("big.bin", 8 << 20)


class Pages(Served):
    files = FILES + [BIG]
    index_page = INDEX

    def test_index_page(self):
        answer = self.web.ask("/")
        self.assertEqual((answer.status, answer.body), (200, INDEX))
        self.assertIn("text/html", answer.headers["content-type"])

    def test_every_file_is_what_was_stored(self):
        for file in self.files:
            with self.subTest(file=file.name):
                answer = self.web.fetch(file.name)
                self.assertEqual(answer.status, 200)
                self.assertEqual(int(answer.headers["content-length"]), file.size)
                self.assertEqual(answer.digest(), file.digest())

    def test_every_file_over_one_connection(self):
        connection = self.web.connection()
        for file in FILES:
            with self.subTest(file=file.name):
                self.assertEqual(self.web.fetch(file.name, connection).digest(), file.digest())
        connection.close()

    def test_curl_fetches_a_file(self):
        target = scratch() / "curl.bin"
        status, said = self.web.curl("--fail", "--output", str(target), self.web.url(BIG.name))
        self.assertEqual(status, 0, said)
        self.assertEqual(hashlib.sha256(target.read_bytes()).hexdigest(), BIG.digest())

    def test_a_folder_without_index_page_is_listed(self):
        answer = self.web.ask("/sizes/")
        self.assertEqual(answer.status, 200)
        for size in archives.BORDERS:
            self.assertIn(b"%07d.bin" % size, answer.body)

    def test_a_folder_with_index_page_shows_it(self):
        self.assertEqual(self.web.ask("/folder/").digest(), archives.File("folder/index.html", 800).digest())

    def test_a_folder_without_slash_is_redirected(self):
        answer = self.web.ask("/folder")
        self.assertEqual((answer.status, answer.headers["location"]), (301, "/folder/"))

    def test_content_types(self):
        for path, kind in {"/folder/style.css": "text/css", "/many/a:b.json": "application/json", "/": "text/html"}.items():
            self.assertTrue(self.web.ask(path).headers["content-type"].startswith(kind), path)

    def test_parts_of_a_file(self):
        content = BIG.content()
        for text, start, end in [("0-0", 0, 1), ("511-512", 511, 513), ("1000000-2000000", 1000000, 2000001),
                                 ("-7", len(content) - 7, len(content)), ("8388000-", 8388000, len(content))]:
            with self.subTest(range=text):
                answer = self.web.ask("/big.bin", headers={"Range": "bytes=" + text})
                self.assertEqual(answer.status, 206)
                self.assertEqual(answer.headers["content-range"], "bytes %d-%d/%d" % (start, end - 1, len(content)))
                self.assertTrue(answer.body == content[start:end], "wrong bytes")
        self.assertEqual(self.web.ask("/big.bin", headers={"Range": "bytes=%d-" % len(content)}).status, 416)


class Protocol(Served):
    files = FILES
    index_page = INDEX

    def test_head_sends_no_body(self):
        answer = self.web.raw(b"HEAD /sizes/0065536.bin HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        head, _, body = answer.partition(b"\r\n\r\n")
        self.assertTrue(head.startswith(b"HTTP/1.1 200 "), head)
        self.assertIn(b"content-length: 65536", head.lower())
        self.assertEqual(body, b"")

    def test_what_is_not_there(self):
        for path in ("/nothing", "/sizes/nothing.bin", "/folder/index.html/", "/%00", "/..%2f..%2fetc/passwd", "/sizes/../nothing"):
            with self.subTest(path=path):
                self.assertIn(self.web.ask(path).status, (400, 404))
        self.assertEqual(self.web.ask("/nothing").status, 404)

    def test_what_is_no_request(self):
        for request in (b"nonsense\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9.9\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n",
                        b"GET nopath HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"):
            with self.subTest(request=request):
                self.assertRegex(self.web.raw(request), rb"^HTTP/1\.1 (400|505) ")

    def test_too_long_a_request(self):
        answer = self.web.raw(b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        self.assertRegex(answer, rb"^HTTP/1\.1 4(00|14|31) ")

    def test_other_methods_are_refused(self):
        for method in ("POST", "PUT", "DELETE"):
            answer = self.web.ask("/", method=method)
            self.assertIn(answer.status, (405, 501), method)

    def test_keep_alive_answers_many_requests(self):
        connection = self.web.connection()
        used = set()
        for index in range(200):
            file = FILES[index % len(FILES)]
            answer = self.web.fetch(file.name, connection)
            self.assertEqual((answer.status, len(answer.body)), (200, file.size))
            # The client opens another by itself if the server has closed it.
            used.add(connection.sock)
        connection.close()
        self.assertEqual(len(used), 1)

    def test_close_is_honoured(self):
        for request in (b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", b"GET / HTTP/1.0\r\n\r\n"):
            self.assertTrue(self.web.raw(request).endswith(INDEX))

    def test_requests_in_one_segment_are_answered_in_order(self):
        paths = [b"/sizes/0000513.bin", b"/nothing", b"/sizes/0000000.bin", b"/sizes/0004097.bin"]
        requests = b"".join(b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % path for path in paths)
        answer = self.web.raw(requests + b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        positions = [answer.find(archives.File("sizes/%07d.bin" % size, size).content()) for size in (513, 4097)]
        positions.append(answer.find(INDEX))
        self.assertNotIn(-1, positions)
        self.assertEqual(positions, sorted(positions))
        self.assertEqual(answer.count(b"HTTP/1.1 "), 5)

    def test_a_request_in_single_bytes(self):
        with self.web.socket() as stream:
            stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n":
                stream.sendall(bytes([byte]))
            answer = b"".join(iter(lambda: stream.recv(65536), b""))
        self.assertTrue(answer.endswith(INDEX))


class Status(Served):
    files = FILES

    def test_devices_and_their_drivers(self):
        status = self.web.status()
        drivers = {row["driver"] for row in status["devices"]}
        self.assertLessEqual({"linux/e1000", "linux/virtio-blk"}, drivers, status["devices"])
        e1000 = [row for row in status["devices"] if row["driver"] == "linux/e1000"]
        self.assertEqual(len(e1000), 1)
        self.assertIn("8086:100e", json.dumps(e1000[0]))

    def test_a_device_without_driver_is_listed_as_such(self):
        # The host bridge, at least.
        rows = [row for row in self.web.status()["devices"] if not row["driver"] or row["driver"] == "none"]
        self.assertTrue(rows)

    def test_counters_count(self):
        before = self.web.status()
        self.assertEqual(self.web.ask("/sizes/0262144.bin").status, 200)
        self.assertEqual(self.web.ask("/nothing").status, 404)
        after = self.web.status()
        self.assertGreaterEqual(after["server"]["requests"] - before["server"]["requests"], 3)
        self.assertEqual(after["server"]["answers_client_error"] - before["server"]["answers_client_error"], 1)
        self.assertEqual(after["server"]["file_bytes_sent"] - before["server"]["file_bytes_sent"], 262144)
        self.assertGreaterEqual(after["disk"]["read_bytes"] - before["disk"]["read_bytes"], 262144)
        self.assertGreater(after["network"]["tx_packets"], before["network"]["tx_packets"])
        self.assertGreater(after["network"]["rx_packets"], before["network"]["rx_packets"])
        self.assertEqual(after["network"]["address"], "52:54:00:12:34:56")

    def test_files_travel_without_a_copy(self):
        before = self.web.status()
        for file in FILES:
            self.web.fetch(file.name)
        after = self.web.status()
        self.assertEqual(after["disk"]["copied"], 0)
        self.assertGreater(after["disk"]["gathered"], before["disk"]["gathered"])
        self.assertEqual(after["network"]["tx_copied"], before["network"]["tx_copied"])
        self.assertGreater(after["network"]["tx_gathered"], before["network"]["tx_gathered"])

    def test_page_for_people(self):
        answer = self.web.ask("/status")
        self.assertEqual(answer.status, 200)
        self.assertIn("text/html", answer.headers["content-type"])
        for text in (b"linux/e1000", b"linux/virtio-blk", b"10.0.2.15"):
            self.assertIn(text, answer.body)

    def test_the_donor_met_nothing_unexpected(self):
        for file in FILES:
            self.web.fetch(file.name)
        kit = self.web.status()["kit"]
        # A stub shows among the counters once it was reached.
        self.assertEqual([name for name in kit if name.startswith("stub")], [])
        self.assertEqual((kit["lx_warnings"], kit["lx_sleeps_in_atomic"], kit["lx_allocations_failed"]), (0, 0, 0))


class Boot(unittest.TestCase):
    def test_a_second_boot_serves_the_same(self):
        files = archives.typical()[:10]
        path = archives.write_archive(scratch() / "twice.tar", files, INDEX)
        before = hashlib.sha256(path.read_bytes()).hexdigest()
        for _ in range(2):
            with Guest(image("HTTP_KERNEL"), disk=Disk(path), network=UserNetwork()) as guest:
                web = Web(guest)
                web.wait_until_it_answers()
                for file in files:
                    self.assertEqual(web.fetch(file.name).digest(), file.digest(), file.name)
        self.assertEqual(hashlib.sha256(path.read_bytes()).hexdigest(), before)

    def test_the_console_says_what_there_is(self):
        path = archives.write_archive(scratch() / "console.tar", archives.typical()[:3], INDEX)
        with Guest(image("HTTP_KERNEL"), disk=Disk(path), network=UserNetwork()) as guest:
            Web(guest).wait_until_it_answers()
            guest.wait_for_line("linux/e1000")
            guest.wait_for_line("linux/virtio-blk")
            guest.wait_for_line(r"the archive has 4 files")
            guest.wait_for_line(r"10\.0\.2\.15")


if __name__ == "__main__":
    cases.main()
