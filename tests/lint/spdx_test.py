# SPDX-License-Identifier: BSD-2-Clause
"""The SPDX documents of images name what is linked and the licence of the whole."""
import os
import pathlib
import re
import unittest

from testing import cases


def parts(document):
    """Returns {package: licence} of an SPDX document in tag-value form."""
    text = pathlib.Path(os.environ["TEST_SRCDIR"], "graft", document).read_text()
    return dict(re.findall(r"^PackageName: (.*)\n(?:.*\n)*?PackageLicenseConcluded: (.*)$", text, re.MULTILINE))


class Spdx(unittest.TestCase):
    def test_an_image_with_linux_drivers_is_gpl(self):
        found = parts("examples/http/threaded.spdx")
        self.assertEqual(found["threaded"], "GPL-2.0-only")
        self.assertEqual(found["linux"], "GPL-2.0-only")
        self.assertEqual(found["pciutils-libpci"], "GPL-2.0-or-later")
        self.assertEqual(found["lwip"], "BSD-3-Clause")
        self.assertEqual(found["graft-glue"], "BSD-2-Clause")

    def test_an_image_without_the_kit_is_not(self):
        found = parts("tests/qemu/boot_kernel.spdx")
        self.assertNotIn("linux", found)
        self.assertNotIn("GPL", found["boot_kernel"])


if __name__ == "__main__":
    cases.main()
