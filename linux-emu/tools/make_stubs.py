#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Writes the C file with the functions of stubs.txt.

The prototypes come from the compiler (-aux-info over stub_headers.h), so a stub is what the donor's headers declare at
this release; a function that they no longer declare stops the build.
"""

import re
import sys

HEADER = """// Generated from stubs.txt.
#include <linux/err.h>
#include <linux/printk.h>

#include "linux-emu/emul/stub_headers.h"
#include "linux-emu/emul/stubs.h"

static void reached(unsigned long* calls, const char* name) {
  if (!(*calls)++) pr_warn("%s was called, which nothing carries out here\\n", name);
}
"""


def failure(result):
    if result == "void":
        return ""
    if result.endswith("*"):
        return "NULL"
    if result in ("_Bool", "bool"):
        return "false"
    if result in ("int", "long int", "ssize_t", "s64", "long long int", "u8", "netdev_tx_t"):
        return "-EOPNOTSUPP" if result not in ("u8", "netdev_tx_t") else "0"
    return "(%s)0" % result


def prototypes(path):
    """name -> (result, parameter list) of every function that the compiler saw."""
    found = {}
    pattern = re.compile(r"^/\*.*?\*/ extern (.*?)([A-Za-z_]\w*) \((.*)\);")
    for line in open(path):
        match = pattern.match(line)
        if match:
            result, name, parameters = match.groups()
            found[name] = (result.strip(), parameters)
    return found


def main():
    list_path, aux_path, out_path = sys.argv[1:]
    known = prototypes(aux_path)
    body, table = [], []
    for line in open(list_path):
        words = line.split("#")[0].split(None, 1)
        if not words:
            continue
        name = words[0]
        if name not in known:
            sys.exit("stubs.txt: the donor's headers do not declare %s" % name)
        result, parameters = known[name]
        value = words[1].strip() if len(words) > 1 else failure(result)
        back = "\n  return %s;" % value if result != "void" else ""
        body.append(
            f'\nstatic unsigned long calls_{name};\n'
            f'__attribute__((section(".text.lx_stub.{name}"))) {result} {name}({parameters}) {{\n'
            f'  reached(&calls_{name}, "{name}");{back}\n}}\n')
        table.append(f'    {{"stub:{name}", &calls_{name}}},\n')
    with open(out_path, "w") as out:
        out.write(HEADER + "".join(body))
        out.write("\nconst struct lx_stub lx_stubs[] = {\n" + "".join(table) + "};\n")
        out.write("const unsigned int lx_stub_count = sizeof(lx_stubs) / sizeof(lx_stubs[0]);\n")


if __name__ == "__main__":
    main()
