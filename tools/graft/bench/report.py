# SPDX-License-Identifier: BSD-2-Clause
"""Draws docs/figures.md and docs/figures.svg from docs/figures.json, so that no figure is typed by hand."""
import html
import json

from graft import paths
from graft.bench.rows import number

JSON, MARKDOWN, PLOT = (paths.ROOT / "docs" / ("figures." + suffix) for suffix in ("json", "md", "svg"))
HEAD = """# Figures

Written by `./graft bench --all --record` from [figures.json](figures.json); [bench.md](bench.md) says how they are taken. Time (`boot`)
depends on the machine and its load.

![Instructions per packet and per read](figures.svg)

| benchmark | metric | Graft | baseline | ratio | unit | baseline is |
|---|---|---|---|---|---|---|
"""
WIDTH, BAR, LABEL = 760, 18, 330


def markdown(rows):
    lines = ["| %s |" % " | ".join((row["bench"], row["metric"], number(row["value"]), number(row["base_value"]), number(row["ratio"]),
                                    row["unit"], row["base"] or "-")) for row in rows]
    return HEAD + "\n".join(lines) + "\n"


def plot(rows):
    """Draws a pair of bars for each comparison of instructions."""
    chosen = [row for row in rows if row["metric"].endswith(" instructions") and row["base_value"]]
    most = max([max(row["value"], row["base_value"]) for row in chosen], default=1)
    out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">'
           % (WIDTH, len(chosen) * (2 * BAR + 14) + 10), "<!-- SPDX-License-Identifier: BSD-2-Clause -->"]
    y = 10
    for row in chosen:
        # Without the version.
        base = row["base"].split(" ", 2)[-1]
        for text, value, colour in (("Graft %s %s" % (row["bench"], row["metric"].split()[0]), row["value"], "#3b7dd0"),
                                    ("Linux " + base, row["base_value"], "#c9822f")):
            length = value / most * (WIDTH - LABEL - 60)
            out.append('<text x="%d" y="%d" text-anchor="end">%s</text><rect x="%d" y="%d" width="%.1f" height="%d" fill="%s"/>'
                       '<text x="%.1f" y="%d">%s</text>' % (LABEL - 8, y + 13, html.escape(text), LABEL, y, length, BAR - 2, colour,
                                                           LABEL + length + 6, y + 13, number(value)))
            y += BAR
        y += 14
    return "\n".join(out + ["</svg>", ""])


def write(rows):
    """Keeps rows as the documentation's figures."""
    JSON.write_text(json.dumps(rows, indent=2) + "\n")
    MARKDOWN.write_text(markdown(rows))
    PLOT.write_text(plot(rows))
