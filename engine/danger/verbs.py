"""What a word of a command line says by itself, where no row knows the tool: reading, changing, destroying."""

from __future__ import annotations

from typing import NamedTuple

from ..expressions import expression
from ..levels import Level
from .verdict import Category

READING = frozenset(
    """
    get gets list ls show describe desc view display print read cat status info information inspect stat stats top ps
    history log logs tail version versions help explain search find query lookup check validate verify lint diff
    compare preview plan whoami id count summary summarize health healthcheck ping test whereis which config-get
    events metrics watch wait usage report reports peers members nodes lag dump-config docs man completion env-list
    graph tree dryrun can-i shows lists describes fetch estimate simulate detect ready doctor audit analyze head has
    exists
    """.split()  # noqa: SIM905
)
DESTROYING = frozenset(
    """
    delete del destroy purge wipe erase drop truncate remove rm nuke terminate kill shutdown poweroff halt stop flush
    flushall flushdb reset uninstall decommission deprovision evict drain failover takeover abort disable deregister
    unregister detach revoke deauthorize deactivate suspend expire prune clean cleanup gc zap force-delete unpublish
    rmi removeall delete-all clear deallocate obliterate scrub forget leave rollback-all teardown down forcereset
    delete_all scale-to-zero seal burn annihilate reclaim format demote
    """.split()  # noqa: SIM905
)
CHANGING = frozenset(
    """
    create add set put update modify edit patch apply replace enable start restart reload rotate renew attach
    associate register grant authorize assign import restore copy cp move mv rename resize scale up upgrade downgrade
    rollback install deploy promote publish push pull sync run exec trigger invoke send post write tag label annotate
    cordon uncordon pause resume unpause merge approve cancel retry rerun rebuild migrate move bump lock unlock link
    unlink connect disconnect login logout switch use init bootstrap join mount unmount snapshot backup export upload
    download build compile refresh rebalance repair compact optimize reindex allocate provision configure change
    activate accept reject transfer expose undo mark acknowledge ack silence schedule submit execute open close
    invalidate save load insert extend expand release ingest bind unbind
    """.split()  # noqa: SIM905
)
WEAK = frozenset(
    """
    backup restore snapshot deploy scale job import export run release service node log logs set build copy config
    test watch head env push events metrics nodes members peers stats version report reports history tree plan graph
    docs man id query check use up open close top load link tag label mount lock init login clean format query health
    status search down
    """.split()  # noqa: SIM905
)
"""Verbs that are nouns as well: another verb after them decides."""
MILD = frozenset(
    {"clean", "cleanup", "clear", "expire", "gc", "detach", "format", "down", "leave", "suspend", "demote", "forget"}
)
"""Destroying verbs that mean less, where nobody knows the tool."""
FORCING = frozenset({"--force", "--yes", "--auto-approve", "-auto-approve", "--no-preserve-root", "--force-delete"})
"""Options that answer for the person."""


class Said(NamedTuple):
    level: Level
    category: Category
    verb: str
    word: str
    """The operand it was found in, as written."""
    place: int
    """Which operand it was."""


_LEVELS: tuple[tuple[frozenset[str], Level, Category], ...] = (
    (DESTROYING, "dangerous", "data_destruction"),
    (CHANGING, "caution", "config_change"),
    (READING, "safe", "read_only"),
)
_WORD = expression(r"[A-Za-z][A-Za-z0-9:_./-]*\Z")
_PARTS = expression(r"[-_./]|(?<=[a-z])(?=[A-Z])")
MOST_WORDS = 5
STOPPING = frozenset(
    {
        "stop",
        "down",
        "shutdown",
        "poweroff",
        "halt",
        "terminate",
        "drain",
        "suspend",
        "deallocate",
        "failover",
        "disable",
        "evict",
    }
)


def verb_of(operands: list[str]) -> Said | None:
    """The verb among a command's leading words; a weak one only when no other follows."""
    weak: Said | None = None
    for place, operand in enumerate(operands[:MOST_WORDS]):
        if not _WORD.match(operand):
            break
        said = _said(operand, place)
        if said is None:
            continue
        if said.verb not in WEAK:
            return said
        weak = weak or said
    return weak


def _said(word: str, place: int) -> Said | None:
    """By the whole word, else by how it begins (`describe-volumes`, `GetTablets`) behind any colon (`apps:destroy`)."""
    last = word.rsplit(":", 1)[-1]
    first = next((part for part in _PARTS.split(last) if part), last)
    for candidate in dict.fromkeys((word.lower(), last.lower(), first.lower())):
        for words, level, category in _LEVELS:
            if candidate in words:
                return Said(level, "availability" if candidate in STOPPING else category, candidate, word, place)
    return None
