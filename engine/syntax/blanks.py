"""Placeholders as the shell grammar would choke on them, replaced by plain words of the same number of bytes.

Only for judging whether a text is complete and where it may be split; what runs is never taken from here.
"""

from __future__ import annotations

import re

from ..expressions import expression

# Lengths are bounded, so that a page of opening braces is not searched to its end from each of them.
PLACEHOLDER = expression(
    r"""
      <%[=\-]?.{0,200}?%>                                   # ERB
    | \{%.{0,200}?%\}                                       # Jinja statements
    | \$?\{\{(?:(?!\}\}|\n).){0,200}\}\}                      # {{NAME}}, ${{ expression }}
    | (?<![<\w])<<[A-Za-z][\w .:/-]*[\w.]>>             # <<name>>
    | (?<![<&>\d])<(?![<(&])[A-Za-z](?:[^<>\n|;&`"']*[^<>\n|;&`"'\s])?>   # <pod-name>, <pod name>
    | (?:(?<=^)|(?<=[\n;|&(]))[ \t]*\[[A-Za-z][^\[\]\n"'$;|&]*\](?!\])    # [service-name] where a command would stand
    """,
    re.VERBOSE,
)
LONGEST = 100_000
"""Characters; a longer block is data and not a text with placeholders."""
HINTS = ("<", "{{", "{%", "[")


def blank_placeholders(text: str, *, by_character: bool = False) -> str:
    """The same text with each placeholder a run of `x`: same lines, same offsets in bytes or in characters."""
    if len(text) > LONGEST or not any(hint in text for hint in HINTS):
        return text
    return PLACEHOLDER.sub(_blank_character if by_character else _blank_byte, text)


def _blank_byte(found: re.Match[str]) -> str:
    word = found[0].lstrip(" \t")
    return found[0][: -len(word)] + "x" * len(word.encode())


def _blank_character(found: re.Match[str]) -> str:
    word = found[0].lstrip(" \t")
    return found[0][: -len(word)] + "x" * len(word)
