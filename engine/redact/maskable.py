"""Which values can be masked. One that also stands in ordinary text would take the evidence away with it.

A value is refused when it is shorter than six bytes, made of one or two different bytes, a number of fewer than ten
digits (ages, ports, ids, dates), or a word of operations such as `production`. A value that only *looks* secret,
because of the name of its environment variable, has to look like a password or a token as well.
"""

from __future__ import annotations

import re

MIN_BYTES = 6
MIN_DIGITS = 10
MIN_GUESSED = 8
LONG_GUESSED = 20
"""From here on a value is no word, whatever it is made of."""

COMMON_WORDS = frozenset(
    b"access admin administrator anonymous application changeit changeme cluster config configmap customer database "
    b"default delete deployment develop developer development disable disabled docker dynamic enable enabled external "
    b"failed failover github gitlab grafana internal invalid jenkins kubernetes localhost manager master mongodb "
    b"monitoring mysql namespace network nobody nothing oracle password passwort placeholder postgres postgresql "
    b"primary private prometheus production public rabbitmq readonly redacted redis release replica required "
    b"restart root running sandbox secondary secret secrets security server service session staging standard standby "
    b"status stopped storage string system testing token ubuntu undefined unknown update username vagrant version "
    b"warning worker".split()
)
PATH = re.compile(rb"~?/|\.{1,2}/|[A-Za-z]:\\")
PLAIN = re.compile(rb"[A-Za-z._:\s-]*")
"""Words, host names, namespaces: no digit and no sign that a password would have."""
NUMBER = re.compile(rb"[\d\s.:,_TZ+-]*[smhdkKMGib%]{0,2}")
"""Counts, times, sizes, addresses, versions."""


def why_not(value: bytes) -> str:
    """Why this value cannot be masked, as the end of a sentence that begins with its name; empty when it can."""
    value = value.strip()
    if len(value) < MIN_BYTES:
        return f"is shorter than {MIN_BYTES} bytes, so masking it would hide parts of ordinary words"
    if len(set(value)) <= 2:
        return "repeats one or two characters, so masking it would hide lines and borders"
    if value.isdigit() and len(value) < MIN_DIGITS:
        return f"is a number of fewer than {MIN_DIGITS} digits, so masking it would hide counts, ports and dates"
    if value.lower() in COMMON_WORDS:
        return "is an everyday word, so masking it would hide what was said"
    return ""


def stays_visible(name: str, reason: str) -> str:
    """What the operator is told of a secret that cannot be masked."""
    return f"{name} stays visible where it is printed: its value {reason}"


def why_not_guessed(value: bytes) -> str:
    """The same for a value nobody has called secret: it is masked only when it looks like one."""
    value = value.strip()
    if reason := why_not(value):
        return reason
    if len(value) < MIN_GUESSED:
        return f"is shorter than {MIN_GUESSED} bytes and nobody has called it secret"
    if PATH.match(value):
        return "is a path"
    if NUMBER.fullmatch(value):
        return "is a number, a time or a size"
    if len(value) < LONG_GUESSED and PLAIN.fullmatch(value):
        return "is made of plain words"
    return ""
