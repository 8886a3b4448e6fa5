"""Options by which a command that only looks is told to write a file, or to run another command.

Rows that call a tool safe whatever its options are hold only without these.
"""

from __future__ import annotations

from .files import is_scratch
from .invocation import Invocation
from .options import Option
from .words import HOLE

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
NOWHERE = ("/dev/", "-")
FORMATS = frozenset({"json", "yaml", "wide", "name", "table", "text", "csv", "tsv", "html", "xml", "tree", "plain"})


def written(invocation: Invocation) -> Option | None:
    """The option that names a file to write, outside of places for passing things."""
    for option in invocation.options:
        value = option.value or ""
        is_format = value in FORMATS or value.partition("=")[0] in FORMATS
        names_path = option.name == "-o" and value.startswith(("/", "~", "./", HOLE))
        is_kept = not value.startswith(NOWHERE) and not is_scratch(value, invocation.written(option.arg))
        if is_kept and (names_path or (option.name in WRITING and not is_format)):
            return option
    return None


def run(invocation: Invocation) -> Option | None:
    """The option that names a command."""
    return next((option for option in invocation.options if option.name in RUNNING and option.value), None)
