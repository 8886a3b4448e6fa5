"""One section's blocks into steps, in the order a person would do them.

Checklists and commands in prose are first kept apart (`Gate`, `Hint`), because the step they belong to may follow.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence

from ..author import find_problems
from ..expressions import expression
from ..model import NOTHING, Problem
from .actions import tell, tells
from .blocks import Block, Code, Container, Entry, Heading, Html, Listing, Paragraph, Table
from .drafts import ChoiceDraft, Draft, Event, Gate, Hint, ItemDraft, OptionDraft, add_expectation, add_prose
from .fences import read_code
from .inline import first_sentence, plain, shorten, title_of
from .labels import Lead, announces_output, describes_list, is_expectation, option_family, read_lead, without_label
from .pieces import Piece, Reading
from .sections import Unit
from .suggestions import suggestions_in, suggestions_of

EXPECTED_COMMENT = "expected_similarity"
COMMAND_TITLE = 60
LEAD_TITLE = 90
"""A longer sentence is prose and not a title."""
ONLY_LINK = expression(r"\s*\[[^\]]*\]\(#[^)]*\)\s*$")


class SectionWalk:
    """Walks the blocks directly under one heading. `choices` and `problems` are filled as they are found."""

    def __init__(
        self,
        lines: Sequence[str],
        unit: Unit,
        choices: list[ChoiceDraft],
        problems: list[Problem],
        databases: Mapping[str, str] = NOTHING,
    ) -> None:
        """`databases` are those of the front matter: name → dialect."""
        self.lines = lines
        self.databases = databases
        self.unit = unit
        self.choices = choices
        self.problems = problems
        self.events: list[Event] = []
        self.last: Draft | None = None
        self.options: list[OptionDraft] = []
        self.prose: list[tuple[int, int]] = []
        self.lead: Lead | None = None
        self.led: Entry | None = None
        """The list entry that says what the next code block is for."""
        self.next_number = 0
        """With which a numbered list would go on after a block that interrupts it."""
        self.awaits_expectation = False
        self.used_titles: set[str] = set()
        self.holds_code = any(_holds_code(block) for block in unit.blocks)
        self.is_headed = bool(unit.title)
        self.describes = unit.describes

    def walk(self) -> None:
        self.walk_blocks(self.unit.blocks)

    # --- blocks ----------------------------------------------------------------------------------------------

    def walk_blocks(self, blocks: Sequence[Block]) -> None:
        named = _option_paragraphs(blocks)
        tabs = [block for block in blocks if isinstance(block, Container) and block.kind == "tab"]
        choice = (
            self.open_choice([*named.values()] or [_option(tab) for tab in tabs]) if named or len(tabs) > 1 else None
        )
        depth = len(self.options)
        for index, block in enumerate(blocks):
            if choice and named and isinstance(block, Paragraph) and (id(block) in named or _closes_option(block)):
                del self.options[depth:]
                if id(block) in named:
                    self.options.append(named[id(block)])
            elif choice and not named and block in tabs:
                self.options[depth:] = [choice.options[tabs.index(block)]]
            self.walk_block(block, blocks[index + 1] if index + 1 < len(blocks) else None)
            if choice and not named:
                del self.options[depth:]
        del self.options[depth:]

    def open_choice(self, options: list[OptionDraft], title: str = "") -> ChoiceDraft:
        choice = ChoiceDraft(title or self.choice_title(), self.unit.path, options)
        self.choices.append(choice)
        return choice

    def choice_title(self) -> str:
        return self.lead.title if self.lead and self.lead.is_label else self.unit.title

    def walk_block(self, block: Block, following: Block | None) -> None:
        match block:
            case Paragraph():
                self.paragraph(block)
            case Code():
                self.code(block)
            case Listing():
                self.listing(block, following)
            case Container():
                self.container(block)
            case Heading():
                self.lead = Lead(title_of(block.text), True, block.text)
                self.keep(block)
            case Html():
                self.html(block)
            case Table():
                self.keep(block)

    def keep(self, block: Block | Entry) -> None:
        """The block is prose for the step that follows."""
        self.prose.append((block.first, block.last))

    def paragraph(self, block: Paragraph) -> None:
        lead = read_lead(block.text)
        if self.awaits_expectation and not lead.is_label and self.expect(self.source(block)):
            return
        self.awaits_expectation = False
        self.lead = lead
        previous = self.last
        label, colon, rest = plain(block.text).partition(":")
        if is_expectation(lead) and previous is not None:
            self.awaits_expectation = True
        elif (
            colon
            and rest.strip()
            and previous
            and is_expectation(Lead(label, True, label))
            and block.text.startswith("*")
        ):
            add_expectation(previous, without_label(self.source(block)))
            return
        self.keep(block)
        self.hint(block.text, block.first, block.last)

    def hint(self, text: str, first: int, last: int) -> None:
        suggestions = suggestions_of(text, first)
        if suggestions:
            self.events.append(
                Hint(title_of(text), suggestions, first, last, self.slice(first, last), list(self.options))
            )

    def html(self, block: Html) -> None:
        if EXPECTED_COMMENT in block.text:
            self.awaits_expectation = True
        elif not block.text.lstrip().startswith("<!--"):
            self.keep(block)

    def container(self, block: Container) -> None:
        if block.title and block.kind == "tab":
            self.lead = Lead(title_of(block.title), True, block.title)
        if _has_steps(block.blocks):
            self.walk_blocks(block.blocks)
        else:
            self.keep(block)
            for paragraph in block.blocks:
                if isinstance(paragraph, Paragraph):
                    self.hint(paragraph.text, paragraph.first, paragraph.last)

    # --- lists -----------------------------------------------------------------------------------------------

    def listing(self, block: Listing, following: Block | None) -> None:
        if self.awaits_expectation and not block.has_code and not block.is_checklist and not block.ordered:
            self.awaits_expectation = False
            if self.expect(self.source(block)):
                return
        self.awaits_expectation = False
        if block.is_checklist:
            self.checklist(block)
        elif self.is_procedure(block, following) if block.ordered else self.is_commanding(block):
            self.procedure(block, leads_on=isinstance(following, Code))
        else:
            self.plain_list(block)

    def is_procedure(self, block: Listing, following: Block | None) -> bool:
        """Its entries are things to do one after the other."""
        if self.describes or (self.lead and describes_list(self.lead)):
            return block.has_code
        if all(ONLY_LINK.match(entry.text) for entry in block.entries):
            return False
        if block.has_code or isinstance(following, Code) or 1 < block.start == self.next_number:
            return True
        # A lone `3. Playbooks` is a heading numbered by hand; and without a heading above, nothing says what to do.
        is_list = len(block.entries) > 1 or block.start == 1
        return is_list and self.is_headed and (not self.holds_code or tell(block.entries))

    def is_commanding(self, block: Listing) -> bool:
        """Bullets of which at least half name a command to be typed are steps like a numbered list's."""
        if self.describes or len(block.entries) < 2 or _option_entries(block):
            return False
        commanding = sum(
            1 for e in block.entries if _has_steps(e.blocks) or suggestions_of(e.text, 1) or suggestions_in(e.blocks)
        )
        return commanding * 2 >= len(block.entries) and any(suggestions_of(e.text, 1) for e in block.entries)

    def procedure(self, block: Listing, *, leads_on: bool) -> None:
        """A numbered list. With `leads_on` a code block follows, and the last entry says what it is for."""
        self.lead = None
        options = _option_entries(block)
        choice = self.open_choice(list(options)) if options else None
        depth = len(self.options)
        for index, entry in enumerate(block.entries):
            if choice:
                self.options[depth:] = [choice.options[index]]
            is_last = index + 1 == len(block.entries)
            if _holds_code_in(entry.blocks):
                self.enter_step(entry)
            elif leads_on and is_last:
                self.lead = _entry_lead(entry)
                self.led = entry
                self.keep(entry)
            else:
                self.manual(entry)
        del self.options[depth:]
        self.next_number = block.start + len(block.entries)

    def enter(self, entry: Entry) -> None:
        """An entry with a code block inside: its text says what the block is for."""
        if entry.text:
            first_last = entry.first, entry.first + entry.text.count("\n")
            self.prose.append(first_last)
            self.hint(entry.text, *first_last)
            self.lead = _entry_lead(entry)
        self.walk_blocks(entry.blocks)

    def enter_step(self, entry: Entry) -> None:
        before = len(self.events)
        self.enter(entry)
        self.keep_action(entry, before)

    def keep_action(self, entry: Entry, before: int) -> None:
        """The entry is done by hand where its code block was only to be copied or compared."""
        added = self.events[before:]
        is_copied = bool(added) and all(isinstance(event, Draft) and event.kind == "template" for event in added)
        if is_copied or (not added and tells(entry)):
            self.manual(entry)

    def manual(self, entry: Entry) -> None:
        title = title_of(entry.text) or self.unit.title or "Do this"
        draft = Draft("manual", title, entry.first, entry.last)
        draft.options = list(self.options)
        draft.suggestions = suggestions_of(entry.text, entry.first)
        rest: list[tuple[int, int]] = []
        for block in entry.blocks:
            if isinstance(block, Listing) and block.is_checklist:
                self.collect_items(block, 0, draft.items)
            elif not isinstance(block, Code):
                rest.append((block.first, block.last))
                draft.suggestions.extend(suggestions_in([block]))
        is_cut = len(" ".join(plain(entry.text).split())) > len(title) + 1
        if is_cut:
            rest.insert(0, (entry.first, entry.first + entry.text.count("\n")))
        draft.prose = "\n\n".join(filter(None, [self.take_prose(), *(self.slice(*span) for span in rest)]))
        self.add(draft)

    def plain_list(self, block: Listing) -> None:
        """Bullets: prose, except where a code block or a numbered list stands inside, or where they name commands."""
        options = _option_entries(block) if block.has_code else []
        choice = self.open_choice(list(options)) if options else None
        depth = len(self.options)
        for index, entry in enumerate(block.entries):
            if choice:
                self.options[depth:] = [choice.options[index]]
            if _has_steps(entry.blocks):
                self.enter(entry)
                continue
            self.lead = None
            self.keep(entry)
            suggestions = [*suggestions_of(entry.text, entry.first), *suggestions_in(entry.blocks)]
            if suggestions:
                prose = self.slice(entry.first, entry.last)
                title = title_of(entry.text)
                self.events.append(Hint(title, suggestions, entry.first, entry.last, prose, list(self.options)))
        del self.options[depth:]

    # --- checklists ------------------------------------------------------------------------------------------

    def checklist(self, block: Listing) -> None:
        title = self.lead.title if self.lead and self.lead.is_label and not self.lead.is_generic else self.unit.title
        items: list[ItemDraft] = []
        for entry in block.entries:
            if entry.ticked is None and not _has_steps(entry.blocks):
                self.keep(entry)
            elif _holds_code_in(entry.blocks):
                # The code block is how this item is done, so it becomes a step and not the gate before it.
                self.gate(title, items)
                items = []
                self.enter_step(entry)
            else:
                items.extend(self.items_of(entry, 0))
        self.gate(title, items)

    def gate(self, title: str, items: list[ItemDraft]) -> None:
        if items:
            self.events.append(Gate(title or "Checklist", items, self.take_prose(), list(self.options)))
            self.lead = None

    def collect_items(self, block: Listing, depth: int, into: list[ItemDraft]) -> None:
        """An entry without a box hangs on the item above it."""
        for entry in block.entries:
            if entry.ticked is None and into:
                into[-1].text += f"\n- {' '.join(plain(entry.text).split())}"
                into[-1].last = max(into[-1].last, entry.last)
            else:
                into.extend(self.items_of(entry, depth))

    def items_of(self, entry: Entry, depth: int) -> list[ItemDraft]:
        text = " ".join(plain(entry.text).split()) or "(no text)"
        item = ItemDraft(text, entry.first, entry.last, depth, bool(entry.ticked))
        item.suggestions = suggestions_of(entry.text, entry.first)
        items = [item]
        for block in entry.blocks:
            if isinstance(block, Listing) and block.is_checklist:
                item.last = min(item.last, block.first - 1)
                self.collect_items(block, depth + 1, items)
            else:
                item.text += "".join(f"\n{line}" for line in _outline_text(block))
                item.suggestions.extend(suggestions_in([block]))
        return items

    # --- code ------------------------------------------------------------------------------------------------

    def code(self, block: Code) -> None:
        reading = read_code(block, self.databases)
        led, self.led = self.led, None
        before = len(self.events)
        awaited, self.awaits_expectation = self.awaits_expectation, False
        previous = self.previous_runnable()
        if reading.output and not reading.pieces:
            self.output(block, reading, previous)
        elif previous and self.is_seen_not_typed(reading, awaited):
            add_expectation(previous, block.text)
            previous.last = max(previous.last, block.last)
            self.prose.clear()
        else:
            self.steps(block, reading)
        if reading.problem:
            self.problems.append(reading.problem)
        if led is not None:
            self.keep_action(led, before)
        self.lead = None

    def is_seen_not_typed(self, reading: Reading, awaited: bool) -> bool:
        if reading.info.walk not in {"guess", "template"} and not all(p.kind == "template" for p in reading.pieces):
            return False
        if any(piece.broken for piece in reading.pieces):
            return False
        return awaited or (self.lead is not None and announces_output(self.lead))

    def output(self, block: Code, reading: Reading, previous: Draft | None) -> None:
        if previous:
            add_expectation(previous, reading.output)
            previous.last = max(previous.last, block.last)
            return
        piece = Piece("template", reading.output, block.first, block.last, reading.info.language)
        self.steps(block, Reading([piece], reading.info))

    def steps(self, block: Code, reading: Reading) -> None:
        prose = self.take_prose()
        forked = self.fence_options(reading.pieces)
        if reading.info.attributes and any(piece.kind in {"shell", "sql"} for piece in reading.pieces):
            self.problems.extend(find_problems(reading.info.attributes, block.first))
        for index, piece in enumerate(reading.pieces):
            title = piece.title or self.title_for(piece, is_first=index == 0)
            self.used_titles.add(title)
            draft = Draft(piece.kind, title, piece.first, piece.last, piece.text, piece.language, piece.guessed)
            draft.prose, draft.sample = piece.prose, piece.sample
            draft.interpreter, draft.broken, draft.unlike = piece.interpreter, piece.broken, piece.unlike
            draft.attributes = reading.info.attributes
            draft.options = [*self.options, *forked.get(index, [])]
            if index == 0:
                add_prose(draft, prose)
            self.add(draft)
            self.problems.extend(problem for problem in (piece.broken, piece.doubt) if problem)
        if not reading.pieces and block.text.strip():
            self.keep(block)

    def fence_options(self, pieces: Sequence[Piece]) -> dict[int, list[OptionDraft]]:
        """The alternatives inside one block, by the number of the piece."""
        found: dict[int, list[OptionDraft]] = {}
        opened: dict[tuple[int, str], OptionDraft] = {}
        choices: dict[int, ChoiceDraft] = {}
        for index, piece in enumerate(pieces):
            if piece.fork is None:
                continue
            key = piece.fork.number, piece.fork.label
            if key not in opened:
                opened[key] = OptionDraft(piece.fork.label, piece.first, piece.last)
                choice = choices.get(key[0]) or choices.setdefault(key[0], self.open_choice([]))
                choice.options.append(opened[key])
            opened[key].last = piece.last
            found[index] = [opened[key]]
        return found

    def title_for(self, piece: Piece, *, is_first: bool) -> str:
        """The line that announces the block, or else its heading, or else the first command."""
        command = first_command(piece)
        if not is_first:
            return command
        lead = self.lead
        is_short = lead is not None and not lead.is_generic and 0 < len(lead.title) <= LEAD_TITLE
        if lead and is_short and lead.is_label:
            return lead.title
        if self.unit.title and self.unit.title not in self.used_titles:
            return self.unit.title
        if lead and is_short:
            return lead.title
        return command if piece.kind in {"shell", "sql"} or not lead else shorten(lead.title) or command

    # --- help ------------------------------------------------------------------------------------------------

    def add(self, draft: Draft) -> None:
        self.events.append(draft)
        self.last = draft

    def previous_runnable(self) -> Draft | None:
        return self.last if self.last is not None and self.last.runs else None

    def expect(self, text: str) -> bool:
        self.awaits_expectation = False
        previous = self.last
        if previous is None:
            return False
        add_expectation(previous, text)
        if self.prose:
            self.prose.pop()
        return True

    def source(self, block: Block) -> str:
        return self.slice(block.first, block.last)

    def slice(self, first: int, last: int) -> str:
        return textwrap.dedent("\n".join(self.lines[first - 1 : last])).strip("\n")

    def take_prose(self) -> str:
        """The Markdown since the last step, as written; touching pieces are joined."""
        spans, self.prose = self.prose, []
        joined: list[tuple[int, int]] = []
        for first, last in spans:
            if joined and first <= joined[-1][1] + 2 and not "".join(self.lines[joined[-1][1] : first - 1]).strip():
                joined[-1] = joined[-1][0], max(last, joined[-1][1])
            else:
                joined.append((first, last))
        return "\n\n".join(self.slice(*span) for span in joined)


def first_command(piece: Piece) -> str:
    lines = (line.strip() for line in piece.text.split("\n"))
    line = next(
        (line for line in lines if line and not line.startswith(("#", "--"))), piece.text.strip().split("\n")[0]
    )
    return shorten(" ".join(line.rstrip("\\").split()), COMMAND_TITLE) or "(empty)"


def _entry_lead(entry: Entry) -> Lead:
    """An entry is called by its first sentence, whatever it says afterwards."""
    title = first_sentence(title_of(entry.text))
    return Lead(title, True, entry.text) if len(title) <= LEAD_TITLE else read_lead(entry.text)


def _holds_code(block: Block) -> bool:
    if isinstance(block, Container):
        return _holds_code_in(block.blocks)
    return isinstance(block, Code) or (isinstance(block, Listing) and block.has_code)


def _holds_code_in(blocks: Iterable[Block]) -> bool:
    return any(_holds_code(block) for block in blocks)


def _has_steps(blocks: Iterable[Block]) -> bool:
    """Something inside may become a step of its own."""
    return any(
        _holds_code(block)
        or (
            isinstance(block, Listing)
            and (block.ordered or block.is_checklist or any(_has_steps(e.blocks) for e in block.entries))
        )
        or (isinstance(block, Container) and _has_steps(block.blocks))
        for block in blocks
    )


def _outline_text(block: Block, depth: int = 0) -> list[str]:
    """What hangs below a checklist item, as plain lines."""
    indent = "  " * depth
    if isinstance(block, Paragraph):
        return [indent + " ".join(plain(block.text).split())]
    if isinstance(block, Listing):
        lines: list[str] = []
        for entry in block.entries:
            lines.append(f"{indent}- {' '.join(plain(entry.text).split())}")
            for inner in entry.blocks:
                lines.extend(_outline_text(inner, depth + 1))
        return lines
    if isinstance(block, Container):
        return [line for inner in block.blocks for line in _outline_text(inner, depth)]
    return []


def _option(tab: Container) -> OptionDraft:
    return OptionDraft(title_of(tab.title), tab.first, tab.last)


def _option_paragraphs(blocks: Sequence[Block]) -> dict[int, OptionDraft]:
    """`**Option A: rolling**` and its siblings, by the identity of the paragraph; empty unless there are two."""
    found: dict[str, dict[int, OptionDraft]] = {}
    for block in blocks:
        if isinstance(block, Paragraph) and (family := option_family(plain(block.text).rstrip(":"))):
            lead = read_lead(block.text)
            if lead.is_label:
                found.setdefault(family, {})[id(block)] = OptionDraft(lead.title, block.first, block.last)
    return next((options for options in found.values() if len(options) > 1), {})


def _closes_option(block: Paragraph) -> bool:
    """Another bold label on a line of its own ends the alternatives."""
    return block.text.startswith("**") and "\n" not in block.text and read_lead(block.text).is_label


def _option_entries(block: Listing) -> list[OptionDraft]:
    """List entries that are all named as alternatives."""
    families = {option_family(plain(entry.text)) for entry in block.entries}
    if len(block.entries) < 2 or len(families) > 1 or "" in families:
        return []
    return [OptionDraft(title_of(entry.text), entry.first, entry.last) for entry in block.entries]
