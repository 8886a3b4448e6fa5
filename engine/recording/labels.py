"""What a marker says: words for people, then one JSON object for programs.

▶ Check memory {"oncue":"step_started","id":"check-memory-3f2a91","attempt":1,"text_sha256":"9b1c…"}
"""

from __future__ import annotations

import json
from collections.abc import Mapping

STARTED, ENDED = "step_started", "step_ended"
KIND = "oncue"
"""Key of the object by which our markers are told from anybody else's."""
OPENER = ' {"'
"""Inside a JSON string the quotation mark is escaped, so the last of these in a label is where its object begins."""


def label(words: str, kind: str, facts: Mapping[str, object]) -> str:
    return f"{words} {json.dumps({KIND: kind, **facts}, separators=(',', ':'))}"


def maybe_facts(text: str) -> tuple[str, Mapping[str, object]] | None:
    """The words without their sign, and what a marker of ours says; None for any other marker."""
    words, opener, rest = text.rpartition(OPENER)
    if not opener:
        return None
    try:
        facts = json.loads(opener + rest)
    except (ValueError, RecursionError):
        return None
    if not isinstance(facts, dict) or facts.get(KIND) not in (STARTED, ENDED):
        return None
    return words.partition(" ")[2], facts
