"""What a shell knows while its commands are walked, and the text it is walked in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from ..expressions import expression
from ..syntax.script import Command
from .files import is_scratch
from .invocation import Setting
from .surroundings import NOTHING
from .words import BETWEEN, HOLE, Arg

_MENTIONED = expression(r"\$\{?[!#]?([A-Za-z_]\w*|[@*1-9])")
Locate = Callable[[int, int], tuple[int, int]]


class Frame(NamedTuple):
    """A text being walked: the judged one, or one inside it."""

    text: str
    locate: Locate
    """Its places → places in the judged text."""
    is_whole: bool = False
    """It is the judged text itself."""


class Body(NamedTuple):
    """Of a function."""

    commands: tuple[Command, ...]
    frame: Frame


class Shell:
    """One shell. A subshell works on a copy."""

    __slots__ = (
        *(
            "aliases",
            "directory",
            "doubted",
            "downloads",
            "exported",
            "frozen",
            "functions",
            "is_alone",
            "maybe",
            "outer",
        ),
        *("texts", "values"),
    )

    def __init__(self, values: Mapping[str, str] = NOTHING, aliases: Mapping[str, str] = NOTHING) -> None:
        self.values = dict(values)
        self.aliases = dict(aliases)
        self.functions: dict[str, tuple[Body, ...]] = {}
        """Function → its bodies: more than one where nobody knows which definition was the last."""
        self.texts: dict[str, str] = {}
        """Function → its body as text, for the steps after this one."""
        self.downloads: set[str] = set()
        """Files that were fetched and that nobody has read."""
        self.directory = ""
        self.maybe: dict[str, str] = {}
        """What a variable may hold whose value is not known: the last one that was set on a way perhaps not taken.
    `alias NAME` is what that alias may stand for."""
        self.exported: set[str] = set()
        self.frozen: set[str] = set()
        """Variables that take no other value."""
        self.outer: dict[str, str | None] | None = None
        """Inside a function: what its own variables are outside of it."""
        self.doubted: str | None = None
        """Where the shell still stands if the last `cd` failed; None when it has not."""
        self.is_alone = False
        """A child of the shell: what an earlier step defined is not defined in it."""

    def copy(self) -> Shell:
        other = Shell(self.values, self.aliases)
        other.functions = dict(self.functions)
        other.texts = dict(self.texts)
        other.downloads = set(self.downloads)
        other.directory = self.directory
        other.maybe = dict(self.maybe)
        other.exported = set(self.exported)
        other.frozen = set(self.frozen)
        other.outer = None if self.outer is None else dict(self.outer)
        other.doubted = self.doubted
        other.is_alone = self.is_alone
        return other

    def set(self, values: Mapping[str, str]) -> None:
        """New values, as far as the variables take them."""
        self.values |= {name: value for name, value in values.items() if name not in self.frozen}

    def freeze(self, args: Sequence[Arg], assigned: Sequence[str]) -> None:
        """By `readonly` or `declare -r`."""
        options = "".join(arg.value for arg in args[1:] if arg.value.startswith("-"))
        if args[0].value == "readonly" or "r" in options:
            self.frozen |= {*assigned, *(arg.value.partition("=")[0] for arg in args[1:])}

    def own(self, names: Iterable[str]) -> None:
        """Variables that are the present function's own from here on."""
        if self.outer is not None:
            for name in set(names) - self.frozen:
                self.outer.setdefault(name, self.values.get(name))

    def leave(self, outer: dict[str, str | None] | None) -> None:
        """At a function's end: its own variables are gone. `outer`: the same of the function around it."""
        for name, value in (self.outer or {}).items():
            if value is None:
                self.values.pop(name, None)
            else:
                self.values[name] = value
        self.frozen -= (self.outer or {}).keys()
        self.outer = outer

    def settle_directory(self) -> None:
        """After a `cd` that may have failed nobody can rely on standing where little can be lost."""
        if self.doubted is not None and _is_loose(self.directory) and not _is_loose(self.doubted):
            self.directory = ""
        self.doubted = None

    def children(self, text: str, *, stripped: bool) -> list[Shell]:
        """What a shell of its own may know that runs `text`, each way it may be.

        A variable that is not certainly handed down is empty there, or whatever that shell makes of it; or it is handed
        down after all. Each of these may be the worst one.
        """
        named = {name for name in _MENTIONED.findall(text) if self.values.get(name, HOLE) != HOLE}
        lost = named if stripped else named - self.exported
        if not (lost or self.functions or self.aliases or self.texts):
            return [self.copy()]
        unknown = self._child(dict.fromkeys(lost, HOLE))
        if self.is_alone:  # the other ways are walked already, and shells within shells would walk them without end
            return [unknown]
        return [unknown, self._child(dict.fromkeys(lost, "")), self.copy()]

    def _child(self, values: Mapping[str, str]) -> Shell:
        other = self.copy()
        other.values |= values
        other.functions, other.texts, other.aliases = {}, {}, {}
        other.is_alone = True
        return other

    def settle(self, before: Shell) -> None:
        """After commands that may not have run: what they set is not known, what they defined stands in either form."""
        for name in self.values.keys() | before.values.keys():
            if self.values.get(name) != before.values.get(name):
                self.maybe[name] = self.values.get(name, "")
                self.values[name] = HOLE
        for name, words in self.aliases.items():
            if words != before.aliases.get(name):
                self.maybe[f"alias {name}"] = words
                self.aliases[name] = HOLE
        for name, bodies in self.functions.items():
            old = before.functions.get(name, ())
            self.functions[name] = bodies if bodies == old else (*old, *bodies)
        self.exported &= before.exported
        if self.directory != before.directory:
            self.directory = ""

    def export(self, args: Sequence[Arg], assigned: Sequence[str]) -> None:
        """By `export` or `declare -x`, whose assignments stand apart; also by which it is taken back."""
        options = "".join(arg.value for arg in args[1:] if arg.value.startswith(("-", "+")))
        names = {*assigned, *(arg.value.partition("=")[0] for arg in args[1:])}
        if args[0].value in ("local", "declare", "typeset") and "g" not in options:
            self.own(names)
        if "+" in options or (args[0].value == "export" and "n" in options):
            self.exported -= names
        elif args[0].value == "export" or "x" in options:
            self.exported |= names

    def forget(self) -> None:
        """After code that nobody has read: no variable is what it was."""
        self.values = dict.fromkeys(self.values, HOLE)
        self.directory = ""

    def give(self, arguments: Sequence[str]) -> None:
        """Positional parameters."""
        self.values["@"] = self.values["*"] = BETWEEN.join(arguments)
        self.values |= {str(place): "" for place in range(1, 10)}
        self.values |= {str(place): value for place, value in enumerate(arguments[:9], start=1)}

    def path(self, value: str) -> str:
        """A relative path stands in the directory the text went to."""
        is_relative = not value.startswith(("/", "~", "$", "\ufffc"))
        return f"{self.directory.rstrip('/')}/{value.removeprefix('./')}" if is_relative and self.directory else value


def _is_loose(directory: str) -> bool:
    """Little is lost by what is done there."""
    return is_scratch(f"{directory.rstrip('/')}/x", "")


class Here(NamedTuple):
    """Where the walk stands."""

    shell: Shell
    setting: Setting
    frame: Frame

    def inside(self) -> Here:
        """In a subshell: what it sets is gone afterwards."""
        return self._replace(shell=self.shell.copy())

    def reading(self, setting: Setting) -> Here:
        return self._replace(setting=setting)
