# SPDX-License-Identifier: BSD-2-Clause
"""Every method of com/ and every function at the emulation boundary says what it promises."""
import unittest

from testing import c_headers, cases

# Documented once, in iunknown.h; every other interface repeats these slots.
INHERITED = {"query", "addref", "release"}
FOLDERS = ("com/graft", "linux-emu/boundary")


def faults(text):
    """Returns (line, name, what is missing) for the declarations without a proper contract."""
    found, declarations = [], c_headers.declarations(text)
    # graft_blkio_read() only forwards to graft_blkio_ops.read, where the contract stands.
    forwarders = {item.owner.replace("_ops", "_") + item.name for item in declarations if item.owner}
    for item in declarations:
        if item.inline and item.name in forwarders:
            continue
        if item.name in INHERITED and item.owner not in ("", "graft_iunknown_ops"):
            continue
        name = item.owner + "." + item.name if item.owner else item.name
        if not item.comment:
            found.append((item.line, name, "no contract"))
        elif item.returns_error and not item.inline and "@errors" not in item.comment and "ame rules as" not in item.comment:
            found.append((item.line, name, "its contract does not list the errors"))
    return found


SAMPLE = """
typedef struct graft_good_ops {
  graft_error_t (*query)(graft_good_t* self, const graft_iid_t* iid, void** out);
  /// Reads. @context thread  @errors GONE
  graft_error_t (*read)(graft_good_t* self);
  graft_error_t (*no_contract)(graft_good_t* self, void* to,
                               size_t bytes);
  /// Writes.
  graft_error_t (*no_errors)(graft_good_t* self);
  uint32_t plain_data;
} graft_good_ops_t;

/// Gives the size.
uint32_t graft_size(void);
void graft_unexplained(int a,
                       int b);
static inline int graft_bare(void) { return 1; }
static inline graft_error_t graft_good_no_errors(graft_good_t* self) { return self->ops->no_errors(self); }
"""


class Contracts(unittest.TestCase):
    def test_every_declaration_has_one(self):
        for folder in FOLDERS:
            for path in sorted((cases.ROOT / folder).glob("*.h")):
                for line, name, fault in faults(path.read_text()):
                    with self.subTest(place="%s/%s:%d" % (folder, path.name, line)):
                        self.fail("%s: %s" % (name, fault))

    def test_the_headers_are_really_read(self):
        text = (cases.ROOT / "com" / "graft" / "blkio.h").read_text()
        names = [item.name for item in c_headers.declarations(text) if item.owner]
        self.assertEqual(names, ["query", "addref", "release", "get_block_size", "get_size", "read", "write", "flush"])

    def test_a_bad_sample_is_refused(self):
        self.assertEqual([(name, fault) for _, name, fault in faults(SAMPLE)], [
            ("graft_good_ops.no_contract", "no contract"),
            ("graft_good_ops.no_errors", "its contract does not list the errors"),
            ("graft_unexplained", "no contract"),
            ("graft_bare", "no contract"),
        ])


if __name__ == "__main__":
    cases.main()
