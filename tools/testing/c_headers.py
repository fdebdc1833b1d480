# SPDX-License-Identifier: BSD-2-Clause
"""Finds the declarations of a C header that lints speak about. Knows the style of this repository, not all of C."""
import re
from dataclasses import dataclass

_STRUCT = re.compile(r"^typedef struct (\w+) \{$")
_FIELD = re.compile(r"^  \S.*?\(\*(\w+)\)\(")
_FUNCTION = re.compile(r"^(?:static inline |extern |\[\[nodiscard\]\] )*((?:const |struct |unsigned )*\w+[ *]+)(\w+)\(")
_NOT_FUNCTIONS = {"return", "if", "while", "for", "switch", "sizeof", "defined", "else"}


@dataclass
class Declaration:
    """A method (a function pointer of a structure) or a function, with the comment above it."""
    owner: str
    name: str
    line: int
    text: str
    comment: str
    inline: bool

    @property
    def returns_error(self):
        return re.match(r"(static inline )?(extern )?(const )?graft_error_t\b", self.text.strip()) is not None


def _comment_above(lines, index):
    comment = []
    while index and lines[index - 1].strip().startswith("///"):
        index -= 1
        comment.insert(0, lines[index].strip()[3:].strip())
    return " ".join(comment)


def _statement(lines, index):
    """Joins the lines of a declaration up to its end."""
    text = lines[index]
    while not re.search(r"[;{]\s*(///.*)?$", text) and index + 1 < len(lines):
        index += 1
        text += " " + lines[index].strip()
    return re.sub(r"\s*///.*$", "", text)


def declarations(text):
    """Returns the methods and functions of a header in order."""
    lines, found, owner = text.splitlines(), [], None
    for index, line in enumerate(lines):
        if match := _STRUCT.match(line):
            owner = match[1]
        elif owner and line.startswith("}"):
            owner = None
        elif owner and (match := _FIELD.match(line)):
            found.append(Declaration(owner, match[1], index + 1, _statement(lines, index), _comment_above(lines, index), False))
        elif not owner and (match := _FUNCTION.match(line)) and match[2] not in _NOT_FUNCTIONS \
                and match[1].strip() not in ("return", "else", "typedef"):
            statement = _statement(lines, index)
            found.append(Declaration("", match[2], index + 1, statement, _comment_above(lines, index), statement.rstrip().endswith("{")
                                     or "static inline" in line))
    return found


def structures(text):
    """Returns {name: body} of the structures that a header defines."""
    return dict(re.findall(r"^typedef struct (\w+) \{\n(.*?)^\}", text, re.MULTILINE | re.DOTALL))


def without_comments(text):
    return re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL)
