"""What a short line announces: `**Verify:**`, `Expected output:`, `Option A: …`, `Resolution:`."""

from __future__ import annotations

import re
from typing import NamedTuple

from .inline import plain, title_of

BOLD_ONLY = re.compile(r"(?:\*\*|__)(?P<bold>.+?)(?:\*\*|__)\s*(?P<aside>\([^()]*\))?\s*:?\s*$")
EXPECTING = re.compile(
    r"""expect(?:ed|ation)s?\b | success\s+criteria | what\s+good\s+looks\s+like | you\s+(?:should|will|'ll|would|might|may)\b.*\bsee
      | (?:(?:the|an?|sample|example|console|command|your|typical|resulting)\s+)*(?:output|result|response)s?\b
      | .*\b(?:output|result|response)s?\b.*\b(?:like|similar|follow|is|be|show)
      | .*\b(?:looks?|similar)\b.*\b(?:like|to)\b | .*\b(?:returns?|prints?|displays?|shows?)\b.{0,40}$
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""The block that follows is what is seen, not what is typed."""
EXPECTATION = re.compile(
    r"expected\b|success criteria|what good looks like|you should see|(?:sample |example )?output$|verif(?:y|ication)\b|validation\b|results?$",
    re.IGNORECASE,
)
"""A label whose list says what good looks like."""
OPTION = re.compile(
    r"(?P<family>option|alternative|method|approach|scenario|case|variant|solution|issue|procedure|problem|playbook|workaround|cause)"
    r"\s+#?(?P<which>\d+|[A-Za-z])(?![\w'])",
    re.IGNORECASE,
)
GENERIC = frozenset(
    {
        "steps", "commands", "command", "example", "examples", "run", "for example", "note", "e.g", "usage", "do this", "code", "bash",
        "run the following", "run the following command", "run the following commands", "run", "execute", "as follows", "or", "then",
    }
)  # fmt: skip
"""Leads that say nothing about the step they lead to."""
NOT_ACTIONS = re.compile(
    r"""(?:the\s+)?(?: escalation | contacts?\b | related | references? | links? | (?:further|additional)\s+(?:reading|resources)
      | resources | documentation | docs | (?:table\s+of\s+)?contents | toc | overview | architecture | background
      | introduction | about | purpose | description | meaning | impact | symptoms? | how\s+it\s+works | glossary | definitions?
      | concepts | change\s*log | (?:version|revision|document|change)\s+history | history | licen[cs]e | contributing | authors?
      | owners?(?:hip)? | root\s+causes? | possible\s+causes? | common\s+causes? | causes? | slos? | slis? | dashboards? | key\s+metrics
      | see\s+also | faq | terminology | scope | audience | agenda | requirements
    )\b""",
    re.VERBOSE | re.IGNORECASE,
)
"""Headings and labels over numbered lists that describe and do not tell anybody to do something."""


class Lead(NamedTuple):
    """The line that announces what comes next."""

    title: str
    is_label: bool
    """Bold or ended by a colon: it was written to announce, whatever it says."""
    text: str

    @property
    def is_generic(self) -> bool:
        return self.title.lower().strip(" .:") in GENERIC


def read_lead(text: str) -> Lead:
    """The lead a paragraph is: its last line, or the last sentence before a colon."""
    line = text.rsplit("\n", 1)[-1].strip() if "\n" in text and is_label_line(text.rsplit("\n", 1)[-1]) else text
    bold = BOLD_ONLY.match(line.strip())
    if bold:
        title = bold["bold"] + (f" {bold['aside']}" if bold["aside"] else "")
        return Lead(title_of(title), True, line)
    is_label = line.rstrip().rstrip("*_").endswith((":", "："))
    return Lead(title_of(_last_sentence(line) if is_label else line), is_label, line)


def is_label_line(line: str) -> bool:
    return line.rstrip().rstrip("*_").endswith(":") or BOLD_ONLY.match(line.strip()) is not None


def _last_sentence(text: str) -> str:
    """`The cache is full. Flush it:` announces `Flush it`."""
    words = " ".join(text.split())
    if len(words) < 80:
        return words
    cut = max(words.rfind(". ", 0, -2), words.rfind("? ", 0, -2))
    return words[cut + 2 :] if cut > 0 else words


def is_expectation(lead: Lead) -> bool:
    return lead.is_label and EXPECTATION.match(lead.title) is not None


def announces_output(lead: Lead) -> bool:
    return lead.is_label and EXPECTING.match(plain(lead.title)) is not None


def describes(title: str) -> bool:
    """The heading or label stands over something to read, not over something to do."""
    return NOT_ACTIONS.match(re.sub(r"^[\d.]+\s+", "", title)) is not None
