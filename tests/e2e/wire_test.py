# SPDX-License-Identifier: BSD-2-Clause
"""The HTTP kernel on a wire: ping, ARP, fragments, and frames that no sane sender sends.

Runs in a network namespace of its own, with the kernel's e1000 at a tap device.
"""
import random
import re
import struct
import subprocess

import archives
import frames
import network_namespace
from frames import ARP, ICMP, IPV4, TCP, Wire
from guest import PATIENCE, TapNetwork
from network_namespace import GUEST_ADDRESS, HOST_ADDRESS, TAP
from served import Served
from testing import cases

GUEST_MAC = bytes.fromhex("525400123456")
FILES = [archives.File("small.bin", 3000), archives.File("large.bin", 2_000_000)]
STRANGER = "10.0.2.77"


def dropped(status):
    """How many frames the machine says it did not take, at whatever layer; each counted once."""
    network, stack = status["network"], status["tcpip"]
    return (max(network["rx_errors"], network["rx_malformed"]) + network["rx_dropped"] +
            sum(value for name, value in stack.items() if name.endswith("_dropped")))


class _Wired(Served):
    files = FILES
    network = TapNetwork

    def setUp(self):
        self.wire = Wire(TAP)
        self.addCleanup(self.wire.__exit__)

    def tearDown(self):
        super().tearDown()
        self.assertEqual(self.web.fetch("small.bin").digest(), FILES[0].digest(), "the server does not serve any more")

    def ip(self, protocol, payload, source=HOST_ADDRESS, **header):
        return frames.ethernet(GUEST_MAC, self.wire.mac, IPV4, frames.ipv4(source, GUEST_ADDRESS, protocol, payload, **header))

    def echo(self, sequence, data=b"hello", **header):
        return self.ip(ICMP, frames.icmp_echo(77, sequence, data), **header)

    def answer_to_echo(self, sequence, timeout_seconds=5):
        def wanted(frame):
            return frame[12:14] == b"\x08\x00" and frame[23] == ICMP and frame[34:36] == b"\0\0" and frame[38:42] == struct.pack("!HH", 77, sequence)
        return self.wire.receive(wanted, timeout_seconds * PATIENCE)


class Ping(_Wired):
    def ping(self, *arguments, timeout_seconds=240):
        done = subprocess.run(["ping", "-n", "-q", *arguments, GUEST_ADDRESS], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=timeout_seconds * PATIENCE)
        sent, received = map(int, re.search(r"(\d+) packets transmitted, (\d+) received", done.stdout).groups())
        print(done.stdout)
        self.assertNotIn("errors", done.stdout)
        return sent, received

    def test_flood_of_10000_without_loss(self):
        self.assertEqual(self.ping("-f", "-c", "10000"), (10000, 10000))

    def test_sizes(self):
        for size in (0, 1, 17, 18, 19, 56, 1471, 1472):
            with self.subTest(size=size):
                # For its last answer ping waits one interval, if the packets are too short to hold a time.
                self.assertEqual(self.ping("-c", "5", "-i", "0.2", "-s", str(size), "-M", "do"), (5, 5))

    def test_fragmented(self):
        for size in (1473, 2000, 4000, 8000, 20000):
            with self.subTest(size=size):
                self.assertEqual(self.ping("-c", "5", "-i", "0.2", "-s", str(size)), (5, 5))

    def test_flood_while_files_are_fetched(self):
        flood = subprocess.Popen(["ping", "-f", "-n", "-q", "-c", "3000", GUEST_ADDRESS], stdout=subprocess.PIPE, text=True)
        for _ in range(10):
            self.assertEqual(self.web.fetch("large.bin").digest(), FILES[1].digest())
        said = flood.communicate(timeout=120 * PATIENCE)[0]
        self.assertIn("3000 packets transmitted, 3000 received", said)


class Arp(_Wired):
    def ask(self, target, timeout_seconds=5):
        self.wire.send(frames.ethernet(frames.BROADCAST, self.wire.mac, ARP, frames.arp(1, self.wire.mac, HOST_ADDRESS, bytes(6), target)))
        return self.wire.receive(lambda frame: frame[12:14] == b"\x08\x06" and frame[20:22] == b"\0\2", timeout_seconds)

    def test_its_address_is_answered(self):
        answer = self.ask(GUEST_ADDRESS)
        self.assertIsNotNone(answer)
        self.assertEqual(answer[:12], self.wire.mac + GUEST_MAC)
        self.assertEqual(answer[22:28], GUEST_MAC)
        # A frame on a wire has at least 60 bytes.
        self.assertGreaterEqual(len(answer), 60)

    def test_the_address_of_another_is_not(self):
        self.assertIsNone(self.ask("10.0.2.99", timeout_seconds=0.5))

    def test_broken_requests_are_not(self):
        good = frames.arp(1, self.wire.mac, HOST_ADDRESS, bytes(6), GUEST_ADDRESS)
        for position, value in ((0, 9), (2, 9), (4, 5), (5, 16), (7, 9)):
            broken = good[:position] + bytes([value]) + good[position + 1:]
            self.wire.send(frames.ethernet(frames.BROADCAST, self.wire.mac, ARP, broken))
        self.assertIsNone(self.wire.receive(lambda frame: frame[12:14] == b"\x08\x06", 0.5))


class BadFrames(_Wired):
    def inject(self, wrong, least=None):
        """Sends frames that must be dropped and counted; the machine answers an echo afterwards."""
        before = dropped(self.web.status())
        for frame in wrong:
            self.wire.send(frame)
        self.wire.send(self.echo(1000))
        if not self.answer_to_echo(1000):
            print(before, self.web.status())
            self.fail("no answer to a good echo request afterwards")
        least = len(wrong) if least is None else least
        # A card's own counters are read every two seconds.
        self.guest.wait_for(lambda: dropped(self.web.status()) - before >= least, "%d frames are counted as dropped" % least, 10)

    def test_ip_headers(self):
        wrong = [
            self.echo(1, version=6),
            self.echo(2, version=0),
            self.echo(3, header_words=4),
            self.echo(4, header_words=0),
            self.echo(5, header_words=15),
            self.echo(6, total=1400),
            self.echo(7, total=19),
            self.echo(8, total=0),
            self.echo(9, check=0xBAD1),
        ]
        self.inject(wrong)
        for sequence in range(1, 10):
            self.assertIsNone(self.answer_to_echo(sequence, 0.02), "answered a wrong packet")

    def test_short_frames(self):
        # Cut anywhere; the machine pads what is shorter than 60 bytes, so headers are cut off rather than the frame.
        whole = self.echo(20, b"x" * 100)
        self.inject([whole[:length] for length in list(range(14, 34)) + [40, 60, 100, 140]])

    def test_oversized_frames(self):
        network_namespace.run("ip", "link", "set", TAP, "mtu", "9000")
        try:
            self.inject([self.echo(index, b"y" * size) for index, size in enumerate((1600, 2000, 2047, 2048, 4000, 8900))])
        finally:
            network_namespace.run("ip", "link", "set", TAP, "mtu", "1500")

    def test_tcp_segments(self):
        def segment(**broken):
            return self.ip(TCP, frames.tcp(HOST_ADDRESS, GUEST_ADDRESS, 4000, 80, 1, 2, **broken))
        self.inject([segment(check=0x1111), segment(offset_words=0), segment(offset_words=15), segment(offset_words=4),
                     self.ip(TCP, b"\x10\x00\x00\x50"), self.ip(TCP, b"")])

    def test_icmp_with_a_wrong_checksum_is_not_answered(self):
        packet = bytearray(self.echo(30, b"z" * 64))
        packet[-1] ^= 1
        self.wire.send(bytes(packet))
        self.assertIsNone(self.answer_to_echo(30, 0.5))

    def test_unknown_protocols(self):
        self.inject([frames.ethernet(GUEST_MAC, self.wire.mac, kind, bytes(100)) for kind in (0, 5, 0x600, 0x1234, 0x88CC, 0xFFFF)]
                    + [self.ip(protocol, bytes(50)) for protocol in (0, 2, 17, 41, 47, 50, 255)])

    def test_frames_of_noise(self):
        chance = random.Random(1)
        wrong = []
        for _ in range(2000):
            head = GUEST_MAC + self.wire.mac + (b"\x08\x00" if chance.random() < 0.5 else chance.randbytes(2))
            wrong.append(head + chance.randbytes(chance.randrange(0, 1500)))
        for start in range(0, len(wrong), 100):
            self.inject(wrong[start:start + 100], least=0)

    def test_damaged_packets_of_every_kind(self):
        chance = random.Random(2)
        good = [self.echo(40, b"q" * 200), self.ip(TCP, frames.tcp(HOST_ADDRESS, GUEST_ADDRESS, 5000, 80, 9, 2)),
                frames.ethernet(frames.BROADCAST, self.wire.mac, ARP, frames.arp(1, self.wire.mac, STRANGER, bytes(6), GUEST_ADDRESS))]
        for index in range(1500):
            packet = bytearray(chance.choice(good))
            for _ in range(chance.randrange(1, 4)):
                packet[chance.randrange(14, len(packet))] = chance.randrange(256)
            self.wire.send(bytes(packet[:chance.randrange(14, len(packet) + 1)]))
            if index % 100 == 99:
                self.inject([], least=0)

    def test_fragments_that_never_become_whole(self):
        parts = []
        for index in range(400):
            parts.append(self.ip(ICMP, bytes(1000), identification=1000 + index, flags=1, offset_bytes=8 * (index % 3) * 125))
        # Fragments that overlap, one inside another, and one that would end beyond 64 KiB.
        parts += [self.ip(ICMP, bytes(800), identification=5, flags=1, offset_bytes=0),
                  self.ip(ICMP, bytes(80), identification=5, flags=0, offset_bytes=400),
                  self.ip(ICMP, bytes(1400), identification=6, flags=0, offset_bytes=65528)]
        # In bursts that the receive queue takes; what it does not take it drops and counts, good frames among them.
        for start in range(0, len(parts), 50):
            self.inject(parts[start:start + 50], least=0)
        # Reassembly still works, once the old ones are given up.
        done = network_namespace.run("ping", "-n", "-q", "-c", "5", "-i", "0.2", "-s", "4000", GUEST_ADDRESS)
        self.assertIn("5 received", done)

    def test_a_flood_of_openings_that_are_never_completed(self):
        before = self.web.status()
        for index in range(2000):
            segment = frames.tcp(STRANGER, GUEST_ADDRESS, 1024 + index, 80, index, 2)
            self.wire.send(self.ip(TCP, segment, source=STRANGER))
        # Half-open connections fill the table until they are given up, after 20 seconds.
        self.web.wait_until_it_answers(45)
        self.assertEqual(self.web.fetch("large.bin").digest(), FILES[1].digest())
        self.assertGreater(self.web.status()["tcpip"]["tcp_received"] - before["tcpip"]["tcp_received"], 90)


if __name__ == "__main__":
    network_namespace.enter()
    network_namespace.make_tap()
    cases.main()
