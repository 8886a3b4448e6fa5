"""Options by which a command that only looks is told to write a file, or to run another command.

Rows that call a tool safe whatever its options are hold only without these.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ..expressions import expression
from .files import is_scratch
from .invocation import Invocation
from .words import HOLE, Arg

WRITING = frozenset(
    """
    --output --out --outfile --output-file --out-file --output-document --in-place --inplace --write
    --write-to --save --export --log-file --logfile --dump-to --report-file
    """.split()  # noqa: SIM905
)
RUNNING = frozenset(
    """
    --exec --exec-batch --execute --execdir --pre --pager --preview --bind --compress-program --use-compress-program
    --to-command --rsh --checkpoint-action --hostname-bin --shell --run --on-change --hook --post-hook --pre-hook --cmd
    --editor --filter-command --info-script --new-volume-script
    """.split()  # noqa: SIM905
)
RUNNING_LETTERS = {"tar": ("-I", "-F"), "bsdtar": ("-I",), "rsync": ("-e",), "zip": ("-TT",), "man": ("-P", "-H")}
"""Letters that say so with some tools only."""
NOWHERE = ("/dev/", "-")
FORMATS = frozenset({"json", "yaml", "wide", "name", "table", "text", "csv", "tsv", "html", "xml", "tree", "plain"})
REMOTE_SHELL = expression(r"ssh(?:\s+-[\w=.@:/-]+|\s+[\w.@:/-]+)*\Z")


_NAMED = WRITING | RUNNING | {"-o"}


def may_have_any(invocation: Invocation) -> bool:
    """A quick look: whether there is an option at all that could say so."""
    if invocation.tool in RUNNING_LETTERS:
        return True
    return any(arg.value[:1] == "-" and arg.value.partition("=")[0] in _NAMED for arg in invocation.args)


def written(invocation: Invocation) -> str:
    """The option that names a file to write, outside of places for passing things; empty for none."""
    for name, value, arg in _options(invocation):
        is_format = value in FORMATS or value.partition("=")[0] in FORMATS
        names_path = name == "-o" and value.startswith(("/", "~", "./", HOLE))
        is_kept = bool(value) and not value.startswith(NOWHERE) and not is_scratch(value, invocation.written(arg))
        if is_kept and (names_path or (name in WRITING and not is_format)):
            return name
    return ""


def run(invocation: Invocation) -> tuple[str, Arg] | None:
    """The option that names a command, and the word the command stands in."""
    letters = RUNNING_LETTERS.get(invocation.tool, ())
    for name, value, arg in _options(invocation):
        if value and (name in RUNNING or name in letters) and not REMOTE_SHELL.match(value):
            return name, arg._replace(value=value)
    return None


def _options(invocation: Invocation) -> Iterator[tuple[str, str, Arg]]:
    """Each option with what may be its value: attached, or the next word."""
    letters = RUNNING_LETTERS.get(invocation.tool, ())
    for arg, following in pairwise((*invocation.args, Arg("", 0, 0))):
        name, equals, value = arg.value.partition("=")
        attached = next((letter for letter in letters if len(name) > len(letter) and name.startswith(letter)), "")
        if equals and name.startswith("--"):
            yield name, value, arg
        elif attached and not name.startswith("--"):
            yield attached, arg.value.removeprefix(attached), arg
        elif name.startswith("-"):
            yield name, following.value, following
