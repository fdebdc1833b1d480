# SPDX-License-Identifier: BSD-2-Clause
"""Files with generated content, and disk images that hold them as ustar archives."""
import hashlib
import io
import random
import tarfile
from dataclasses import dataclass

BLOCK_BYTES = 512


@dataclass
class File:
    """A file by what generates it. Content depends on name and size alone and does not repeat within a file."""
    name: str
    size: int

    def content(self):
        return random.Random("%s %d" % (self.name, self.size)).randbytes(self.size)

    def digest(self):
        return hashlib.sha256(self.content()).hexdigest()


# Sizes around every border that the path has: a block, a page, a read, a segment, the send buffer.
BORDERS = [0, 1, 2, 511, 512, 513, 1459, 1460, 1461, 4095, 4096, 4097, 65535, 65536, 65537, 131072, 262143, 262144, 262145, 1000003]


def typical():
    """Returns files with every kind of name and size that the format allows."""
    deep = "/".join("level%02d" % level for level in range(14)) + "/"
    names = [File("sizes/%07d.bin" % size, size) for size in BORDERS]
    names += [
        File("with space and + & % ? # ;.txt", 300),
        File("\u00fcn\u00efc\u00f6d\u00e9/\u65e5\u672c\u8a9e.txt", 400),
        File(deep + "x" * 90 + ".txt", 500),
        File(".hidden", 17),
        File("folder/index.html", 800),
        File("folder/style.css", 801),
        File("many/a:b.json", 20),
    ]
    return names


def small(count, size=3000):
    return [File("small/%04d.bin" % index, size + 37 * index) for index in range(count)]


def write_archive(path, files, index_page=None):
    """Writes a disk image with the files, and with an index page if one is given."""
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as archive:
        if index_page is not None:
            _add(archive, "index.html", index_page)
        for file in files:
            _add(archive, file.name, file.content())
    return path


def _add(archive, name, content):
    member = tarfile.TarInfo(name)
    member.size = len(content)
    member.mtime = 1_600_000_000
    archive.addfile(member, io.BytesIO(content))


def offset_of(path, name):
    """Returns where the content of a member begins on the disk, in bytes."""
    with tarfile.open(path) as archive:
        return archive.getmember(name).offset_data
