"""The inputs of a runbook: every placeholder of its steps, merged with what its front matter says of them."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field, replace

from ..expressions import expression
from ..model import PlaceholderStyle, Step, Variable
from ..syntax.parameters import Parameters, parameters
from ..syntax.quoting import Places
from .placeholders import Placeholder, placeholders, stand_in

_SHELL_OWN = expression(
    r"(?:_|BASH_\w*|LC_\w*|BASH|BASHOPTS|BASHPID|CDPATH|COLUMNS|COMP_WORDS|COPROC|DIRSTACK|DISPLAY|EDITOR|ENV|EPOCHREALTIME|"
    r"EPOCHSECONDS|EUID|FUNCNAME|GLOBIGNORE|GROUPS|HISTFILE|HISTSIZE|HOME|HOSTNAME|HOSTTYPE|IFS|LANG|"
    r"LINENO|LINES|LOGNAME|MACHTYPE|MAIL|MAPFILE|OLDPWD|OPTARG|OPTERR|OPTIND|OSTYPE|PAGER|PATH|"
    r"PIPESTATUS|PPID|PROMPT_COMMAND|PS1|PS2|PS4|PWD|RANDOM|REPLY|SECONDS|SHELL|SHELLOPTS|SHLVL|"
    r"SRANDOM|SSH_AUTH_SOCK|SUDO_USER|TERM|TMPDIR|UID|USER|VISUAL)\Z"
)


@dataclass(slots=True)
class _Found:
    style: PlaceholderStyle
    lines: set[int] = field(default_factory=set)


def find(steps: Sequence[Step], declared: Sequence[Variable], environment: Container[str]) -> tuple[Variable, ...]:
    """Every input, the declared ones first, then in order of appearance; also those that a `from:` command needs.

    `$NAME` is one only where no step before, nor the block itself, sets it and `environment` lacks it; after a step
    that reads another file (`source env.sh`) nobody can tell, and it is none.
    """
    found: dict[str, _Found] = {}
    for variable in declared:
        for inner in placeholders(variable.from_command, "shell") if variable.from_command else ():
            _note(found, inner.name, inner.style, variable.lines[0])
    set_before: set[str] = set()
    opaque_before = False
    for step in steps:
        here = placeholders(step.text, step.kind) if step.kind != "manual" else []
        for one in here:
            _note(found, one.name, one.style, _line(step, step.text.count("\n", 0, one.start)))
        if step.kind == "shell" and (used := _parameters_of(step, here)):
            set_before |= used.assigned
            opaque_before = opaque_before or used.opaque
            if not opaque_before:
                for use in used.uses:
                    if _is_input(use.name, set_before, environment):
                        _note(found, use.name, "dollar", _line(step, use.row))
    return tuple(_with_items(_merged(declared, found), steps))


def read_from_shell(text: str) -> tuple[str, ...]:
    """Variables that a shell text finds in its shell: it expands them, never sets them and has no default for them.

    None of a text that reads another file or evaluates something: what that sets nobody can see here.
    """
    used = parameters(Places(text).tree)
    if used.opaque:
        return ()
    names = dict.fromkeys(use.name for use in used.uses)
    return tuple(name for name in names if name not in used.assigned and not _SHELL_OWN.match(name))


def all_read_from_shell(steps: Sequence[Step]) -> tuple[str, ...]:
    """The same of all steps that a shell runs, and of the commands that their words mention."""
    texts = [step.text for step in steps if step.kind == "shell" and not step.interpreter]
    offered = [offer.text for step in steps for offer in step.offers]
    return tuple(dict.fromkeys(name for text in (*texts, *offered) for name in read_from_shell(text)))


def _parameters_of(step: Step, here: list[Placeholder]) -> Parameters | None:
    if step.interpreter and "sh" not in step.interpreter.rsplit("/", 1)[-1]:
        return None
    return parameters(Places(stand_in(step.text, here)).tree)


def _is_input(name: str, known: Container[str], environment: Container[str]) -> bool:
    return not _SHELL_OWN.match(name) and name not in known and name not in environment


def _line(step: Step, row: int) -> int:
    """A block to copy has its lines counted with its fence: two more than its text has."""
    spare_lines = step.lines.last - step.lines.first - step.text.count("\n")
    fence = 1 if step.kind == "template" and spare_lines >= 2 else 0
    return min(step.lines.first + fence + row, step.lines.last)


def _note(found: dict[str, _Found], name: str, style: PlaceholderStyle, line: int) -> None:
    """A name that is also written `$NAME` counts as that: its value has to be in the environment."""
    one = found.setdefault(name, _Found(style))
    one.lines.add(line)
    if style == "dollar":
        one.style = style


def _with_items(variables: Sequence[Variable], steps: Sequence[Step]) -> Iterator[Variable]:
    """Also the lines of items that name them. An item waits for nobody's value, so a name that stands nowhere else is
    no input."""
    lines: dict[str, set[int]] = {}
    for item in (item for step in steps for item in step.items):
        for place in placeholders(item.text, "template"):
            line = item.lines.first + item.text.count("\n", 0, place.start)
            lines.setdefault(place.name, set()).add(min(line, item.lines.last))
    for one in variables:
        yield replace(one, lines=tuple(sorted({*one.lines, *lines[one.name]}))) if one.name in lines else one


def _merged(declared: Sequence[Variable], found: dict[str, _Found]) -> tuple[Variable, ...]:
    known = {one.name for one in declared}
    described = [_with_places(one, found[one.name]) if one.name in found else one for one in declared]
    rest = [Variable(name, one.style, tuple(sorted(one.lines))) for name, one in found.items() if name not in known]
    return (*described, *rest)


def _with_places(variable: Variable, found: _Found) -> Variable:
    return replace(variable, style=found.style, lines=tuple(sorted({*variable.lines, *found.lines})))
