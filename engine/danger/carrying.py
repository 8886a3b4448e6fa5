"""Finds the command inside another one, by the rows of `carriers.py`, and judges it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..expressions import expression
from .carriers import BY_TOOL, Carrier
from .invocation import Setting
from .options import CommandLine, take_apart
from .programs import run_code, run_file, run_stream, write_out
from .scripts import SCRIPTED, SHELLS, STANDARD_INPUT
from .words import HOLE, Arg

if TYPE_CHECKING:
    from .call import Call

KEYS = frozenset({"Enter", "C-m", "KPEnter", "\\n", "C-j", "^M"})
"""What `tmux send-keys` presses after the text."""
HANDS_DOWN = SHELLS | frozenset(
    """
    env time chronic ts stdbuf caffeinate nohup setsid unbuffer command builtin busybox exec nice ionice timeout
    gtimeout taskset chrt flock script xargs gxargs parallel watch strace ltrace eval trap
    """.split()  # noqa: SIM905
)
"""Commands that give all they have in their environment to the one they run."""
STRIPS = {"env": frozenset({"-i", "-", "-u", "--ignore-environment", "--unset"}), "exec": frozenset({"-c"})}
IS_FILE = expression(r"[\w./~-]+\.(?:rb|py|php|js|sql|awk|sed|sh)\Z")
ASSIGNS = expression(r"[A-Za-z_]\w*\+?=")


def carry(call: Call, tool: str, args: Sequence[Arg]) -> bool:
    """Judges the command inside this one. False when the tool's own rows are wanted, too or only."""
    for carrier in BY_TOOL.get(tool, ()):
        line = _line(call, tool, carrier, args)
        if line is not None and _deliver(call, tool, carrier, line, args) and not carrier.also:
            return True
    return False


def _line(call: Call, tool: str, carrier: Carrier, args: Sequence[Arg]) -> CommandLine | None:
    """The line taken apart as this row has it; None when the row is about another form of the tool."""
    if carrier.leading and not any(arg.value in carrier.leading[0] for arg in args):
        return None
    wanted = len(carrier.leading) + carrier.skip
    most = wanted if carrier.rest and not carrier.dashes else None
    long_dash = call.tables.tool(tool).long_dash
    line = take_apart(args[1:], carrier.valued_options, long_dash=long_dash, most_operands=most)
    lacking = wanted - len(line.operands)
    if line.has_dashes and most is not None and lacking > 0:  # `ssh -- host command`
        line = line._replace(operands=(*line.operands, *line.rest[:lacking]), rest=line.rest[lacking:])
    leads = [arg.value in words for arg, words in zip(line.operands, carrier.leading, strict=False)]
    if len(leads) < len(carrier.leading) or not all(leads):
        return None
    if not carrier.when:
        return line
    return line if carrier.condition.match(call.invocation(tool, args, line)) is not None else None


def _deliver(call: Call, tool: str, carrier: Carrier, line: CommandLine, args: Sequence[Arg]) -> bool:
    """Whether there was a command inside."""
    setting = _inner(call, tool, carrier, line)
    for option in line.options:
        if option.name in carrier.output_options and option.value:
            write_out(call, option.value, option.arg, setting)
    code = [(option, (carrier.options or {}).get(option.name)) for option in line.options if option.value is not None]
    programs = [(option.value or "", option.arg, language) for option, language in code if language is not None]
    for text, arg, language in programs:
        run_code(call, language, text, arg, setting)
    scripts = [option.arg for option in line.options if option.name in carrier.file_options and option.value]
    for script in scripts:
        stdin = call.setting.stdin if script.value in STANDARD_INPUT else None
        if stdin is None:
            run_file(call, script, args)
        else:
            run_stream(call, stdin, carrier.stdin, args, setting)
    rest = _rest_of(call, carrier, line)
    if rest:
        _run_rest(call, carrier, line, rest, setting)
    if programs or scripts or rest:
        return True
    stdin = call.setting.stdin
    if not carrier.stdin or stdin is None or _has_script(tool, line):
        return False
    run_stream(call, stdin, carrier.stdin, args, setting)
    return True


def _rest_of(call: Call, carrier: Carrier, line: CommandLine) -> Sequence[Arg]:
    if not carrier.rest or (carrier.dashes and not line.has_dashes):
        return ()
    behind = len(carrier.leading) + carrier.skip
    rest: Sequence[Arg] = line.rest if line.rest or carrier.rest != "first" else line.operands[behind:]
    if carrier.rest == "first" and rest and IS_FILE.match(rest[0].value):  # a file of code, and no code
        return ()
    if carrier.is_remote and carrier.rest == "code":  # `ssh host -N -L …`: options may follow the host
        rest = _behind_options(carrier, rest)
    place = 0
    while carrier.rest == "argv" and place < len(rest) and ASSIGNS.match(rest[place].value):  # `env A=b command`
        name, _, value = rest[place].value.partition("=")
        call.walk.set(name, value, call.frame.locate(rest[place].start, rest[place].end), call.here)
        place += 1
    return rest[place:]


def _behind_options(carrier: Carrier, rest: Sequence[Arg]) -> Sequence[Arg]:
    line = take_apart(rest, carrier.valued_options, most_operands=0)
    return line.rest


def _has_script(tool: str, line: CommandLine) -> bool:
    """An interpreter given a file does not take its code from standard input."""
    names = {option.name for option in line.options}
    from_file = bool(line.operands) and line.operands[0].value not in STANDARD_INPUT
    return tool in SCRIPTED and from_file and "-s" not in names


def _inner(call: Call, tool: str, carrier: Carrier, line: CommandLine) -> Setting:
    is_stripped = tool not in HANDS_DOWN or any(option.name in STRIPS.get(tool, ()) for option in line.options)
    setting = call.setting.deeper()._replace(is_stripped=call.setting.is_stripped or is_stripped)
    place = len(carrier.leading)
    if carrier.is_remote and len(line.operands) > place:
        host = call.written(line.operands[place]).rpartition("@")[2].strip("\"'")
        setting = setting._replace(host=host)
    return setting._replace(is_bulk=setting.is_bulk or carrier.is_bulk, shares=carrier.shares)


def _run_rest(call: Call, carrier: Carrier, line: CommandLine, rest: Sequence[Arg], setting: Setting) -> None:
    if carrier.is_tool:
        rest = [line.operands[len(carrier.leading) - 1], *rest]
    if carrier.rest == "argv":
        call.again([*_replaced(call, carrier, rest), *_appended(call, carrier, rest)], setting)
        return
    if carrier.rest == "first":
        rest = [arg for arg in rest[:1] if arg.value not in ("", "-")]
    if carrier.language == "keys":
        rest = [arg for arg in rest if arg.value not in KEYS]
    if rest:
        language = "shell" if carrier.language == "keys" else carrier.language
        text = " ".join(arg.value for arg in rest)
        run_code(call, language, text, rest[0]._replace(value=text, end=rest[-1].end), setting)


def _replaced(call: Call, carrier: Carrier, rest: Sequence[Arg]) -> list[Arg]:
    """`xargs -I{} command {}`: the mark is what it reads."""
    if "xargs" not in carrier.names:
        return list(rest)
    return [
        arg._replace(value=arg.value.replace("{}", _read(call)), is_listing=True) if "{}" in arg.value else arg
        for arg in rest
    ]


def _appended(call: Call, carrier: Carrier, rest: Sequence[Arg]) -> list[Arg]:
    """`xargs` puts what it reads behind the command it runs."""
    if "xargs" not in carrier.names or any("{}" in arg.value for arg in rest):
        return []
    start, end = rest[-1].start, rest[-1].end
    return [Arg(word, start, end, is_listing=HOLE in word) for word in _read(call).split()]


def _read(call: Call) -> str:
    stdin = call.setting.stdin
    return stdin.text.strip() if stdin is not None and stdin.text is not None else HOLE
