"""The recording of a run with a player for it, as a part of the HTML report that needs nothing from elsewhere."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

from ..output import visible
from ..recording.labels import maybe_facts
from ..summary import span

SCRIPT = Path(__file__).parent / "templates" / "player.js"
MOST_BYTES = 3_000_000
"""Of a recording in a page; a longer one would make the page slow to open and to send."""
SHOWN = frozenset({"o", "r", "m"})
"""Kinds of lines that a player shows: output, sizes, markers."""


class Recorded:
    """For templates: `player()` is the part of the page, `player_source()` what its policy has to let run."""

    def __init__(self, run_id: str, lines: Iterable[bytes] | None) -> None:
        """`lines` are those of an asciicast of version 2; None for a report without a recording."""
        self._export = f"oncue export {run_id} > run.cast"
        self._cast = None if lines is None else _cast(lines)
        self._is_there = lines is not None

    def player_source(self) -> str:
        """Only exactly this script runs in the page, and none where there is nothing to play."""
        return f"'sha256-{_digest(_script())}'" if self._cast else "'none'"

    def player(self) -> str:
        if not self._is_there:
            return ""
        command = f"<code>{escape(visible(self._export))}</code>"
        if self._cast is None:
            return (
                f'<p class="muted">It is longer than {span(MOST_BYTES)}, too long for a page: {command} writes it.</p>'
            )
        return PARTS.format(command=command, recording=_in_script(self._cast), script=_script())


PARTS = """<noscript><p class="muted">Playing it here needs scripts; {command} writes it for any player.</p></noscript>
<section id="player" class="player" hidden aria-label="Player of the recording">
<pre class="output screen" tabindex="0"></pre>
<p class="controls"><button type="button" class="play">▶ play</button>
<input type="range" class="scrub" min="0" max="0" step="any" value="0" aria-label="moment">
<span class="clock"></span>
<label>speed <select class="speed"><option value="0.5">½ ×<option value="1" selected>1 ×<option value="2">2 ×\
<option value="5">5 ×<option value="20">20 ×</select></label>
<label><input type="checkbox" class="cut" checked> pauses cut to 2 s</label></p>
<p class="steps"></p>
</section>
<script type="application/json" id="recording">{recording}</script>
<script>{script}</script>"""


def _cast(lines: Iterable[bytes]) -> dict[str, Any] | None:
    """None for what is too long."""
    size, events, header = 0, [], {"width": 80, "height": 24}
    for line in (line for piece in lines for line in piece.split(b"\n") if line):
        row = json.loads(line)
        if isinstance(row, dict):
            header |= row
        elif row[1] in SHOWN:
            events.append([row[0], row[1], _words(row[2]) if row[1] == "m" else row[2]])
            size += len(line)
            if size > MOST_BYTES:
                return None
    return {"columns": header["width"], "rows": header["height"], "events": events}


def _words(label: str) -> str:
    """A marker without what it says to programs."""
    found = maybe_facts(label)
    return visible(f"{label[:1]} {found[0]}" if found else label)


def _in_script(cast: dict[str, Any]) -> str:
    """As JSON in which nothing ends the element or opens a comment."""
    text = json.dumps(cast, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


@cache
def _script() -> str:
    return SCRIPT.read_text(encoding="utf-8")


def _digest(script: str) -> str:
    return b64encode(sha256(script.encode()).digest()).decode()
