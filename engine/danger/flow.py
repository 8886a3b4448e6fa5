"""What the commands of a script hand on: through pipes, and as files they fetch."""

from __future__ import annotations

from collections.abc import Sequence

from ..expressions import expression
from ..syntax.script import Command, Compound, Pipeline, Simple
from .memory import Shell
from .options import take_apart
from .stream import DOWNLOADERS, Stream, printed
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
        return printed_by(command.body[-1], shell, stdin) if command.body else Stream("output")
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
