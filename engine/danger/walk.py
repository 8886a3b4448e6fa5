"""A walk over every command of a shell text that would really run, in order, with what the shell knows by then."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from ..model import Level
from ..syntax.blanks import blank_placeholders
from ..syntax.script import Assignment, Command, Compound, Function, Pipeline, Redirect, Simple, Word, read_script
from .call import Call
from .files import writing
from .invocation import Setting
from .memory import Frame, Locate, Shell
from .options import take_apart
from .pattern import globs
from .stream import Stream, printed
from .surroundings import Environment, Surroundings
from .tables import Row, Tables
from .verdict import Category, Verdict
from .words import HOLE, Arg, expand, value_of

DEEPEST = 12
"""Shells within shells; more is nothing a person wrote for a person."""
LONGEST = 400_000
"""Characters. A longer text is data, and nobody has read it."""
JudgeSql = Callable[[str, str], Verdict]
QUIET = frozenset({":", "true", "false", "printf", "echo"})
"""Commands before a `>` that only empty the file, when they print nothing."""
HIJACKING = frozenset({"LD_PRELOAD", "BASH_ENV", "ENV", "PROMPT_COMMAND", "PS0"})
"""Variables through which a later harmless command runs something else."""


class Walk:
    def __init__(self, surroundings: Surroundings, judge_sql: JudgeSql) -> None:
        self.found: list[Verdict] = []
        self.decided: list[tuple[Row | None, tuple[Arg, ...], Frame | None]] = []
        self._surroundings = surroundings
        self.judge_sql = judge_sql
        self.tables = Tables.of(surroundings.policy)
        self.memory = memory = surroundings.memory
        self.shell = Shell(dict(memory.values), {}, {}, dict(memory.aliases))

    def text(self, text: str) -> None:
        if len(text) > LONGEST:
            self._add("unknown", "opaque", "too-long", "this is too long to be understood", (0, len(text)))
            return
        plain = text if self._surroundings.final else blank_placeholders(text)
        self.script(plain, self.shell, Setting(), lambda start, end: (start, end))

    # Scripts and what they are made of.

    def script(self, text: str, shell: Shell, setting: Setting, locate: Locate) -> None:
        if setting.depth > DEEPEST:
            self._add(
                "unknown", "opaque", "too-deep", "shells within shells, too deep to be followed", locate(0, len(text))
            )
            return
        script = read_script(text)
        frame = Frame(text, locate)
        for start, end in script.doubts:
            self._add(
                "unknown", "opaque", "not-understood", "the shell grammar does not understand this", locate(start, end)
            )
        self.commands(script.commands, shell, setting, frame)

    def commands(self, commands: Iterable[Command], shell: Shell, setting: Setting, frame: Frame) -> None:
        for command in commands:
            self._command(command, shell, setting, frame)

    def _command(self, command: Command, shell: Shell, setting: Setting, frame: Frame) -> None:
        if isinstance(command, Simple):
            self._simple(command, shell, setting, frame)
        elif isinstance(command, Pipeline):
            self._pipeline(command, shell, setting, frame)
        elif isinstance(command, Compound):
            self._compound(command, shell, setting, frame)
        else:
            self._define(command, shell, frame)

    def _pipeline(self, pipeline: Pipeline, shell: Shell, setting: Setting, frame: Frame) -> None:
        stream = setting.stdin
        for command in pipeline.commands:
            self._command(command, shell.copy(), setting._replace(stdin=stream), frame)
            stream = self._printed(command, shell, stream)

    def _compound(self, compound: Compound, shell: Shell, setting: Setting, frame: Frame) -> None:
        inner = shell.copy() if compound.kind == "subshell" else shell
        stdin = self._redirects(compound.redirects, (), inner, setting, frame)
        loops = compound.kind in ("for_statement", "while_statement", "c_style_for_statement")
        here = setting._replace(
            stdin=stdin or setting.stdin, is_bulk=setting.is_bulk or (loops and self._is_bulk(compound, inner))
        )
        if compound.variable:
            items = expand(compound.items, inner.values)
            inner.values[compound.variable] = items[0].value if len(items) == 1 and not items[0].is_glob else HOLE
            for item in compound.items:
                self._substitutions(item, inner, setting, frame)
        self.commands(compound.body, inner, here, frame)

    def _is_bulk(self, compound: Compound, shell: Shell) -> bool:
        """A loop over a written list is as many commands as it has words; any other may be everything there is."""
        if compound.kind != "for_statement":
            return True
        return any(arg.is_open or arg.is_glob for arg in expand(compound.items, shell.values))

    def _define(self, function: Function, shell: Shell, frame: Frame) -> None:
        shell.functions[function.name] = (function.body, frame)
        shell.texts[function.name] = function.text

    # Simple commands.

    def _simple(self, simple: Simple, shell: Shell, setting: Setting, frame: Frame) -> None:
        fed = self._feeds(simple, shell, setting, frame)
        args = expand(simple.words, shell.values)
        self._assign(simple, args, shell, frame)
        stdin = self._redirects(simple.redirects, args, shell, setting, frame)
        if stdin is not None:
            setting = setting._replace(stdin=stdin)
        if args:
            self._note_downloads(simple, args, shell)
            Call(self, shell, setting, frame, fed).run(args)

    def _feeds(self, simple: Simple, shell: Shell, setting: Setting, frame: Frame) -> dict[int, Stream]:
        """Walks every substitution of a command, and says what each word's substitution comes to."""
        fed: dict[int, Stream] = {}
        for word in simple.words:
            if stream := self._substitutions(word, shell, setting, frame):
                fed[word.start] = stream
        for assignment in simple.assignments:
            self.commands(assignment.body, shell.copy(), setting, frame)
        for redirect in simple.redirects:
            self._substitutions(redirect.target, shell, setting, frame)
        return fed

    def _substitutions(self, word: Word, shell: Shell, setting: Setting, frame: Frame) -> Stream | None:
        stream: Stream | None = None
        for piece in word.pieces:
            if piece.body:
                self.commands(piece.body, shell.copy(), setting._replace(stdin=None), frame)
                if piece.kind in ("command", "process"):
                    stream = self._printed(piece.body[-1], shell, None)
        return stream

    def _assign(self, simple: Simple, args: Sequence[Arg], shell: Shell, frame: Frame) -> None:
        declares = bool(args) and args[0].value in ("export", "declare", "typeset", "local", "readonly")
        for assignment in simple.assignments:
            value = HOLE if assignment.value is None else value_of(assignment.value, shell.values)
            if not args or declares:
                shell.values[assignment.name] = value
            self._judge_assignment(assignment, frame)

    def _judge_assignment(self, assignment: Assignment, frame: Frame) -> None:
        if assignment.name in HIJACKING:
            self._add(
                "caution", "opaque", "assign-hook", f"{assignment.name} changes what later commands run",
                frame.locate(assignment.start, assignment.end),
            )  # fmt: skip

    def _redirects(
        self, redirects: Iterable[Redirect], args: Sequence[Arg], shell: Shell, setting: Setting, frame: Frame
    ) -> Stream | None:
        """Judges what is written, and says what is read."""
        stdin: Stream | None = None
        for redirect in redirects:
            span = (redirect.start, redirect.end)
            value = value_of(redirect.target, shell.values)
            if redirect.operator in ("<<", "<<<"):
                stdin = Stream("text", value, (redirect.target.start, redirect.target.end))
            elif redirect.operator == "<":
                stdin = self._read_from(redirect, value, shell)
            elif redirect.operator in (">", ">>", ">|", "&>", "&>>", "<>") or (
                redirect.operator == ">&" and not value.isdigit() and value != "-"
            ):
                self._judge_write(redirect, value, args, setting, frame, span)
        return stdin

    def _read_from(self, redirect: Redirect, value: str, shell: Shell) -> Stream:
        for piece in redirect.target.pieces:
            if piece.kind == "process" and piece.body:
                return self._printed(piece.body[-1], shell, None)
        return Stream("download" if value in shell.downloads else "file", None, (redirect.start, redirect.end))

    def _judge_write(
        self, redirect: Redirect, value: str, args: Sequence[Arg], setting: Setting, frame: Frame, span: tuple[int, int]
    ) -> None:
        source = frame.text[redirect.target.start : redirect.target.end]
        path = (
            value
            if value.startswith(("/", "~", HOLE)) or not self.shell.directory
            else f"{self.shell.directory}/{value}"
        )
        nothing = not args or (args[0].value in QUIET and not any(arg.value.strip("-n") for arg in args[1:]))
        nothing = nothing or [arg.value for arg in args] == ["cat", "/dev/null"]
        write = writing(path, source, append=">>" in redirect.operator, nothing=nothing)
        if write is not None:
            self._add(*write, frame.locate(*span), target=_on(setting.host, source))

    def _note_downloads(self, simple: Simple, args: Sequence[Arg], shell: Shell) -> None:
        """Remembers a file that was fetched, however it was named."""
        if not any(arg.value.rsplit("/", 1)[-1] in ("curl", "wget", "aria2c", "http") for arg in args[:6]):
            return
        line = take_apart(args, frozenset({"-o", "-O", "--output", "--output-document", "-H", "-d", "-X"}))
        named = [
            option.value for option in line.options if option.name in ("-o", "--output", "--output-document", "-O")
        ]
        shell.downloads.update(name for name in named if name)
        urls = [arg.value for arg in line.operands if "/" in arg.value]
        shell.downloads.update(url.rsplit("/", 1)[-1] for url in urls)
        shell.downloads.update(
            value_of(redirect.target, shell.values) for redirect in simple.redirects if redirect.operator == ">"
        )

    def _printed(self, command: Command, shell: Shell, stdin: Stream | None) -> Stream:
        """What a command of a pipeline gives to the next one."""
        if isinstance(command, Pipeline):
            stream = stdin
            for each in command.commands:
                stream = self._printed(each, shell, stream)
            return stream or Stream("output")
        if isinstance(command, Compound):
            return self._printed(command.body[-1], shell, stdin) if command.body else Stream("output")
        if not isinstance(command, Simple):
            return Stream("output")
        for redirect in command.redirects:
            if redirect.operator in ("<<", "<<<"):
                stdin = Stream(
                    "text", value_of(redirect.target, shell.values), (redirect.target.start, redirect.target.end)
                )
        args = expand(command.words, shell.values)
        while len(args) > 1 and args[0].value in ("sudo", "env", "command", "time", "nice", "timeout", "nohup"):
            args = args[1:]
            while len(args) > 1 and (args[0].value.startswith("-") or "=" in args[0].value or args[0].value.isdigit()):
                args = args[1:]
        return printed(args[0].value.rsplit("/", 1)[-1], args[1:], stdin) if args else Stream("output")

    def add(
        self,
        verdict: Verdict,
        span: tuple[int, int],
        target: str = "",
        *,
        row: Row | None = None,
        args: Sequence[Arg] = (),
        frame: Frame | None = None,
    ) -> None:
        """Keeps what was found. `row`, `args` and `frame` say which rule decided about which words."""
        self.found.append(replace(verdict, span=span, target=target))
        self.decided.append((row, tuple(args), frame))

    def _add(
        self, level: Level, category: Category, rule: str, why: str, span: tuple[int, int], target: str = ""
    ) -> None:
        self.add(Verdict(level, category, rule, why, span), span, target)

    def raised(self, level: Level, words: Sequence[str], host: str) -> Level:
        """The level where this runs: an environment the words name, or the run's own, may weigh more."""
        for environment in self._surroundings.policy.environments:
            if self._is_in(environment, words, host):
                level = environment.raises.get(level, level)
        return level

    def environment_of(self, words: Sequence[Arg]) -> str:
        named = [arg.value for arg in words]
        found = [one.name for one in self._surroundings.policy.environments if self._is_in(one, named, "")]
        return found[0] if found else self._surroundings.environment

    def _is_in(self, environment: Environment, words: Sequence[str], host: str) -> bool:
        if environment.name == self._surroundings.environment:
            return True
        matches = globs("|".join(environment.match), True) if environment.match else None
        return matches is not None and any(matches(part) for word in (*words, host) for part in _parts(word))


def _parts(word: str) -> list[str]:
    """The names in a word: `--context=prod`, `orders.prod.example.com`, `prod/app`."""
    return [word, *re.split(r"[=/:@.]", word)]


def _on(host: str, target: str) -> str:
    return f"{host}:{target}" if host else target
