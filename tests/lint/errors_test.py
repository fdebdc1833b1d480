# SPDX-License-Identifier: BSD-2-Clause
"""docs/errors.md and com/graft/error.h know the same codes."""
import re
import unittest

from testing import cases


class Errors(unittest.TestCase):
    def test_the_page_lists_exactly_the_codes(self):
        header = (cases.ROOT / "com" / "graft" / "error.h").read_text()
        codes = re.findall(r"^#define GRAFT_E_(\w+) ", header, re.MULTILINE)
        listed = re.findall(r"^\| `(\w+)` \|", (cases.ROOT / "docs" / "errors.md").read_text(), re.MULTILINE)
        self.assertGreater(len(codes), 15)
        self.assertEqual(listed, ["OK"] + codes)

    def test_contracts_use_only_those_codes(self):
        header = (cases.ROOT / "com" / "graft" / "error.h").read_text()
        codes = set(re.findall(r"^#define GRAFT_E_(\w+) ", header, re.MULTILINE))
        for path in sorted((cases.ROOT / "com" / "graft").glob("*.h")):
            for clause in re.findall(r"@errors ([^@]*?)(?=@|\n\s*\w+ ?\w* \(|\n\n|\n\s*[^/\s])", path.read_text()):
                for word in re.findall(r"\b([A-Z]{2,})\b(?=[:,;.\s]|$)", clause):
                    with self.subTest(header=path.name, code=word):
                        self.assertIn(word, codes | {"MTU", "IID", "OK", "BUSY", "PCI", "DMA", "VLAN"})


if __name__ == "__main__":
    cases.main()
