# SPDX-License-Identifier: BSD-2-Clause
"""What commands print beside their results. Results go to stdout, everything else to stderr."""
import sys


def say(text):
    """Prints one line of progress."""
    print("graft: " + text, file=sys.stderr, flush=True)


def interactive():
    """Says whether a person is watching: only then is anything redrawn or asked."""
    return sys.stderr.isatty() and sys.stdout.isatty()


def table(rows, header):
    """Prints rows of strings in aligned columns."""
    rows = [header] + [list(map(str, row)) for row in rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(header))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
