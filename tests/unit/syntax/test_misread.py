"""A tree that swallowed a command is not believed, and the lines it swallowed are steps all the same."""

from __future__ import annotations

import pytest

from engine.syntax.shell import is_misread, outline, parse

SWALLOWED = [
    "a 2>/dev/null | b | c\nrm -rf x 2>/dev/null\n",
    "a 2>/dev/null | b -x | c -n 1\n\n# next\nd e 2>/dev/null | f\nrm x\n",
]
BELIEVED = [
    "a 2>/dev/null | b | c",
    "a \\\n  --long \\\n  --more | b\n",
    "a |\n  b |\n  c\n",
    "cat <<EOF | grep x\none\ntwo\nEOF\nrm x\n",
    'echo "$(\n  date\n)" next\n',
    "a=(\n  1\n  2\n)\n",
    "for i in 1 2; do\n  echo $i > f 2>&1\ndone\n",
]


@pytest.mark.parametrize("text", SWALLOWED)
def test_a_command_that_goes_on_over_a_line_end_is_misread(text: str) -> None:
    assert not parse(text).root_node.has_error
    assert is_misread(parse(text))
    rows = [row for row, line in enumerate(text.splitlines()) if line and not line.startswith("#")]
    assert outline(text).statements == tuple(rows)


@pytest.mark.parametrize("text", BELIEVED)
def test_lines_that_belong_together_are_believed(text: str) -> None:
    assert not is_misread(parse(text))
