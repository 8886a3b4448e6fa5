"""A walk over every command of a shell text that would really run, in order, with what the shell knows by then."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ..expressions import expression
from ..syntax.blanks import blank_placeholders
from ..syntax.script import Command, Compound, Function, Pipeline, Redirect, Simple, Word, read_script
from .call import Call, Found
from .environments import Environments
from .flow import downloaded_by, printed_by, printed_by_all
from .hooks import CALLED, HIJACKING, PROMPTS, STANDARD_PATH, SUBSCRIPT, VIEWERS
from .invocation import Setting
from .memory import Body, Frame, Here, Locate, Shell
from .redirects import read_by, written_by
from .stream import Stream
from .surroundings import Surroundings
from .tables import Tables
from .verdict import Span, Verdict
from .words import HOLE, Arg, expand, value_of

DEEPEST = 12
"""Shells within shells; more is nothing a person wrote for a person."""
LONGEST = 400_000
"""Characters. A longer text is data, and nobody has read it."""
JudgeSql = Callable[[str, str], Verdict]
DECLARING = frozenset({"export", "declare", "typeset", "local", "readonly"})
BRANCHES = frozenset({"elif_clause", "else_clause", "case_item"})
CONDITIONAL = frozenset(
    {
        "list",
        "if_statement",
        "while_statement",
        "for_statement",
        "c_style_for_statement",
        "case_statement",
        "elif_clause",
    }
)
"""What may run only in part, or not at all."""
NOT_PROGRAMS = ("/tmp", "/var/tmp", "/dev/shm", ".", ":")  # noqa: S108 - where programs must not come from
MOST_TURNS = 8
LEAVING = frozenset({"exit", "return", "break", "continue"})
BEHIND = expression(r"[ \t]*&(?![&>])")
"""The command runs in a child: what it sets is set there."""
LOOPS = frozenset({"for_statement", "while_statement", "c_style_for_statement"})


class Walk:
    def __init__(self, surroundings: Surroundings, judge_sql: JudgeSql) -> None:
        self.found: list[Found] = []
        self.judge_sql = judge_sql
        self.tables = Tables.of(surroundings.policy)
        self.environments = Environments(surroundings)
        self.memory = surroundings.memory
        self.shell = Shell(values=dict(self.memory.values), aliases=dict(self.memory.aliases))
        self.shell.exported |= self.memory.exported
        self.shell.texts |= self.memory.functions
        self.shell.frozen |= self.memory.frozen
        self._is_final = surroundings.final

    def text(self, text: str) -> None:
        if len(text) > LONGEST:
            self._doubt("too-long", "this is too long to be understood", (0, len(text)))
            return
        plain = text if self._is_final else blank_placeholders(text, by_character=True)
        self.script(plain, self.shell, Setting(), lambda start, end: (start, end), shown=text)

    def script(self, text: str, shell: Shell, setting: Setting, locate: Locate, shown: str | None = None) -> None:
        """A whole text. `shown` is the text as the operator sees it, of the same length."""
        if setting.depth > DEEPEST:
            self._doubt("too-deep", "shells within shells, too deep to be followed", locate(0, len(text)))
            return
        script = read_script(text)
        for start, end in script.doubts:
            self._doubt("not-understood", "the shell grammar does not understand this", locate(start, end))
        self.commands(
            script.commands, Here(shell, setting, Frame(text if shown is None else shown, locate, shown is not None))
        )

    def commands(self, commands: Iterable[Command], here: Here) -> None:
        for command in commands:
            self._command(command, here)
            here.shell.settle_directory()

    def _command(self, command: Command, here: Here) -> None:
        shell = here.shell
        if BEHIND.match(here.frame.text, command.end):
            here = here.inside()
        if isinstance(command, Simple):
            self._simple(command, here)
        elif isinstance(command, Pipeline):
            self._pipeline(command, here)
        elif isinstance(command, Compound):
            self._compound(command, here)
        else:
            self._define(command, here)
        shell.downloads |= here.shell.downloads

    def add(self, verdict: Verdict) -> None:
        self.found.append(Found(verdict))

    def _doubt(self, rule: str, why: str, span: Span) -> None:
        self.add(Verdict("unknown", "opaque", rule, why, span))

    # Commands made of commands.

    def _pipeline(self, pipeline: Pipeline, here: Here) -> None:
        stream = here.setting.stdin
        last = len(pipeline.commands) - 1
        for place, command in enumerate(pipeline.commands):
            inner = here.inside()
            self.commands((command,), inner.reading(here.setting._replace(stdin=stream)))
            here.shell.downloads |= inner.shell.downloads
            if place < last:
                stream = printed_by(command, here.shell, stream)

    def _compound(self, compound: Compound, here: Here) -> None:
        outer = here.shell
        here = here.inside() if compound.kind == "subshell" else here
        before = here.shell.copy()
        for redirect in compound.redirects:
            self._substituted(redirect.target, here)
        self._writes(compound.redirects, (), here)
        setting = here.setting
        stdin = read_by(compound.redirects, here.shell) or setting.stdin
        if compound.kind in LOOPS:
            setting = setting._replace(is_bulk=setting.is_bulk or self._is_bulk(compound, here))
        if compound.variable:
            self._bind(compound, here)
        inner = here.reading(setting._replace(stdin=stdin))
        if compound.kind == "list":
            first, *rest = _joined(compound)
            self._command(first, inner)
            before = here.shell.copy()
            self._listed(first, rest, inner)
        elif compound.variable and (items := self._written_items(compound, here)):
            for item in items:
                here.shell.values[compound.variable] = item
                self._branches(compound.body, inner, before)
        else:
            self._branches(compound.body, inner, before)
        if compound.kind in CONDITIONAL:
            here.shell.settle(before)
        outer.downloads |= here.shell.downloads

    def _listed(self, before: Command, commands: Sequence[Command], here: Here) -> None:
        """What follows in a list: behind `&&` a `cd` has succeeded, behind `||` perhaps not."""
        shell = here.shell
        for command in commands:
            stood, went = shell.doubted, shell.directory
            is_either = "||" in here.frame.text[before.end : command.start]
            shell.doubted = None
            shell.directory = "" if is_either and stood is not None else went
            here_then = shell.directory
            self._command(command, here)
            if shell.directory == here_then and shell.doubted is None:
                shell.directory = went
                shell.doubted = None if is_either and _leaves(command) else stood
            before = command

    def _written_items(self, compound: Compound, here: Here) -> list[str]:
        """The words of a `for` that are all written out, so that each turn can be judged; empty for any other loop."""
        items = expand(compound.items, here.shell.values)
        is_written = 1 < len(items) <= MOST_TURNS and not any(item.is_open or item.is_glob for item in items)
        return [item.value for item in items] if is_written else []

    def _branches(self, body: Sequence[Command], here: Here, before: Shell) -> None:
        """`else` and each pattern of a `case` begin with what was known before the first of them."""
        for command in body:
            if isinstance(command, Compound) and command.kind in BRANCHES:
                branch = before.copy()
                self.commands((command,), here._replace(shell=branch))
                for name in branch.values.keys() | branch.functions.keys():
                    if branch.values.get(name) != before.values.get(name):
                        here.shell.values[name] = HOLE
                    if branch.functions.get(name) != before.functions.get(name):
                        here.shell.functions[name] = (*here.shell.functions.get(name, ()), *branch.functions[name])
                here.shell.downloads |= branch.downloads
                here.shell.exported &= branch.exported
                here.shell.frozen |= branch.frozen
                here.shell.directory = here.shell.directory if branch.directory == before.directory else ""
            else:
                self.commands((command,), here)

    def _is_bulk(self, compound: Compound, here: Here) -> bool:
        """A loop over a written list is as many commands as it has words; any other may be everything there is."""
        if compound.kind != "for_statement":
            return True
        return any(arg.is_open or arg.is_glob for arg in expand(compound.items, here.shell.values))

    def _bind(self, compound: Compound, here: Here) -> None:
        for item in compound.items:
            self._substituted(item, here)
        items = expand(compound.items, here.shell.values)
        here.shell.values[compound.variable] = items[0].value if len(items) == 1 and not items[0].is_glob else HOLE

    def _define(self, function: Function, here: Here) -> None:
        here.shell.functions[function.name] = (Body(function.body, here.frame),)
        here.shell.texts[function.name] = function.text

    # Simple commands.

    def _simple(self, simple: Simple, here: Here) -> None:
        fed = self._fed(simple, here)
        args = expand(simple.words, here.shell.values)
        self._prompts(simple, here)
        self._assign(simple, args, here)
        self._writes(simple.redirects, args, here)
        if not args:
            return
        stdin = read_by(simple.redirects, here.shell)
        setting = here.setting if stdin is None else here.setting._replace(stdin=stdin)
        here.shell.downloads |= downloaded_by(simple, args, here.shell)
        Call(self, here.reading(setting), fed, (simple.start, simple.end)).run(args)
        if args[0].value in DECLARING:
            here.shell.freeze(args, [assignment.name for assignment in simple.assignments])

    def _fed(self, simple: Simple, here: Here) -> dict[int, Stream]:
        """Walks every substitution of a command; answers word → what its substitution comes to."""
        for assignment in simple.assignments:
            self.commands(assignment.body, here.inside())
        for redirect in simple.redirects:
            self._substituted(redirect.target, here)
        streams = {
            word.start: self._substituted(word, here)
            for word in simple.words
            if len(word.pieces) > 1 or word.pieces[0].body
        }
        return {start: stream for start, stream in streams.items() if stream is not None}

    def _substituted(self, word: Word, here: Here) -> Stream | None:
        stream: Stream | None = None
        for piece in word.pieces:
            if piece.body:
                self.commands(piece.body, here.inside().reading(here.setting._replace(stdin=None)))
                if piece.kind in ("command", "process"):
                    stream = printed_by_all(piece.body, here.shell, None)
        return stream

    def _assign(self, simple: Simple, args: Sequence[Arg], here: Here) -> None:
        if args and args[0].value in DECLARING:
            here.shell.export(args, [assignment.name for assignment in simple.assignments])
        for assignment in simple.assignments:
            if not args or args[0].value in DECLARING:
                value = HOLE if assignment.value is None else value_of(assignment.value, here.shell.values)
                here.shell.set({assignment.name: value})
            if assignment.body and printed_by_all(assignment.body, here.shell, None).origin == "download":
                here.shell.downloads.add(f"${assignment.name}")
            text = "" if assignment.value is None else value_of(assignment.value, here.shell.values)
            self.set(assignment.name, text, here.frame.locate(assignment.start, assignment.end), here)

    def set(self, name: str, value: str, span: Span, here: Here) -> None:
        """A variable's new value, as far as a shell would run it by itself: in a prompt, or as a subscript."""
        if name in HIJACKING or (name == "PATH" and _is_foreign(value)):
            why = f"{name} changes what later commands run"
            self.add(Verdict("caution", "opaque", "assign-hook", why, span))
        if name in CALLED and not VIEWERS.match(value):
            self.add(Verdict("caution", "opaque", "assign-command", f"{name} names a command that others run", span))
            self.script(value, here.shell.copy(), here.setting.deeper(), lambda _start, _end: span)
        if SUBSCRIPT.search(value) or (name in PROMPTS and ("$(" in value or "`" in value)):
            self.script(value, here.shell.copy(), here.setting.deeper(), lambda _start, _end: span)

    def _prompts(self, simple: Simple, here: Here) -> None:
        """`${x@P}` is read as a prompt: what stands in it as a substitution runs."""
        values = (each.value for each in simple.assignments if each.value is not None)
        words = (*simple.words, *values, *(redirect.target for redirect in simple.redirects))
        for word, piece in ((each, piece) for each in words for piece in each.pieces):
            if piece.kind == "parameter" and piece.operator.endswith("@P"):
                self._prompt(here.shell.values.get(piece.value, HOLE), here.frame.locate(word.start, word.end), here)

    def _prompt(self, text: str, span: Span, here: Here) -> None:
        if HOLE in text:
            self._doubt("prompt-unknown", "what runs inside of a variable is only known then", span)
        if "$(" in text or "`" in text:
            self.script(text, here.shell.copy(), here.setting.deeper(), lambda _start, _end: span)

    def _writes(self, redirects: Sequence[Redirect], args: Sequence[Arg], here: Here) -> None:
        for verdict in written_by(redirects, args, here):
            self.add(verdict)


def _leaves(command: Command) -> bool:
    """What stands behind it runs only if it did not: `cd … || exit`."""
    if isinstance(command, Compound):
        return command.kind == "compound_statement" and bool(command.body) and _leaves(command.body[-1])
    words = command.words if isinstance(command, Simple) else ()
    return bool(words) and words[0].pieces[0].value in LEAVING


def _joined(compound: Compound) -> list[Command]:
    """`a && b || c` as three commands; the grammar nests the first two."""
    if not compound.body:
        return [Simple((), (), (), compound.start, compound.end)]
    first, *rest = compound.body
    is_nested = isinstance(first, Compound) and first.kind == "list" and not first.redirects
    return [*_joined(first), *rest] if is_nested and isinstance(first, Compound) else [first, *rest]


def _is_foreign(path: str) -> bool:
    """A search path that begins elsewhere, or that leaves out what was there before."""
    return path.startswith(NOT_PROGRAMS) or (HOLE not in path and not STANDARD_PATH.match(path))
