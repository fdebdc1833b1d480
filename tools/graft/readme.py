# SPDX-License-Identifier: BSD-2-Clause
"""Writes the driver table of README.md from the manifests; by hand: PYTHONPATH=tools python3 -m graft.readme"""
import re

from graft import manifests, paths
from graft.listing import tested

BEGIN, END = "<!-- driver table: written by `./graft test --record`, from the manifests -->", "<!-- end of driver table -->"


def driver_table(drivers):
    lines = ["| driver | hardware | class | state | tested on (QEMU model: cases) |", "|---|---|---|---|---|"]
    for driver in drivers:
        models = {}
        for row in driver["models"]:
            models.setdefault(row["model"], []).append(row)
        cell = "; ".join("%s: %s" % (model, tested(rows)) for model, rows in sorted(models.items())) or "-"
        lines.append("| `%s` | %s | %s | %s | %s |" % (driver["name"], driver["title"], driver["class"], driver["status"], cell))
    return "\n".join(lines)


def render(text, drivers):
    """Returns README text with its driver table made anew."""
    block = "%s\n%s\n%s" % (BEGIN, driver_table(drivers), END)
    return re.sub(re.escape(BEGIN) + ".*?" + re.escape(END), lambda _: block, text, flags=re.DOTALL)


def update():
    path = paths.ROOT / "README.md"
    path.write_text(render(path.read_text(), manifests.drivers()))


if __name__ == "__main__":
    update()
