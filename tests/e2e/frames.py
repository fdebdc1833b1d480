# SPDX-License-Identifier: BSD-2-Clause
"""Builds Ethernet frames, right ones and wrong ones, and sends them through a tap device."""
import socket
import struct
import time

BROADCAST = b"\xff" * 6
IPV4, ARP, VLAN, IPV6 = 0x0800, 0x0806, 0x8100, 0x86DD
ICMP, TCP, UDP = 1, 6, 17


def checksum(data):
    """The Internet checksum (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ethernet(destination, source, kind, payload):
    return destination + source + struct.pack("!H", kind) + payload


def ipv4(source, destination, protocol, payload, identification=1, flags=0, offset_bytes=0, ttl=64, **broken):
    """An IPv4 packet; `broken` overrides header fields: version, header_words, total, check."""
    header_words = broken.get("header_words", 5)
    total = broken.get("total", 20 + len(payload))

    def header(check):
        return struct.pack("!BBHHHBBH4s4s", broken.get("version", 4) << 4 | header_words, 0, total, identification,
                           flags << 13 | offset_bytes // 8, ttl, protocol, check, socket.inet_aton(source), socket.inet_aton(destination))

    return header(broken.get("check", checksum(header(0)))) + payload


def icmp_echo(identifier, sequence, data):
    head = struct.pack("!BBHHH", 8, 0, 0, identifier, sequence)
    return struct.pack("!BBHHH", 8, 0, checksum(head + data), identifier, sequence) + data


def tcp(source, destination, source_port, port, sequence, flags, payload=b"", offset_words=5, check=None):
    head = struct.pack("!HHIIBBHHH", source_port, port, sequence, 0, offset_words << 4, flags, 65535, 0, 0)
    pseudo = socket.inet_aton(source) + socket.inet_aton(destination) + struct.pack("!BBH", 0, TCP, len(head) + len(payload))
    check = checksum(pseudo + head + payload) if check is None else check
    return head[:16] + struct.pack("!H", check) + head[18:] + payload


def arp(operation, sender_mac, sender, target_mac, target):
    return struct.pack("!HHBBH", 1, IPV4, 6, 4, operation) + sender_mac + socket.inet_aton(sender) + target_mac + socket.inet_aton(target)


class Wire:
    """Sends and receives whole frames on an interface."""

    def __init__(self, interface):
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        self._socket.bind((interface, 0))
        self.mac = self._socket.getsockname()[4]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def send(self, frame):
        self._socket.send(frame)

    def receive(self, wanted, timeout_seconds=5):
        """Returns the first incoming frame for which wanted(frame) is true, or None after the timeout."""
        deadline = time.monotonic() + timeout_seconds
        while (left := deadline - time.monotonic()) > 0:
            self._socket.settimeout(left)
            try:
                frame, address = self._socket.recvfrom(65536)
            except TimeoutError:
                return None
            if address[2] != socket.PACKET_OUTGOING and wanted(frame):
                return frame
        return None
