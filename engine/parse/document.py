"""A whole document: text, front matter, sections, steps, and what is read beside them, put together."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from ..collector import no_collector
from ..model import Choice, Escalation, Item, Jump, Lines, Option, Problem, Runbook, Section, Step, Suggestion
from .alternatives import find_section_choices
from .drafts import ChoiceDraft, Draft, ItemDraft, OptionDraft, add_prose
from .front_matter import FrontMatter, read_front_matter
from .gathering import gather
from .identity import Ids
from .markdown import read_blocks
from .metadata import read_metadata
from .numbered import Placed, with_numbered_headings
from .reference import (
    Text,
    find_alerts,
    find_drawers,
    find_escalations,
    find_jumps,
    find_time_box,
    section_names,
    texts_of,
)
from .sections import Unit, fallback_title, read_units
from .shape import shape_of
from .source import read_text
from .sql_dialects import dialects_in
from .walk import SectionWalk


def read_runbook(path: str, data: bytes) -> Runbook:
    """Reads a document. Pure; raises DocumentError when nothing in it can be used.

    What is not understood is in `Runbook.problems`, and never hides the rest.
    """
    with no_collector():
        text = read_text(path, data)
        lines = text.split("\n")
        front = read_front_matter(lines)
        blocks = read_blocks(lines[front.line_count :], front.line_count + 1)
        units = read_units(blocks, max(1, len(lines) - (not lines[-1])), _written_title(front))
        return _Reading(path, data, text, front, units).runbook()


class _Reading:
    """The parts of one document while they are put together."""

    def __init__(self, path: str, data: bytes, text: str, front: FrontMatter, units: list[Unit]) -> None:
        self.path = path
        self.data = data
        self.text = text
        self.lines = text.split("\n")
        self.front = front
        self.units = units
        self.ids = Ids()
        self.problems: list[Problem] = list(front.problems)
        self.choices, self.options = find_section_choices(units)

    def runbook(self) -> Runbook:
        drafts = self.walk()
        texts = [list(texts_of(unit.blocks)) for unit in self.units]
        drawers = tuple(drawer for unit in self.units for drawer in find_drawers(unit))
        title = self.units[0].title or fallback_title(self.path)
        named = self.named_choices(drafts)
        return Runbook(
            path=self.path,
            sha256=sha256(self.data).hexdigest(),
            source=self.text,
            title=title,
            shape=shape_of(self.front.values, self.units, drafts),
            metadata=read_metadata(self.units, self.front.values, len(self.lines)),
            front_matter=self.front.values,
            sections=tuple(self.section(unit, about) for unit, about in zip(self.units[1:], texts[1:], strict=True)),
            steps=tuple(self.step(place, draft, named) for place, draft in drafts),
            choices=tuple(choice for choice, _ in named),
            declared=self.front.declared,
            expects=self.front.expects,
            drawers=drawers,
            escalations=self.escalations(texts),
            jumps=self.jumps(texts),
            alerts=find_alerts(title, self.units, drawers),
            problems=tuple(sorted(self.problems, key=lambda problem: problem.line)),
        )

    def walk(self) -> list[Placed]:
        """The steps of all sections in order.

        What a section says before its first subsection goes to the first step there.
        """
        drafts: list[Placed] = []
        carried: list[tuple[int, str]] = []
        databases = dialects_in(self.front.values)
        for place, unit in enumerate(self.units):
            walk = SectionWalk(self.lines, unit, self.choices, self.problems, databases)
            walk.options = list(self.options.get(place, ()))
            walk.walk()
            found = gather(walk.events, may_hint=not walk.describes)
            carried = [(level, prose) for level, prose in carried if level < unit.level]
            if found:
                for _, prose in reversed(carried):
                    add_prose(found[0], prose)
                carried = []
                drafts.extend((place, draft) for draft in found)
            elif unit.level > 1 and walk.prose:
                carried.append((unit.level, walk.take_prose()))
        return with_numbered_headings(drafts, self.units, self.options, self.lines)

    # --- into the model --------------------------------------------------------------------------------------

    def named_choices(self, drafts: Sequence[Placed]) -> list[tuple[Choice, dict[int, str]]]:
        """The choices that have a step, in document order, each with the ids of its options by identity."""
        for _, draft in drafts:
            for option in draft.options:
                option.is_used = True
        kept = [c for c in self.choices if len(c.options) > 1 and any(option.is_used for option in c.options)]
        return [self.choice(choice) for choice in sorted(kept, key=lambda each: each.options[0].first)]

    def choice(self, draft: ChoiceDraft) -> tuple[Choice, dict[int, str]]:
        title = draft.title or draft.options[0].label
        labels = [option.label for option in draft.options]
        ids = {id(option): self.ids.make(option.label, draft.section, "option", title) for option in draft.options}
        options = tuple(Option(ids[id(o)], o.label, Lines(o.first, o.last)) for o in draft.options)
        lines = Lines(draft.options[0].first, draft.options[-1].last)
        return Choice(self.ids.make(title, draft.section, "choice", *labels), title, lines, options), ids

    def step(self, place: int, draft: Draft, named: Sequence[tuple[Choice, dict[int, str]]]) -> Step:
        section = self.units[place].path
        title = draft.title or "(untitled)"
        return Step(
            self.ids.make(title, section, draft.text),
            draft.kind,
            title,
            section,
            Lines(draft.first, draft.last),
            draft.text,
            draft.language,
            draft.guessed,
            draft.prose,
            tuple(self.item(item, section) for item in draft.items),
            _option_ids(draft.options, named) if draft.options else (),
            draft.sample,
            draft.expectation,
            draft.interpreter,
            _distinct(draft.suggestions),
            draft.attributes,
            draft.broken,
            draft.unlike,
        )

    def item(self, draft: ItemDraft, section: tuple[str, ...]) -> Item:
        lines = Lines(draft.first, max(draft.first, draft.last))
        name = self.ids.make(draft.text, section, "item")
        return Item(name, draft.text, lines, draft.depth, draft.ticked, _distinct(draft.suggestions))

    def section(self, unit: Unit, texts: Sequence[Text]) -> Section:
        box = find_time_box(unit, unit.title, texts)
        return Section(unit.title, unit.level, unit.path, Lines(unit.first, unit.last), box)

    def escalations(self, texts: Sequence[Sequence[Text]]) -> tuple[Escalation, ...]:
        if "scalat" not in self.text:
            return ()
        return tuple(e for unit, about in zip(self.units, texts, strict=True) for e in find_escalations(unit, about))

    def jumps(self, texts: Sequence[Sequence[Text]]) -> tuple[Jump, ...]:
        names = section_names(self.units)
        return tuple(jump for about in texts for jump in find_jumps(about, names))


def _option_ids(options: Sequence[OptionDraft], named: Sequence[tuple[Choice, dict[int, str]]]) -> tuple[str, ...]:
    return tuple(ids[id(option)] for option in options for _, ids in named if id(option) in ids)


def _distinct(suggestions: Sequence[Suggestion]) -> tuple[Suggestion, ...]:
    return tuple(dict.fromkeys(suggestions)) if suggestions else ()


def _written_title(front: FrontMatter) -> str:
    named = front.values.get("title")
    return str(named).strip() if isinstance(named, (str, int, float)) else ""
