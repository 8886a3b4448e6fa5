"""The bytes that the cockpit sends to the operator's terminal: what it draws with, and nothing that anybody wrote."""

from __future__ import annotations

import re
import unicodedata

import pytest
from support.control_sequences import sequences
from support.terminal import Operator

DRAWN_WITH = re.compile(
    r"""
      CSI\ [0-9;:]*m                                            # colours
    | CSI\ [0-9]+;[0-9]+H                                       # where the next words go
    | CSI\ \?(?:1049|1000|1003|1015|1006|25|1004|2004|7|2026|2048)[hl]
    | CSI\ \?(?:2026|2048)\$p                                   # two questions at the start
    | CSI\ >[0-9]+u | CSI\ <u                                   # the keyboard's protocol, on and off
    | C0\ 0[ad]                                                 # line ends
    """,
    re.VERBOSE,
)
"""Everything that Textual draws with; what is new here has to be looked at before it is let through."""
CLEARED = "\x1b[?1049h\x1b[H\x1b[2J"
"""What comes before the very first word, and once."""

STRINGS = "\x1b]0;OWNED\x07\x1b]52;c;T1dORUQ=\x07\x1bP+q544e\x1b\\\x1b_x\x1b\\\x1b^x\x1b\\\x1bXx\x1b\\\x9d0;OWNED\x9c"
OBEYED = f"{STRINGS}\x1b[6n\x1b[>c\x1bc\x1b[2J\x1b[?1049l\x9b6n\x85"
HIDDEN = "\u202eOWNED\u200b\ufeff\u2066"
PRINTED = (
    "".join(f"\\{byte:03o}" for byte in f"{OBEYED}{HIDDEN}".encode()) + r"\2336n\2350;OWNED\234\0338;;http://x\007link"
)
"""For `printf`; C1 as bytes too."""

DOCUMENT = f"""---
title: The title {HIDDEN}
variables:
  "name{HIDDEN}":
    default: "value{HIDDEN}"
    description: "what it is {HIDDEN}"
---

# Title {OBEYED} {HIDDEN}

Prose {OBEYED} {HIDDEN} and [a link](https://example.com/{HIDDEN}) and `code {OBEYED}`.

**Contacts**

| Who {OBEYED} | Number |
|---|---|
| Alice {HIDDEN} | 1 {OBEYED} |

## Section {OBEYED} {HIDDEN}

- [ ] An item {OBEYED} {HIDDEN}

```bash
echo begin; printf '{PRINTED}'; echo end  # {HIDDEN}
```

```bash
echo {{name}} "{OBEYED}"  # {HIDDEN}
```

```text
A message {OBEYED} {HIDDEN}
```
"""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What a terminal was sent while an operator went through everything that shows somebody's words."""
    home = tmp_path_factory.mktemp("home")
    name = f"a {HIDDEN}\x1b]0;OWNED\x07.md"
    (home / name).write_text(DOCUMENT)
    operator = Operator(home, "run", name)
    operator.sees("An item")
    operator.rests()
    drawers = {"?": "Here and now", "a": "This run so far", "g": "Dashboards and links", "v": "Inputs"}
    for key, heading in drawers.items():
        operator.presses(key)
        operator.sees(heading)
        operator.rests()
        operator.presses("\x1b")
        operator.rests()
    operator.presses("\x1b")  # out of the values' own line, and out of the values
    operator.rests()
    operator.presses(" ")
    operator.rests()
    operator.presses("\r")
    operator.sees("link")
    operator.presses("n")
    operator.sees("Note")
    operator.presses(f"\x1b[200~pasted {OBEYED}{HIDDEN}\x1b[201~\r")
    operator.rests()
    operator.presses("j")
    operator.sees("Go to step")
    operator.presses("\x1b")
    operator.rests()
    operator.presses("q")
    operator.sees("leave it open")
    operator.presses("\r")
    operator.ends()
    return operator.seen


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ("a\x1b[1;31mb\x1b[0m", ["CSI 1;31m", "CSI 0m"]),
        ("\x1b]52;c;eA==\x07a", ["OSC 52;c;eA=="]),
        ("\x1bPq\x1b\\a\x1b_x\x9c", ["DCS q", "APC x"]),
        ("\x9b6n\x9d0;x\x9c\x85", ["CSI 6n", "OSC 0;x", "C1 85"]),
        ("\x1bca\x1b(B\x07\n", ["ESC c", "ESC (B", "C0 07", "C0 0a"]),
        ("\x1b]never ended", ["OSC never ended"]),
        ("words \u00e9\u2714", []),
    ],
)
def test_every_control_function_is_found(sent: str, found: list[str]) -> None:
    assert list(sequences(sent)) == found


def test_only_what_it_draws_with_is_sent(written: str) -> None:
    foreign = {one for one in sequences(written.removeprefix(CLEARED)) if not DRAWN_WITH.fullmatch(one)}
    assert foreign == set()


def test_nothing_that_hides_or_reorders_text_is_sent(written: str) -> None:
    assert not {one for one in written if unicodedata.category(one) in ("Cf", "Cs", "Co")}
