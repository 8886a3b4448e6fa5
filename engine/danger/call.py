"""One command with its arguments: through every wrapper to what really runs, and there to the rules."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..model import Level
from .carriers import BY_TOOL, Carrier
from .code import look
from .invocation import Invocation, Setting
from .memory import Frame, Locate, Shell
from .options import CommandLine, take_apart
from .pattern import compile_pattern
from .stream import Stream
from .tables import Row, Tables
from .targets import target_of
from .verbs import FORCING, verb_of
from .verdict import LEVELS, Category, Verdict
from .words import HOLE, Arg

if TYPE_CHECKING:
    from .walk import Walk

SCRIPTED = frozenset(
    "bash sh zsh dash ksh mksh ash fish rbash python python2 python3 pypy3 perl ruby node nodejs deno bun php lua".split()  # noqa: SIM905
)
"""Commands whose first operand is a file of code."""
SOURCES = frozenset({"source", "."})
KEYS = frozenset({"Enter", "C-m", "KPEnter", "\\n", "C-j", "^M"})
ASSIGNS = re.compile(r"[A-Za-z_]\w*\+?=")
QUOTED = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'([^']*)'")
HELP = frozenset({"--help", "-help", "--version", "-version", "-?"})
MILD = frozenset(
    {"clean", "cleanup", "clear", "expire", "gc", "detach", "format", "down", "leave", "suspend", "demote", "forget"}
)
"""Destroying verbs that mean less, where nobody knows the tool."""


class Call:
    """Judges one command. What it finds goes to the walk."""

    def __init__(self, walk: Walk, shell: Shell, setting: Setting, frame: Frame, fed: Mapping[int, Stream]) -> None:
        self._walk = walk
        self._shell = shell
        self._setting = setting
        self._frame = frame
        self._fed = fed
        self._tables: Tables = walk.tables

    def run(self, args: Sequence[Arg]) -> None:
        if self._setting.depth > 24:
            self._say("unknown", "opaque", "too-deep", "commands within commands, too deep to be followed", args)
            return
        name = args[0]
        tool = self._tables.name(name.value)
        if HOLE in tool or not tool:
            self._nameless(args)
        elif tool in self._shell.functions:
            self._function(tool, args)
        elif name.value in self._walk.memory.functions:
            self._remembered(name.value, args)
        elif expansion := self._alias(tool, name):
            self._again([*expansion, *args[1:]])
        elif (length := self._wrapped(args)) is not None:
            self._wrapper(args, length)
        else:
            self._tool(tool, args)

    def _again(self, args: Sequence[Arg], **changes: object) -> None:
        """Another command in place of this one: a wrapper's, an alias's."""
        setting = self._setting._replace(depth=self._setting.depth + 1)._replace(**changes)  # type: ignore[arg-type]
        if args:
            Call(self._walk, self._shell, setting, self._frame, self._fed).run(args)

    def _nameless(self, args: Sequence[Arg]) -> None:
        """Nobody knows which command it will be; what stands behind may be one (`$SUDO rm`)."""
        stream = self._fed.get(args[0].start)
        if stream is not None and stream.origin == "download":
            self._downloaded(args)
            return
        self._say("unknown", "opaque", "unknown-name", "which command this runs is only known then", args[:1])
        if len(args) > 1 and self._tables.knows(self._tables.name(args[1].value)):
            self._again(args[1:])

    def _function(self, tool: str, args: Sequence[Arg]) -> None:
        body, frame = self._shell.functions[tool]
        shell = self._shell.copy()
        shell.functions.pop(tool)  # a function that calls itself does nothing new
        shell.values |= {str(place): arg.value for place, arg in enumerate(args[1:10], start=1)}
        shell.values |= {name: " ".join(arg.value for arg in args[1:]) for name in "@*"}
        setting = self._setting._replace(depth=self._setting.depth + 1)
        self._walk.commands(body, shell, setting, frame)

    def _remembered(self, name: str, args: Sequence[Arg]) -> None:
        """A function that an earlier step defined."""
        shell = self._shell.copy()
        shell.values |= {str(place): arg.value for place, arg in enumerate(args[1:10], start=1)}
        shell.values |= {each: " ".join(arg.value for arg in args[1:]) for each in "@*"}
        span = self._frame.locate(args[0].start, args[0].end)
        body = self._walk.memory.functions[name]
        self._walk.script(body, shell, self._deeper(), lambda _start, _end: span)

    def _alias(self, tool: str, name: Arg) -> list[Arg]:
        known = self._shell.aliases.get(name.value)
        words = tuple(known.split()) if known is not None else self._tables.aliases.get(tool, ())
        if not words or (known is None and self._tables.knows(tool)) or words[0] == tool:
            return []
        return [Arg(word, name.start, name.end) for word in words]

    def _wrapped(self, args: Sequence[Arg]) -> int | None:
        """How many words of a configured wrapper the command begins with."""
        values = [arg.value for arg in args]
        return next((len(words) for words in self._tables.wrappers if values[: len(words)] == list(words)), None)

    def _wrapper(self, args: Sequence[Arg], length: int) -> None:
        """The command behind it is the first word that names a known tool, or what stands behind `--`."""
        values = [arg.value for arg in args]
        if "--" in values[length:]:
            self._again(args[values.index("--", length) + 1 :])
            return
        for place in range(length, len(args)):
            if self._tables.knows(self._tables.name(values[place])):
                self._again(args[place:])
                return
        self._say("unknown", "opaque", "wrapper", "what this wrapper runs is not understood", args)

    # Tools.

    def _tool(self, tool: str, args: Sequence[Arg]) -> None:
        special = SPECIAL.get(tool)
        if special is not None and special(self, tool, args):
            return
        if self._carry(tool, args):
            return
        if tool in SCRIPTED and self._scripted(tool, args):
            return
        if not self._rule(tool, args):
            self._by_verb(tool, args)

    def _rule(self, tool: str, args: Sequence[Arg]) -> bool:
        about = self._tables.tool(tool)
        line = take_apart(args[1:], frozenset(about.valued.split()), long_dash=about.long_dash)
        invocation = self._invocation(tool, args, line, fold=about.fold)
        for row in self._tables.rows(tool):
            taken = row.pattern.match(invocation)
            if taken is not None:
                self._decide(row, invocation, taken)
                return True
        if any(option.name in HELP for option in line.options) and self._tables.knows(tool):
            self._say("safe", "mention", "help", "only prints its help or version", args)
            return True
        return False

    def _decide(self, row: Row, invocation: Invocation, taken: int) -> None:
        rule = row.rule
        args = (invocation.name, *invocation.args)
        target = target_of(invocation, taken) if rule.level == "dangerous" else ""
        self._say(rule.level, rule.category, row.id, rule.why, args, target, row)

    def _by_verb(self, tool: str, args: Sequence[Arg]) -> None:
        """No row knows this line: its verb decides, as far as the tool's words mean what they say."""
        about = self._tables.tool(tool)
        line = take_apart(args[1:], frozenset(about.valued.split()), long_dash=about.long_dash)
        said = verb_of([arg.value for arg in line.operands])
        invocation = self._invocation(tool, args, line)
        forced = any(option.name in FORCING for option in line.options)
        if "/" in args[0].value and not self._tables.knows(tool):
            self._file(args[0], args)
        elif said is not None and said.level == "dangerous":
            mild = not about.has_verbs and said.verb in MILD
            why = f"{tool} {said.verb}: takes something away"
            level: Level = "caution" if mild else "dangerous"
            self._say(level, said.category, f"verb-{said.verb}", why, args, target_of(invocation, said.place + 1))
        elif said is not None and said.level == "caution":
            self._say("caution", said.category, f"verb-{said.verb}", f"{tool} {said.verb}: changes something", args)
        elif said is not None and about.has_verbs and not forced:
            self._say("safe", "read_only", f"verb-{said.verb}", f"{tool} {said.verb}: only reads", args)
        elif forced:
            self._say("caution", "opaque", "forced", f"{tool} is told not to ask back", args)
        else:
            self._say("unknown", "opaque", "unknown-command", f"what {tool} does is not known", args)

    # Files of code.

    def _scripted(self, tool: str, args: Sequence[Arg]) -> bool:
        """An interpreter with a file, or with nothing: then a person types into it."""
        line = take_apart(
            args[1:], frozenset({"-m", "-W", "-X", "-r", "-I", "-M", "-O", "-o", "--rcfile"}), most_operands=1
        )
        names = {option.name for option in line.options}
        module = next((option for option in line.options if option.name == "-m" and option.value), None)
        if "-n" in names and tool not in ("perl", "ruby", "python", "python3"):
            self._say("safe", "dry_run", "syntax-only", "only checks the syntax", args)
        elif names & {"--version", "--help", "-V"}:
            self._say("safe", "mention", "help", "only prints its help or version", args)
        elif module is not None and tool.startswith(("python", "pypy")):
            self._again([module.arg._replace(value=module.value or ""), *line.operands, *line.rest])
        elif not line.operands:
            why = f"opens an interactive {tool}"
            self._say("caution", "privilege", "interactive", why, args)
        else:
            self._script_file(tool, line, args)
        return True

    def _script_file(self, tool: str, line: CommandLine, args: Sequence[Arg]) -> None:
        script = line.operands[0]
        known = self._tables.name(script.value)
        stream = self._fed.get(script.start)
        if stream is not None:
            self._stream(stream, "shell" if tool not in BY_TOOL else BY_TOOL[tool][0].stdin, args)
        elif script.value == "-" and self._setting.stdin is not None:
            self._stream(self._setting.stdin, BY_TOOL[tool][0].stdin, args)
        elif self._tables.knows(known) and known != tool:
            self._again([script, *line.rest])
        else:
            self._file(script, args)

    def _file(self, script: Arg, args: Sequence[Arg]) -> None:
        """Code in a file: fetched a moment ago, or simply not read by anybody here."""
        if self._shell.downloads & {script.value, script.value.removeprefix("./")}:
            self._downloaded(args)
        else:
            self._say("caution", "opaque", "script", f"runs {self._written(script)}, which is not read here", args)

    def _downloaded(self, args: Sequence[Arg]) -> None:
        why = "runs code from elsewhere that nobody has read"
        self._say("dangerous", "pipe_to_shell", "download-to-shell", why, args, self._place(args))

    # Carriers.

    def _carry(self, tool: str, args: Sequence[Arg]) -> bool:
        """Judges the command inside this one. False when its own rules are wanted, too or only."""
        for carrier in BY_TOOL.get(tool, ()):
            line = self._line(tool, carrier, args)
            if line is not None and self._deliver(tool, carrier, line, args):
                return not carrier.also
        return False

    def _line(self, tool: str, carrier: Carrier, args: Sequence[Arg]) -> CommandLine | None:
        wanted = len(carrier.leading) + carrier.skip
        most = wanted if carrier.rest and not carrier.dashes else None
        long_dash = self._tables.tool(tool).long_dash
        line = take_apart(args[1:], carrier.valued_options, long_dash=long_dash, most_operands=most)
        if line.has_dashes and most is not None and len(line.operands) < wanted:  # `ssh -- host command`
            lacking = wanted - len(line.operands)
            line = line._replace(operands=(*line.operands, *line.rest[:lacking]), rest=line.rest[lacking:])
        leading = carrier.leading
        if len(line.operands) < len(leading):
            return None
        if any(arg.value not in words for arg, words in zip(line.operands, leading, strict=False)):
            return None
        if carrier.when and compile_pattern(carrier.when).match(self._invocation(tool, args, line)) is None:
            return None
        return line

    def _deliver(self, tool: str, carrier: Carrier, line: CommandLine, args: Sequence[Arg]) -> bool:
        setting = self._inner(carrier, line)
        delivered = False
        for option in line.options:
            language = (carrier.options or {}).get(option.name)
            if language is not None and option.value is not None:
                self._code(language, option.value, option.arg, setting)
                delivered = True
        rest: Sequence[Arg] = line.rest if not carrier.dashes or line.has_dashes else ()
        if (
            carrier.rest
            and not rest
            and carrier.rest == "first"
            and len(line.operands) > len(carrier.leading) + carrier.skip
        ):
            rest = line.operands[len(carrier.leading) + carrier.skip :]
        if carrier.rest == "argv":
            rest = _without_assignments(rest)
        if carrier.rest and rest:
            self._rest(carrier, rest, setting)
            delivered = True
        reads = not delivered and bool(carrier.stdin) and self._setting.stdin is not None
        if reads and self._setting.stdin is not None and not self._has_script(tool, line):
            self._stream(self._setting.stdin, carrier.stdin, args, setting)
            delivered = True
        return delivered

    def _has_script(self, tool: str, line: CommandLine) -> bool:
        """An interpreter given a file does not take its code from standard input."""
        names = {option.name for option in line.options}
        return tool in SCRIPTED and bool(line.operands) and "-s" not in names and line.operands[0].value != "-"

    def _inner(self, carrier: Carrier, line: CommandLine) -> Setting:
        setting = self._deeper()
        place = len(carrier.leading)
        if carrier.is_remote and len(line.operands) > place:
            setting = setting._replace(host=self._written(line.operands[place]).rpartition("@")[2].strip("\"'"))
        return setting._replace(is_bulk=True) if carrier.is_bulk else setting

    def _rest(self, carrier: Carrier, rest: Sequence[Arg], setting: Setting) -> None:
        if carrier.rest == "argv":
            words = [*rest, *self._appended(carrier, rest)]
            Call(self._walk, self._shell, setting, self._frame, self._fed).run(words)
            return
        if carrier.rest == "first":
            rest = rest[:1]
        if carrier.language == "keys":
            rest = [arg for arg in rest if arg.value not in KEYS]
        if not rest:
            return
        language = "shell" if carrier.language == "keys" else carrier.language
        joined = rest[0]._replace(value=" ".join(arg.value for arg in rest), end=rest[-1].end)
        self._code(language, joined.value, joined, setting)

    def _appended(self, carrier: Carrier, rest: Sequence[Arg]) -> list[Arg]:
        """`xargs` puts what it reads behind the command it runs."""
        if "xargs" not in carrier.names:
            return []
        stdin = self._setting.stdin
        text = stdin.text.strip() if stdin is not None and stdin.text is not None else HOLE
        if HOLE in text:
            return [Arg(HOLE, rest[-1].start, rest[-1].end, is_listing=True)]
        return [Arg(word, rest[-1].start, rest[-1].end) for word in text.split()]

    # Code.

    def _code(self, language: str, text: str, arg: Arg, setting: Setting) -> None:
        """A program as one argument."""
        if not text.replace(HOLE, "").strip():
            self._stream(self._fed.get(arg.start) or Stream("output"), language, [arg], setting)
            return
        family, _, detail = language.partition(":")
        locate = self._inside(text, arg)
        if family == "shell":
            self._walk.script(text, self._inherited(setting), setting, locate)
        elif family == "sql":
            self._sql(text, detail, locate, setting)
        elif family == "words":
            self._lines(detail, text, arg, setting)
        elif family == "strings":
            for found in QUOTED.finditer(text):
                self._code("shell", found[1] or found[2] or "", arg, setting)
        else:
            self._program(language, text, arg, setting)

    def _inherited(self, setting: Setting) -> Shell:
        """A shell elsewhere knows nothing of this one."""
        return Shell() if setting.host else self._shell.copy()

    def _sql(self, text: str, dialect: str, locate: Locate, setting: Setting) -> None:
        verdict = self._walk.judge_sql(text, dialect)
        start, end = locate(*verdict.span)
        target = f"{setting.host}:{verdict.target}" if setting.host and verdict.target else verdict.target
        self._walk.add(verdict, (start, end), target)

    def _lines(self, tool: str, text: str, arg: Arg, setting: Setting) -> None:
        """A text of commands for a program of its own, one a line: each is judged as if it stood behind its name."""
        for line in text.splitlines():
            try:
                words = shlex.split(line.replace(HOLE, "\ufffc"), comments=False)
            except ValueError:
                words = line.split()
            if words:
                args = [Arg(tool, arg.start, arg.end), *(Arg(word, arg.start, arg.end) for word in words)]
                inner = setting._replace(stdin=None, depth=setting.depth + 1)
                Call(self._walk, self._shell, inner, self._frame, self._fed)._tool(tool, args)

    def _program(self, language: str, text: str, arg: Arg, setting: Setting) -> None:
        seen = look(text, language)
        target = f"{setting.host or language}" if seen.level == "dangerous" else ""
        self._say(seen.level, seen.category, seen.rule, seen.why, [arg], target)
        for command in seen.shell:
            self._walk.script(command, Shell(), setting, self._inside(command, arg))

    def _stream(self, stream: Stream, language: str, args: Sequence[Arg], setting: Setting | None = None) -> None:
        """A program that comes through a pipe, a file or a here-document."""
        setting = setting or self._deeper()
        if stream.text is not None and stream.text.replace(HOLE, "").strip():
            self._code(language, stream.text, Arg(stream.text, *stream.span), setting._replace(stdin=None))
        elif stream.origin == "download":
            self._downloaded(args)
        else:
            why = (
                "runs what a file holds, which is not read here"
                if stream.origin == "file"
                else "runs what another command prints"
            )
            self._say("caution", "opaque", f"from-{stream.origin}", why, args)

    def _inside(self, text: str, arg: Arg) -> Locate:
        """Places in a nested text → places in the judged one; the whole argument where quoting has shifted them."""
        outer = self._frame.locate
        start = self._frame.text.find(text, arg.start, max(arg.end, arg.start + len(text)))
        if start < 0 or start + len(text) > arg.end:
            span = outer(arg.start, arg.end)
            return lambda _first, _last: span
        return lambda first, last: outer(start + first, start + last)

    # What is said.

    def _deeper(self) -> Setting:
        return self._setting._replace(depth=self._setting.depth + 1)

    def _invocation(self, tool: str, args: Sequence[Arg], line: CommandLine, *, fold: bool = False) -> Invocation:
        return Invocation(
            tool, args[0], tuple(args[1:]), line, self._setting, self._frame.text, self._shell.directory, fold
        )

    def _written(self, arg: Arg) -> str:
        return self._frame.text[arg.start : arg.end]

    def _place(self, args: Sequence[Arg]) -> str:
        return self._setting.host or self._written(args[0]) or args[0].value

    def _say(
        self,
        level: Level,
        category: Category,
        rule: str,
        why: str,
        args: Sequence[Arg],
        target: str = "",
        row: Row | None = None,
    ) -> None:
        span = self._frame.locate(args[0].start, max(arg.end for arg in args))
        if level == "dangerous" and not target:
            target = self._place(args)
        raised = self._raised(level, args)
        if raised != level:
            why = f"{why}; it names {self._walk.environment_of(args)}"
            target = target or self._place(args)
        self._walk.add(
            Verdict(raised, category, rule, why, span, target), span, target, row=row, args=args, frame=self._frame
        )

    def _raised(self, level: Level, args: Sequence[Arg]) -> Level:
        to = self._walk.raised(level, [arg.value for arg in args], self._setting.host)
        return to if LEVELS.index(to) > LEVELS.index(level) else level


def _without_assignments(args: Sequence[Arg]) -> Sequence[Arg]:
    place = 0
    while place < len(args) and ASSIGNS.match(args[place].value):
        place += 1
    return args[place:]


# Commands whose line is like no other.


def _find(call: Call, tool: str, args: Sequence[Arg]) -> bool:
    """`find … -exec COMMAND ;`: the command runs on everything under the starting points."""
    starts = [arg for arg in args[1:] if not arg.value.startswith(("-", "(", "!"))][:1]
    place = 1
    found = False
    while place < len(args):
        if args[place].value in ("-exec", "-execdir", "-ok", "-okdir"):
            inner: list[Arg] = []
            place += 1
            while place < len(args) and args[place].value not in (";", "+", "\\;"):
                path = f"{starts[0].value.rstrip('/')}/{HOLE}" if starts else HOLE
                inner.append(args[place]._replace(value=args[place].value.replace("{}", path)))
                place += 1
            if inner:
                call._again(inner, is_bulk=True)
                found = True
        place += 1
    if found:
        outer = _outside_exec(args)
        call._rule(tool, outer)
    return found


def _outside_exec(args: Sequence[Arg]) -> list[Arg]:
    kept: list[Arg] = []
    inside = False
    for arg in args:
        if arg.value in ("-exec", "-execdir", "-ok", "-okdir"):
            inside = True
        if not inside:
            kept.append(arg)
        if inside and arg.value in (";", "+", "\\;"):
            inside = False
    return kept


def _cd(call: Call, _tool: str, args: Sequence[Arg]) -> bool:
    """Where relative paths lie from here on."""
    operands = [arg for arg in args[1:] if not arg.value.startswith("-")]
    path = operands[0].value if operands else "~"
    known = not operands or not operands[0].is_open
    if known and not path.startswith(("/", "~")) and call._shell.directory:
        path = f"{call._shell.directory.rstrip('/')}/{path}"
    call._shell.directory = path if known and path.startswith(("/", "~")) else ""
    return False


def _alias(call: Call, _tool: str, args: Sequence[Arg]) -> bool:
    for arg in args[1:]:
        name, equals, value = arg.value.partition("=")
        if equals:
            call._shell.aliases[name] = value
    return False


def _source(call: Call, tool: str, args: Sequence[Arg]) -> bool:
    if len(args) < 2:
        return False
    stream = call._fed.get(args[1].start)
    if stream is not None:
        call._stream(stream, "shell", args)
    else:
        call._file(args[1], args)
    return True


def _git(call: Call, _tool: str, args: Sequence[Arg]) -> bool:
    """`git -c alias.z='!command' z` runs the command."""
    for arg in args[1:]:
        found = re.match(
            r"(?:alias\.[\w-]+|core\.(?:pager|editor|sshCommand|fsmonitor|hooksPath))=!?(.*)", arg.value, re.DOTALL
        )
        if found:
            call._code("shell", found[1], arg, call._deeper())
    return False


def _test(call: Call, _tool: str, args: Sequence[Arg]) -> bool:
    call._say("safe", "read_only", "test", "only tests", args)
    return True


SPECIAL = {
    "find": _find,
    "gfind": _find,
    "cd": _cd,
    "pushd": _cd,
    "alias": _alias,
    "source": _source,
    ".": _source,
    "git": _git,
    "[": _test,
    "test": _test,
    "[[": _test,
}
