"""Interpreters: a file of code, a module, standard input, or a person who types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .carriers import BY_TOOL
from .options import CommandLine, take_apart
from .programs import run_file, run_stream
from .words import Arg

if TYPE_CHECKING:
    from .call import Call

SHELLS = frozenset({"bash", "sh", "zsh", "dash", "ksh", "mksh", "ash", "fish", "rbash"})
PYTHONS = frozenset({"python", "python2", "python3", "pypy3"})
SCRIPTED = SHELLS | PYTHONS | {"perl", "ruby", "node", "nodejs", "deno", "bun", "php", "lua"}
"""Commands whose first operand is a file of code."""
STANDARD_INPUT = frozenset({"-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"})
VALUED = frozenset({"-m", "-W", "-X", "-r", "-I", "-M", "-O", "-o", "--rcfile"})


def run_script(call: Call, tool: str, args: Sequence[Arg]) -> bool:
    line = take_apart(args[1:], VALUED, most_operands=1)
    names = {option.name for option in line.options}
    module = next((option for option in line.options if option.name == "-m" and option.value), None)
    if tool in SHELLS and "-n" in names:
        call.say("safe", "dry_run", "syntax-only", "only checks the syntax", args)
    elif names & {"--version", "--help", "-V", "-version"} or (names == {"-v"} and not line.operands):
        call.say("safe", "mention", "help", "only prints its help or version", args)
    elif module is not None and tool in PYTHONS:
        call.again([module.arg._replace(value=module.value or ""), *line.operands, *line.rest])
    elif line.operands:
        _file(call, tool, line, args)
    else:
        call.say("caution", "privilege", "interactive", f"opens an interactive {tool}", args)
    return True


def _file(call: Call, tool: str, line: CommandLine, args: Sequence[Arg]) -> None:
    """`bash kafka-topics.sh …` is what `kafka-topics.sh …` is."""
    script = line.operands[0]
    language = BY_TOOL[tool][0].stdin
    known = call.tables.name(script.value)
    stream = call.setting.stdin if script.value in STANDARD_INPUT else call.fed.get(script.start)
    if stream is not None:
        run_stream(call, stream, language, args)
    elif call.tables.knows(known) and known != tool:
        call.again([script, *line.rest])
    else:
        run_file(call, script, args)
