# SPDX-License-Identifier: BSD-2-Clause
"""The images of both hosts hold one and the same driver object, byte for byte, wherever each links it.

The reference is the driver set's relocatable object. In an image its sections stand at some address, and the linker has
filled in the relocated places and nothing else: those are left out of the comparison.
"""
import collections
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from testing import cases

SETS = ("DEFAULT", "LINUX_ALL")
HOSTS = ("THREADED", "EVENTLOOP")
# What stands in the object as it will stand in the image; .bss has no bytes.
SECTIONS = (".text", ".rodata", ".data")
# Where a set's sections are found in an image: a function of com/ that every kit exports.
LANDMARK = "graft_kit_create"
RELOCATION_BYTES = {"R_X86_64_64": 8}  # all others that a kernel's code has are 4 bytes wide

Symbol = collections.namedtuple("Symbol", "address bytes kind section name")


def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def path_of(variable):
    return os.path.realpath(os.environ[variable])


def section_names(path):
    return {int(match[1]): match[2] for match in re.finditer(r"^ *\[ *(\d+)\] (\S+)", output("readelf", "--sections", "--wide", path), re.MULTILINE)}


def symbols(path):
    """Returns the functions and objects of an ELF file."""
    names = section_names(path)
    found = []
    for line in output("readelf", "--syms", "--wide", path).splitlines():
        words = line.split()
        if len(words) == 8 and words[3] in ("FUNC", "OBJECT") and words[6].isdigit():
            found.append(Symbol(int(words[1], 16), int(words[2], 0), words[3], names[int(words[6])], words[7]))
    return found


def content(path, section):
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder, "bytes")
        subprocess.run(["objcopy", "--only-section=" + section, "-O", "binary", path, str(out)], check=True)
        return out.read_bytes()


def relocated(path, section):
    """Returns [(offset, bytes)] of the places that a linker fills in."""
    found, inside = [], False
    for line in output("readelf", "--relocs", "--wide", path).splitlines():
        if line.startswith("Relocation section"):
            inside = "'.rela%s'" % section in line
        elif inside and (match := re.match(r"([0-9a-f]{8,}) +\S+ (R_\w+)", line)):
            found.append((int(match[1], 16), RELOCATION_BYTES.get(match[2], 4)))
    return found


def blank(data, places):
    data = bytearray(data)
    for offset, size in places:
        data[offset:offset + size] = bytes(size)
    return bytes(data)


class Image:
    """A linked kernel."""

    def __init__(self, path):
        self.path = path
        self._addresses = collections.defaultdict(list)
        for s in symbols(path):
            self._addresses[s.name, s.bytes, s.kind].append(s.address)
        self.start = {match[1]: int(match[2], 16) for match in
                      re.finditer(r"\] (\.\w+) +PROGBITS +([0-9a-f]{16})", output("readelf", "--sections", "--wide", path))}

    def find(self, wanted):
        """Returns the addresses of symbols that look like `wanted`, a symbol of an object."""
        return self._addresses.get((wanted.name, wanted.bytes, wanted.kind), [])

    def count(self):
        """Returns how many symbols there are of each name, size and kind."""
        return collections.Counter({key: len(found) for key, found in self._addresses.items()})


def differences(object_path, image):
    """Returns what of the object is not in the image as it is, in words; empty if all of it is."""
    found = []
    wanted = symbols(object_path)
    missing = collections.Counter((s.name, s.bytes, s.kind) for s in wanted) - image.count()
    found += ["%s %s of %d bytes" % (kind, name, size) for name, size, kind in sorted(missing)[:5]]
    for section in SECTIONS:
        inside = [s for s in wanted if s.section == section and s.bytes]
        # Every name that is there once tells where the section stands; all must agree.
        places = {image.find(s)[0] - s.address for s in inside if len(image.find(s)) == 1}
        if len(places) != 1:
            found.append("%s stands at %d places" % (section, len(places)))
            continue
        expected = content(object_path, section)
        at = places.pop() - image.start[section]
        actual = content(image.path, section)[at:at + len(expected)]
        holes = relocated(object_path, section)
        if blank(actual, holes) != blank(expected, holes):
            found.append("%s has other bytes" % section)
        # Something is left to compare.
        if len(expected) - sum(size for _, size in holes) < len(expected) // 4:
            found.append("%s is hardly compared" % section)
    return found


class SameObjects(unittest.TestCase):
    def test_each_host_links_the_set_as_it_is(self):
        for name in SETS:
            for host in HOSTS:
                with self.subTest(set=name, host=host):
                    self.assertEqual(differences(path_of(name + "_OBJECT"), Image(path_of("%s_%s" % (name, host)))), [])

    def test_the_sets_hold_drivers(self):
        names = {s.name for s in symbols(path_of("DEFAULT_OBJECT")) if s.kind == "FUNC"}
        self.assertLessEqual({LANDMARK, "e1000_xmit_frame", "virtblk_probe"}, names)
        self.assertGreater(len(names), 2000)

    def test_another_object_would_be_noticed(self):
        image = Image(path_of("DEFAULT_THREADED"))
        self.assertTrue(differences(path_of("LINUX_ALL_OBJECT"), image))
        # One instruction of one function changed.
        with tempfile.TemporaryDirectory() as folder:
            changed = pathlib.Path(folder, "changed.o")
            section = content(path_of("DEFAULT_OBJECT"), ".text")
            victim = next(s for s in symbols(path_of("DEFAULT_OBJECT")) if s.name == "e1000_xmit_frame")
            holes = {offset + i for offset, size in relocated(path_of("DEFAULT_OBJECT"), ".text") for i in range(size)}
            offset = next(at for at in range(victim.address, victim.address + victim.bytes) if at not in holes)
            text = pathlib.Path(folder, "text")
            text.write_bytes(section[:offset] + bytes([section[offset] ^ 1]) + section[offset + 1:])
            subprocess.run(["objcopy", "--update-section", ".text=%s" % text, path_of("DEFAULT_OBJECT"), str(changed)], check=True)
            self.assertEqual(differences(str(changed), image), [".text has other bytes"])


if __name__ == "__main__":
    cases.main()
