"""Code inside a command line: an argument, a here-document, a pipe, a file."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..expressions import expression
from .code import look
from .files import writing
from .invocation import Setting
from .memory import Locate, Shell
from .stream import Stream
from .verdict import Verdict
from .words import HOLE, Arg

if TYPE_CHECKING:
    from .call import Call

LINE = expression(r"""(?:[^;\n"']|"[^"]*"|'[^']*'|["'])+""")
QUOTED = expression(r"\"((?:[^\"\\]|\\.)*)\"|'([^']*)'")


def run_code(call: Call, language: str, text: str, arg: Arg, setting: Setting) -> None:
    """A program as one argument. `language`: see `Carrier.language`."""
    if not text.replace(HOLE, "").strip():
        name = "$" + call.written(arg).strip("\"'${}")
        known = Stream("download") if name in call.shell.downloads else None
        run_stream(call, call.fed.get(arg.start) or known or Stream("output"), language, [arg], setting)
        return
    family, _, detail = language.partition(":")
    locate = _inside(call, text, arg)
    if family == "shell":
        if HOLE in text:  # whatever that turns out to be is read as shell text: `; rm -rf /`
            why = "a part of the text that is run here is only known then"
            call.walk.add(Verdict("unknown", "opaque", "text-unknown", why, locate(0, len(text))))
        inner = setting._replace(shares=False)
        for shell in _shells(call, text, setting):
            call.walk.script(text, shell, inner, locate)
    elif family == "sql":
        _sql(call, text, detail, locate, setting)
    elif family == "words":
        _lines(call, detail, text, arg, setting)
    elif family == "setting":  # `-o ProxyCommand=…`
        key, _, value = text.partition("=")
        if key.strip().lower().endswith("command") and value:
            run_code(call, "shell", value, arg, setting)
            call.say("caution", "opaque", "option-runs", f"{key} runs another command", [arg])
    elif family in ("bang", "bind"):
        _escaped(call, text, "!" if family == "bang" else ":", arg, setting)
    elif family == "strings":
        strings = [found[1] or found[2] or "" for found in QUOTED.finditer(text)]
        for command in strings or [text.partition("commands=")[2]]:
            run_code(call, "shell", command, arg, setting)
    else:
        _program(call, language, text, arg, setting)


def _shells(call: Call, text: str, setting: Setting) -> list[Shell]:
    """What the shell that runs the code may know."""
    if setting.shares:
        return [call.shell]
    return [Shell()] if setting.host else call.shell.children(text, stripped=setting.is_stripped)


def run_stream(call: Call, stream: Stream, language: str, args: Sequence[Arg], setting: Setting | None = None) -> None:
    """A program that comes through a pipe, a file or a here-document."""
    if stream.text is not None and stream.text.replace(HOLE, "").strip():
        inner = (setting or call.setting.deeper())._replace(stdin=None)
        run_code(call, language, stream.text, Arg(stream.text, *stream.span), inner)
    if stream.origin == "text" and stream.text is not None and stream.text.replace(HOLE, "").strip():
        return
    if (setting or call.setting).shares:
        call.shell.forget()
    if stream.origin == "download":
        download(call, args)
    elif stream.origin == "file":
        call.say("caution", "opaque", "from-file", "runs what a file holds, which is not read here", args)
    else:
        call.say("caution", "opaque", "from-output", "runs what another command prints", args)


def write_out(call: Call, text: str, arg: Arg, setting: Setting) -> None:
    """The file that a client puts its answers in; behind a bar it is a command that gets them."""
    if text.startswith("|"):
        run_code(call, "shell", text[1:], arg, setting)
        call.say("caution", "opaque", "output-runs", "sends the output to a shell command", [arg])
        return
    source = call.written(arg)
    source = source.partition("=")[2] if source.startswith("-") else source
    write = writing(call.shell.path(text), source, append=False, nothing=False)
    if write is not None:
        place = f"{setting.host}:{source}" if setting.host else source
        call.say(write.level, write.category, write.rule, write.why, [arg], target=place)


def is_unread(call: Call, tool: str, name: Arg) -> bool:
    """The command is a file somewhere, and no tool anybody knows."""
    is_path = "/" in name.value or name.value in call.shell.downloads
    return not call.tables.knows(tool) and (is_path or name.value.endswith((".sh", ".py", ".rb", ".pl")))


def run_file(call: Call, script: Arg, args: Sequence[Arg]) -> None:
    """Code in a file: fetched a moment ago, or simply not read by anybody here. `source` lets it change the shell."""
    if call.setting.shares:
        call.shell.forget()
    if call.shell.downloads & {script.value, script.value.removeprefix("./"), script.value.rsplit("/", 1)[-1]}:
        download(call, args)
    else:
        call.say("caution", "opaque", "script", f"runs {call.written(script)}, which is not read here", args)


def download(call: Call, args: Sequence[Arg]) -> None:
    why = "runs code from elsewhere that nobody has read"
    call.say("dangerous", "pipe_to_shell", "download-to-shell", why, args)


def _sql(call: Call, text: str, dialect: str, locate: Locate, setting: Setting) -> None:
    verdict = call.walk.judge_sql(text, dialect)
    target = f"{setting.host}:{verdict.target}" if setting.host and verdict.target else verdict.target
    call.walk.add(verdict.at(locate(*verdict.span), target))


def _escaped(call: Call, text: str, sign: str, arg: Arg, setting: Setting) -> None:
    """A command for an editor or a pager, which runs what stands behind an exclamation mark."""
    command = text.partition(sign)[2]
    if command:
        run_code(call, "shell", command, arg, setting)


def _lines(call: Call, tool: str, text: str, arg: Arg, setting: Setting) -> None:
    """Commands for a program of its own, one a line: each is judged as if it stood behind the program's name."""
    for line in LINE.findall(text):
        try:
            words = shlex.split(line)
        except ValueError:
            words = line.split()
        if words:
            call.at(setting._replace(stdin=None)).as_tool(
                tool, [Arg(word, arg.start, arg.end) for word in (tool, *words)]
            )


def _program(call: Call, language: str, text: str, arg: Arg, setting: Setting) -> None:
    seen = look(text, language)
    if seen.level == "safe" and language == "sed":  # its options say whether it prints or edits in place
        return
    target = (setting.host or language) if seen.level == "dangerous" else ""
    call.say(seen.level, seen.category, seen.rule, seen.why, [arg], target=target)
    for command in seen.shell:
        call.walk.script(command, Shell(), setting, _inside(call, command, arg))


def _inside(call: Call, text: str, arg: Arg) -> Locate:
    """Places in a nested text → places in the judged one; the whole argument where quoting has shifted them."""
    outer = call.frame.locate
    start = call.frame.text.find(text, arg.start, arg.end)
    if start < 0:
        span = outer(arg.start, arg.end)
        return lambda _first, _last: span
    return lambda first, last: outer(start + first, start + last)
