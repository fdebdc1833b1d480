# SPDX-License-Identifier: BSD-2-Clause
"""Describes the binary interface of com/ as text: IIDs, slots in order, sizes, offsets and values.

`python3 tests/lint/abi.py --write` writes the golden file; the difference then shows in review. A changed interface needs
a new IID.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "lint" / "abi.golden"
sys.path.insert(0, str(ROOT / "tools"))

from testing import c_headers  # noqa: E402


def _fields(body):
    """Returns (name, declaration) of each field in order."""
    found = []
    for statement in c_headers.without_comments(body).split(";"):
        statement = " ".join(statement.split())
        if not statement:
            continue
        if match := re.search(r"\(\*(\w+)\)\(", statement):
            found.append((match[1], statement))
            continue
        kind, names = re.match(r"(.*?[\w*] ?)(\w+(?:\[\w+\])*(?:, \w+(?:\[\w+\])*)*)$", statement).groups()
        for name in names.split(", "):
            found.append((name.split("[")[0], "%s %s" % (kind.strip(), name)))
    return found


def _program(headers):
    """Makes a C program that prints the description."""
    out = ["#include <stdio.h>"] + ["#include <graft/%s>" % path.name for path in headers] + ["int main(void) {"]

    def line(text, *arguments):
        out.append('  printf("%s\\n"%s);' % (text, "".join(", " + a for a in arguments)))

    for path in headers:
        text = path.read_text()
        line("# " + path.name)
        for name in re.findall(r"^(?:static const|GRAFT_CONSTANT) graft_iid_t (\w+) =", text, re.MULTILINE):
            out.append('  { const unsigned char *b = (const unsigned char *)&%s; printf("iid %s "); '
                       'for (unsigned i = 0; i < sizeof(graft_iid_t); ++i) printf("%%02x", b[i]); printf("\\n"); }' % (name, name))
        for name, body in c_headers.structures(text).items():
            line("struct %s %%zu bytes" % name, "sizeof(struct %s)" % name)
            for field, declaration in _fields(body):
                line("  %%3zu %s" % declaration, "offsetof(struct %s, %s)" % (name, field))
        for body in re.findall(r"^(?:typedef )?enum(?: \w+)? \{(.*?)\}", text, re.MULTILINE | re.DOTALL):
            for name in re.findall(r"\b(GRAFT_\w+)\b(?= *=)", c_headers.without_comments(body)):
                line("value %s %%lld" % name, "(long long)%s" % name)
        for name in re.findall(r"^#define (GRAFT_\w*[A-Z]) (?=\(|\d|U?INT|GRAFT_ERROR_)[^\\]*$", text, re.MULTILINE):
            line("value %s %%lld" % name, "(long long)%s" % name)
    return "\n".join(out + ["  return 0;", "}", ""])


def describe(folder=ROOT / "com"):
    headers = sorted((folder / "graft").glob("*.h"))
    with tempfile.TemporaryDirectory() as name:
        source, program = pathlib.Path(name, "abi.c"), pathlib.Path(name, "abi")
        source.write_text(_program(headers))
        subprocess.run(["gcc", "-std=c11", "-w", "-I", str(folder), "-o", str(program), str(source)], check=True)
        return subprocess.run([str(program)], stdout=subprocess.PIPE, text=True, check=True).stdout


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        GOLDEN.write_text(describe())
    else:
        sys.stdout.write(describe())
