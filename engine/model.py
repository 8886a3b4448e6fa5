"""What a runbook is once it has been read: frozen, plain values, each with the source lines it came from.

Nothing here knows Markdown, a shell or a run. Line numbers are 1-based and count lines of the document as it
stands on disk, so that every message can say `redis.md:41`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, NamedTuple

StepKind = Literal["shell", "sql", "manual", "template"]
Shape = Literal["procedure", "catalogue"]
DrawerKind = Literal["contacts", "escalation", "dashboards", "alerts", "slos", "reference"]
PlaceholderStyle = Literal["braces", "double-braces", "angle", "square", "dollar", "your", "date", "erb"]

NOTHING: Mapping[str, str] = MappingProxyType({})


class Lines(NamedTuple):
    """First and last line, both included."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the document that was not understood. It never hides the rest of the document."""

    line: int
    code: str
    """Stable and kebab-case, for example `unclosed-fence`."""
    message: str
    """One sentence without the place; whoever prints it puts `path:line` in front."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Inline code that reads as a command: offered with its item or manual step, never walked by itself."""

    text: str
    lines: Lines


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a checklist. An item that is not ticked holds the step it belongs to."""

    id: str
    text: str
    lines: Lines
    depth: int = 0
    """0 for an outermost item; a nested one directly follows its parent in `Step.items`."""
    written_ticked: bool = False
    """The document says `[x]`. It is shown, and still has to be ticked in every run."""
    suggestions: tuple[Suggestion, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """One way out of a `Choice`. `id` is unique in the document."""

    id: str
    label: str
    lines: Lines


@dataclass(frozen=True, slots=True)
class Choice:
    """Alternatives of which the operator picks one: scenarios, `Option A/B`, `# For Kubernetes:`."""

    id: str
    title: str
    lines: Lines
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class TimeBox:
    """Minutes the author expects: `(First 5 Minutes)` is 0-5, `5-15 minutes` is 5-15."""

    low: int
    high: int
    line: int


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. Only `shell` and `sql` steps run; `manual` is ticked off; `template` is text to copy."""

    id: str
    """Section path, title and content decide it, so it survives edits elsewhere in the document."""
    kind: StepKind
    title: str
    section: tuple[str, ...]
    """Titles of the headings above it, outermost first, the document title left out."""
    lines: Lines
    text: str
    """What would run, or what is to be copied; empty for most manual steps. Indentation of the container removed."""
    language: str = ""
    """The fence's language word, lower case, or what was guessed for it."""
    guessed: bool = False
    """The fence named no language, so this step is never safe without being asked."""
    prose: str = ""
    """Markdown between the previous step and this one, as written."""
    items: tuple[Item, ...] = ()
    options: tuple[str, ...] = ()
    """Ids of the `Option`s that must all be chosen for this step to be walked; empty for most."""
    sample_output: str = ""
    expectation: str = ""
    """What good looks like: `**Expected Results**`, `Verify:`, an `output` fence."""
    interpreter: str = ""
    """The shebang line of a script that runs whole, as a child of the session; empty otherwise."""
    suggestions: tuple[Suggestion, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    """Fence attributes, foreign ones too, all as written."""
    broken: Problem | None = None
    """Set when the block cannot run as written. It is shown as broken and can only run after an edit."""
    unlike: tuple[str, ...] = ()
    """SQL dialects whose servers would split the block around it in other places: for them it can only run after an
    edit."""

    @property
    def offers(self) -> tuple[Suggestion, ...]:
        """Every command its words mention: its own, then those of its items in order."""
        return (*self.suggestions, *(one for item in self.items for one in item.suggestions))


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and everything down to the next heading of its level or above."""

    title: str
    level: int
    path: tuple[str, ...]
    """Titles from the outermost section down to and including this one."""
    lines: Lines
    time_box: TimeBox | None = None


@dataclass(frozen=True, slots=True)
class Drawer:
    """A table of reference kept one key away: contacts, dashboards, alerts, service levels."""

    kind: DrawerKind
    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: Lines


@dataclass(frozen=True, slots=True)
class Escalation:
    """After so many minutes without success, somebody else is to be called."""

    after_minutes: int
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Jump:
    """A reference to another section of this document or to another document."""

    line: int
    text: str
    target: str
    """A section title, `#anchor`, or a relative path with an optional anchor."""


@dataclass(frozen=True, slots=True)
class Variable:
    """An input of the runbook: found as a placeholder, described in front matter, or both."""

    name: str
    style: PlaceholderStyle
    lines: tuple[int, ...]
    default: str | None = None
    pattern: str | None = None
    choices: tuple[str, ...] = ()
    secret: bool = False
    description: str = ""
    from_command: str = ""
    """A command whose output proposes values: one line is a default, several are choices. Empty for none."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """Something that has to be true of the place a run works in, before anything that is not safe runs there."""

    name: str
    """What it is about, as it is shown."""
    wanted: tuple[str, ...]
    """Globs, of which one has to fit what is found; none where there is a `problem`."""
    line: int
    command: str = ""
    """What prints the truth; empty where `database` says where it is."""
    database: tuple[str, str] | None = None
    """Name of a database, and the part of its URL that is meant."""
    otherwise: str = ""
    """What is found when the command prints nothing."""
    problem: str = ""
    """Why it cannot be checked, and so is never fulfilled; empty when it can."""


@dataclass(frozen=True, slots=True)
class Runbook:
    """A whole document, read."""

    path: str
    """As the operator named it; used in messages only."""
    sha256: str
    """Hex digest of the document's bytes."""
    source: str
    """The document's text: UTF-8 without BOM, line ends as `\\n`."""
    title: str
    shape: Shape
    """A catalogue is never walked from top to bottom: the operator picks a section."""
    metadata: Mapping[str, str]
    front_matter: Mapping[str, object]
    sections: tuple[Section, ...]
    steps: tuple[Step, ...]
    """In document order."""
    choices: tuple[Choice, ...] = ()
    declared: tuple[Variable, ...] = ()
    """Variables described in front matter; `variables.find` adds the placeholders that stand in the steps."""
    expects: tuple[Expectation, ...] = ()
    drawers: tuple[Drawer, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    jumps: tuple[Jump, ...] = ()
    alerts: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Alert name → path of the section that answers it."""
    problems: tuple[Problem, ...] = ()
