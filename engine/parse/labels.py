"""What a short line announces: `**Verify:**`, `Expected output:`, `Option A: …`, `Resolution:`."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..expressions import expression
from .inline import plain, title_of

BOLD_ONLY = expression(r"(?:\*\*|__)(?P<bold>.+?)(?:\*\*|__)\s*(?P<aside>\([^()]*\))?\s*:?\s*$")
OPENING_LABEL = expression(r"\A\s*(?P<mark>\*{1,2}|__)(?=\S).+?(?P=mark)\s*:?\s*")
EXPECTING = expression(
    r"""expect(?:ed|ation)s?\b | success\s+criteria | what\s+good\s+looks\s+like
      | you(?:\s+(?:should|will|would|might|may|can)|'ll)\b.*\bsee
      | (?:(?:the|an?|sample|example|console|command|your|typical|resulting)\s+)*(?:output|result|response)s?\b
      | .*\b(?:output|result|response)s?\b.*\b(?:like|similar|follow|is|be|show)
      | .*\b(?:looks?|similar)\b.*\b(?:like|to)\b | .*\b(?:returns?|prints?|displays?|shows?)\b.{0,40}$
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""The block that follows is what is seen, not what is typed."""
EXPECTATION = expression(
    r"expected\b|success criteria|what good looks like|you should see|(?:sample |example )?output$|verif(?:y|ication)\b"
    r"|validation\b|results?$",
    re.IGNORECASE,
)
"""A label whose list says what good looks like."""
OPTION = expression(
    r"(?P<family>option|alternative|method|approach|scenario|case|variant|solution|issue|procedure|problem|playbook|workaround|cause)"
    r"\s+#?(?P<which>\d+|[A-Za-z])(?![\w'])",
    re.IGNORECASE,
)
OPTION_FOR = expression(
    r"for\s+(?!more|example|all\b|every|each|this\b|that\b|the\s+first)[^\s:]+(?:\s+[^\s:]+){0,5}\s*:?$", re.IGNORECASE
)
"""`For Kubernetes`, `For permission issues`: alternatives when their siblings are called so too."""
GENERIC = frozenset(
    [
        *("steps", "commands", "command", "example", "examples", "usage", "code", "bash", "run", "execute"),
        *("for example", "note", "e.g", "do this", "as follows", "or", "then", "run the following"),
        *("run the following command", "run the following commands"),
    ]
)
"""Leads that say nothing about the step they lead to."""
NOT_ACTIONS = expression(
    r"""(?:the\s+)?(?: escalation | contacts?\b | related | references? | links?
      | (?:further|additional)\s+(?:reading|resources)
      | resources | documentation | docs | (?:table\s+of\s+)?contents | toc | overview | architecture | background
      | introduction | about | purpose | description | meaning | impact | symptoms? | how\s+it\s+works
      | glossary | definitions?
      | concepts | change\s*log | (?:version|revision|document|change)\s+history | history | licen[cs]e
      | contributing | authors?
      | owners?(?:hip)? | root\s+causes? | possible\s+causes? | common\s+causes? | causes? | slos? | slis?
      | dashboards? | key\s+metrics
      | see\s+also | faq | terminology | scope | audience | agenda | requirements
    )\b""",
    re.VERBOSE | re.IGNORECASE,
)
"""Headings and labels over numbered lists that describe and do not tell anybody to do something."""


LISTS_FACTS = expression(
    r"\b(?:assumes?|assumptions?|situations?|reasons?|benefits|features|caveats|limitations"
    r"|(?:consists?|types?|kinds) of|means|includes?|contains?|supports?|provides?"
    r"|(?:options|values|fields|parameters) are|for (?:one|any) of)\b",
    re.IGNORECASE,
)
SENTENCE_END = expression(r"(?<=[a-z)\]\"'][.!?])\s+(?=[A-Z])")


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
    """The lead a paragraph is: its last line when that is a label, and else its last sentence."""
    last = text.rsplit("\n", 1)[-1].strip() if "\n" in text else text.strip()
    line = last if is_label_line(last) else text.strip()
    bold = BOLD_ONLY.match(last)
    if bold:
        title = bold["bold"] + (f" {bold['aside']}" if bold["aside"] else "")
        return Lead(title_of(title), True, line)
    return Lead(_announcement(" ".join(text.split())), is_label_line(line), line)


def is_label_line(line: str) -> bool:
    return line.rstrip().rstrip("*_").endswith((":", "：")) or BOLD_ONLY.match(line.strip()) is not None


def _announcement(words: str) -> str:
    """`The cache is full. Flush it:` announces `Flush it`; `… Decode it. For example:` announces `Decode it`."""
    sentences = SENTENCE_END.split(plain(words).replace("`", ""))
    while len(sentences) > 1 and sentences[-1].lower().strip(" .:") in GENERIC:
        sentences.pop()
    return sentences[-1].strip().rstrip(" :：")


def is_expectation(lead: Lead) -> bool:
    return lead.is_label and EXPECTATION.match(lead.title) is not None


def without_label(text: str) -> str:
    """`**Expected results**: a row` says `a row`."""
    return OPENING_LABEL.sub("", text, count=1)


def announces_output(lead: Lead) -> bool:
    return lead.is_label and EXPECTING.match(plain(lead.title)) is not None


def describes(title: str) -> bool:
    """The heading or label stands over something to read, not over something to do."""
    words = re.sub(r"^[\d.]+\s+", "", title)
    return NOT_ACTIONS.match(words) is not None


def describes_list(lead: Lead) -> bool:
    """The line before a list says what it lists, and that it is not a list of things to do."""
    return lead.is_label and (describes(lead.title) or LISTS_FACTS.search(lead.title) is not None)


def option_family(title: str) -> str:
    """`scenario` for `Scenario 2: …`, `for` for `For Kubernetes`; empty for what names no alternative."""
    named = OPTION.match(title)
    if named:
        return named["family"].lower()
    return "for" if OPTION_FOR.match(title) else ""
