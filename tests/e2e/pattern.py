# SPDX-License-Identifier: BSD-2-Clause
"""Pseudo-random disk content and a plan of writes; tests/qemu/pattern.hpp generates the same inside a kernel.

A sector's content is a function of a seed and of the sector's number within the write that put it there, so that a
sector from another write, another place in the same write or another disk is told apart.
"""
import struct
from dataclasses import dataclass

SECTOR_BYTES = 512
_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15
_WORDS = SECTOR_BYTES // 8
_STEPS = [index * 0xD1342543DE82EF95 & _MASK for index in range(_WORDS)]
_pack = struct.Struct("<%dQ" % _WORDS).pack


def mix(value):
    """splitmix64's output function: spreads every input bit over all output bits."""
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & _MASK
    value = (value ^ value >> 27) * 0x94D049BB133111EB & _MASK
    return value ^ value >> 31


def sector(seed, index):
    start = mix((seed + (index + 1) * _GOLDEN) & _MASK)
    return _pack(*[(start + step) & _MASK for step in _STEPS])


def content(seed, sectors):
    return b"".join(sector(seed, index) for index in range(sectors))


class Sequence:
    """splitmix64."""

    def __init__(self, seed):
        self._state = seed & _MASK

    def next(self):
        self._state = (self._state + _GOLDEN) & _MASK
        return mix(self._state)

    def below(self, limit):
        return self.next() % limit


@dataclass
class Write:
    """One write of the plan, in sectors."""
    first: int
    sectors: int
    seed: int

    def content(self):
        # Some writes bring zeroes, so that the operation for that is exercised.
        return bytes(self.sectors * SECTOR_BYTES) if self.seed % 16 == 0 else content(self.seed, self.sectors)


def plan(seed, disk_sectors, writes, max_sectors):
    """Returns writes of random place and length; later ones lie over earlier ones."""
    sequence = Sequence(seed)
    chosen = []
    for _ in range(writes):
        # Short ones are the common case, and the longest possible must occur too.
        limit = max_sectors if sequence.below(8) == 0 or max_sectors < 16 else 16
        sectors = 1 + sequence.below(limit)
        chosen.append(Write(sequence.below(disk_sectors - sectors + 1), sectors, sequence.next()))
    return chosen


def apply(disk, writes):
    """Carries a plan out on a bytearray."""
    for write in writes:
        start = write.first * SECTOR_BYTES
        disk[start:start + write.sectors * SECTOR_BYTES] = write.content()
