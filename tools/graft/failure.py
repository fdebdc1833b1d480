# SPDX-License-Identifier: BSD-2-Clause
"""What a command says when it cannot do its work."""
import difflib


class Failure(Exception):
    """A message for the user; ends the command with exit status 1 and no traceback."""


def unknown(kind, name, valid):
    """Makes the Failure for a name that is none: the closest names first, then all of them."""
    valid = sorted(valid)
    lines = ["no %s called '%s'" % (kind, name)]
    close = difflib.get_close_matches(name, valid, n=3, cutoff=0.5)
    if close:
        lines[0] += "; did you mean %s?" % " or ".join(close)
    lines.append("valid: " + (", ".join(valid) if valid else "(none)"))
    return Failure("\n".join(lines))
