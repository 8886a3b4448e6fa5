"""Does an entry tell somebody to do something? The verbs instructions open with, and what may stand before them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..expressions import expression
from .blocks import Entry
from .commands import reads_as_command
from .inline import plain

VERBS = frozenset(
    """
    accept acknowledge activate add adjust agree alert allow announce answer apply approve archive ask assess assign
    attach authenticate back backup begin block boot bring build bump call cancel capture change check choose clean
    clear click clone close collect commit communicate compare complete compose compute configure confirm connect
    consider consult contact continue convert coordinate copy cordon create cut deactivate declare decrease decrypt
    delete demote deploy destroy detach detect determine diagnose disable disconnect discover dismount document
    double-check download downgrade drain drop dump edit eject email enable encrypt end ensure enter escalate evaluate
    evict examine execute exit expand export extend extract fail fetch file fill find finish fix flush follow force
    gather generate get give go grant grep halt hand identify immediately import increase increment inform initialise
    initialize initiate inspect install invalidate investigate invite issue join keep kill launch leave let list load
    locate lock log login look lower make manually mark measure merge migrate modify monitor mount move mute
    navigate note notify observe obtain open page pass paste patch pause perform pick ping place plan point post
    power prepare press print proceed promote provide provision publish pull purge push put query raise re-create
    re-enable re-run reach read reboot rebuild recheck reclaim record recover recreate redeploy reduce refer refresh
    register release reload remediate remove rename renew reopen repair repeat replace replicate report request rerun
    reset resize resolve restart restore resume resync retrieve retry return revert review revoke roll rollback rotate
    route run save scale schedule search select send set share shut shutdown sign silence simulate skip source split
    spin ssh stage start stop submit subscribe suspend swap switch sync tag tail take tell terminate test throttle
    toggle transfer trigger troubleshoot try turn type uncordon undo uninstall unlock unmount unset unsilence update
    upgrade upload use validate verify view visit wait warm warn watch write
    """.split()  # noqa: SIM905 - a column of words reads better than a thousand quotes
)
BEFORE_VERBS = expression(
    r"\A(?:(?:first|second|third|then|next|now|finally|lastly|afterwards|again|also|please|optionally|immediately|manually"
    r"|(?:once|when|if|after|before|while|in|on|from|at|for|as|to|until|using|with)\b[^,]{1,80},)[,:]?\s+)+",
    re.IGNORECASE,
)
"""`Then`, `Optionally`, `When the merge is done,`."""
OPENING_LABEL = expression(r"\A(?:(?:\*\*|__).{1,60}?(?:\*\*|__)\s*:?|\([^()]{1,40}\))\s+(?=\w)")
"""A bold label or an aside such as `(optional)`; what is told stands behind it."""
WORD = expression(r"[A-Za-z]+(?:-[A-Za-z]+)?")


def tells(entry: Entry) -> bool:
    """The entry opens with a verb in the imperative, or is itself a command."""
    text = entry.text
    if text.startswith("`"):
        return reads_as_command(text.split("`")[1])
    return _opens_with_verb(plain(text)) or _opens_with_verb(plain(OPENING_LABEL.sub("", text, count=1)))


def tell(entries: Sequence[Entry]) -> bool:
    """At least half of them do."""
    return sum(map(tells, entries)) * 2 >= len(entries)


def _opens_with_verb(text: str) -> bool:
    word = WORD.match(BEFORE_VERBS.sub("", " ".join(text.split()), count=1))
    return word is not None and word[0].lower() in VERBS
