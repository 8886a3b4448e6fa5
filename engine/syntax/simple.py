"""A quick look at shell text: most blocks of a runbook are comments and plain commands, which one expression can tell.

It accepts only what is certainly complete line by line, and leaves everything else to the grammar.
"""

from __future__ import annotations

import re

from ..expressions import expression

RESERVED = "if|then|elif|else|fi|for|while|until|do|done|case|esac|select|function|coproc|time|in"

ATOM = r"""(?:
    [^\s'"`$\\(){}<>\#;&|!\[\]]++
  | '[^']*+'
  | "(?:[^"\\$`]|\\.|\$(?:[A-Za-z_]\w*+|[\d?#@*!$-]|\{\w++\}|(?=["\s])))*+"
  | \$(?:[A-Za-z_]\w*+|[\d?#@*!$-]|\{\w++\}|\([^\s'"`$\\(){}<>\#;&|!]++(?:[ \t]++[^\s'"`$\\(){}<>\#;&|!]++)*+\))
  | \\[^\n]
  | \{\{[^{}\n'"`$\\]*+\}\} | \{[^\s{}'"`$\\]*+\}
  | (?<=[^\s;&|()<>])\#
  | (?<=[^\s;&|])[!\[\]]
  | (?<=[ \t])\[[A-Za-z][^\s\[\]'"`$\\(){}<>;&|]*+\]
)"""
"""A piece of a word. Words that open with a bracket, a brace or an exclamation mark are left to the grammar."""
WORD = rf"{ATOM}++"
REDIRECT = rf"(?:[012]?>>?|&>>?|<)[ \t]*+{WORD}|[012]?>&[012]|<[A-Za-z](?:[\w.:/ -]*+(?<![\s]))>"
"""With `<pod-name>`, which is a placeholder and not a redirection."""
BREAK = r"(?:[ \t]|\\\n)++"
NOT_RESERVED = rf"(?!(?:{RESERVED})(?![^\s;&|]))"
TRAIL = r"(?:[ \t]|\\\n(?=[ \t]*+[^\s\#]))*+"
COMMAND = rf"{NOT_RESERVED}(?:{WORD})(?:{BREAK}(?:{WORD}|{REDIRECT})|{REDIRECT})*+{TRAIL}"
JOINT = r"(?:(?:&&|\|\|?)(?:[ \t]|\\\n)*+(?:\n[ \t]*+)*+|;(?:[ \t]|\\\n)*+)"
COMMENT = r"\#[^\n]*+"
LINE = rf"[ \t]*+(?:{COMMENT}|{COMMAND}(?:{JOINT}{COMMAND})*+[;&]?+[ \t]*+(?:{COMMENT})?+)?+"
LOGICAL_LINE = expression(rf"{LINE}(?:\n|\Z)", re.VERBOSE | re.DOTALL)


def maybe_rows(text: str) -> tuple[tuple[int, ...], frozenset[int]] | None:
    """First rows of the commands, and rows that hold only a comment; None when the text needs the grammar."""
    statements: list[int] = []
    comments: list[int] = []
    position = row = 0
    while position < len(text):
        found = LOGICAL_LINE.match(text, position)
        if found is None:
            return None
        line = found[0]
        head = line.lstrip(" \t")[:1]
        if head == "#":
            comments.append(row)
        elif head != "\n" and head:
            statements.append(row)
        row += line.count("\n")
        position = found.end()
    return tuple(statements), frozenset(comments)
