"""A set of secrets, and what masks them: streams of output, and single texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from copy import copy

from .automaton import Automaton, Needle
from .encodings import forms
from .environment import password_in
from .maskable import why_not
from .patterns import Pattern
from .shapes import SHAPES, Shape
from .stream import StreamRedactor

UNSAFE_IN_NAME = re.compile(r"[^A-Za-z0-9_.-]+")
Value = str | bytes


class Redactor:
    """Immutable, and safe to share between threads. A name may have had several values; all of them are masked."""

    def __init__(
        self,
        secrets: Mapping[str, Value] | Iterable[tuple[str, Value]] = (),
        patterns: Sequence[Pattern] = (),
        shapes: Sequence[Shape] = SHAPES,
    ) -> None:
        self.patterns = tuple(patterns)
        self.unmaskable: dict[str, str] = {}
        """Name → why its value stays visible, as the end of a sentence that begins with the name."""
        self._needles = _triggers(shapes)
        self._known: set[bytes] = set()
        for name, value in secrets.items() if isinstance(secrets, Mapping) else secrets:
            self._learn(name, _bytes(value).strip())
        self.automaton = Automaton(self._needles.values())

    def with_secret(self, name: str, value: Value) -> Redactor:
        """One more secret. The same redactor when it is known already."""
        return self.with_secrets({name: value})

    def with_secrets(self, secrets: Mapping[str, Value]) -> Redactor:
        fresh = {name: data for name, value in secrets.items() if (data := _bytes(value).strip()) not in self._known}
        if not fresh:
            return self
        more = copy(self)
        more.unmaskable, more._needles, more._known = dict(self.unmaskable), dict(self._needles), set(self._known)
        for name, value in fresh.items():
            more._learn(name, value)
        more.automaton = Automaton(more._needles.values())
        return more

    def stream(self) -> StreamRedactor:
        return StreamRedactor(self)

    def text(self, text: str) -> str:
        """A whole text, masked. The very same object when nothing in it is secret."""
        data = text.encode(errors="surrogatepass")
        if not self.patterns and not self.automaton.find(data):
            return text
        stream = self.stream()
        masked = stream.feed(data) + stream.end()
        return masked.decode(errors="surrogatepass" if _decodes(masked) else "replace") if stream.counts else text

    def _learn(self, name: str, value: bytes) -> None:
        self._known.add(value)
        if reason := why_not(value):
            self.unmaskable[name] = reason
            return
        if (password := password_in(value)) and not why_not(password):
            self._learn(name, password)
        clean = cleaned(name)
        for form in forms(value):
            if form not in self._needles or not self._needles[form].name:  # a name goes before a trigger
                self._needles[form] = Needle(form, clean)


def _triggers(shapes: Iterable[Shape]) -> dict[bytes, Needle]:
    needles: dict[bytes, Needle] = {}
    for shape in shapes:
        for trigger in shape.triggers:
            others = needles[trigger].shapes if trigger in needles else ()
            needles[trigger] = Needle(trigger, shapes=(*others, shape))
    return needles


def cleaned(name: str) -> str:
    """As it stands in a mask."""
    return UNSAFE_IN_NAME.sub("_", name)[:40] or "unnamed"


def _bytes(value: Value) -> bytes:
    return value if isinstance(value, bytes) else value.encode(errors="surrogateescape")


def _decodes(data: bytes) -> bool:
    try:
        data.decode(errors="surrogatepass")
    except UnicodeDecodeError:
        return False
    return True
