"""What the commands of a script hand on: through pipes, and as files they fetch."""

from __future__ import annotations

from collections.abc import Sequence

from ..expressions import expression
from ..syntax.script import Command, Compound, Pipeline, Simple
from .memory import Shell
from .options import take_apart
from .stream import DOWNLOADERS, Origin, Stream, printed
from .words import Arg, expand, value_of

TRANSPARENT = frozenset({"sudo", "doas", "env", "command", "time", "nice", "timeout", "nohup", "stdbuf", "unbuffer"})
NAMED = frozenset({"-o", "-O", "--output", "--output-document"})
VALUED = NAMED | {"-H", "-d", "-X", "--header", "--data", "--request", "-u"}
OPTION = expression(r"-|[A-Za-z_]\w*=|\d+[smhd]?\Z")


def printed_by(command: Command, shell: Shell, stdin: Stream | None) -> Stream:
    """What a command of a pipeline gives to the next one."""
    if isinstance(command, Pipeline):
        stream = stdin
        for each in command.commands:
            stream = printed_by(each, shell, stream)
        return stream or Stream("output")
    if isinstance(command, Compound):
        return printed_by_all(command.body, shell, stdin)
    if not isinstance(command, Simple):
        return Stream("output")
    args = unwrapped(expand(command.words, shell.values))
    if not args:
        return Stream("output")
    for redirect in command.redirects:
        if redirect.operator in ("<<", "<<<"):
            text = value_of(redirect.target, shell.values)
            stdin = Stream("text", text, (redirect.target.start, redirect.target.end))
    return printed(args[0].value.rsplit("/", 1)[-1], args[1:], stdin)


def printed_by_all(commands: Sequence[Command], shell: Shell, stdin: Stream | None) -> Stream:
    """What commands in a row print together. Where only some of it is known, that is its text; its origin says so."""
    streams = [printed_by(command, shell, stdin) for command in commands]
    if len(streams) == 1:
        return streams[0]
    origins = {stream.origin for stream in streams}
    known = [stream.text for stream in streams if stream.text is not None]
    origin: Origin = "download" if "download" in origins else "text" if origins == {"text"} else "output"
    span = streams[0].span if streams else (0, 0)
    return Stream(origin, "\n".join(known) if known else None, span)


def unwrapped(args: Sequence[Arg]) -> Sequence[Arg]:
    """The command behind `sudo`, `env` and the like."""
    while len(args) > 1 and args[0].value in TRANSPARENT:
        args = args[1:]
        while len(args) > 1 and OPTION.match(args[0].value):
            args = args[1:]
    return args


def downloaded_by(simple: Simple, args: Sequence[Arg], shell: Shell) -> set[str]:
    """Names of the files this command fetches."""
    args = unwrapped(args)
    if args[0].value.rsplit("/", 1)[-1] not in DOWNLOADERS:
        return set()
    line = take_apart(args[1:], VALUED)
    named = {option.value for option in line.options if option.name in NAMED and option.value}
    urls = {arg.value.rsplit("/", 1)[-1] for arg in line.operands if "/" in arg.value}
    redirected = {value_of(one.target, shell.values) for one in simple.redirects if one.operator in (">", ">|")}
    return named | urls | redirected
