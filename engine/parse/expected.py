"""`expects:` of the front matter, read from YAML's nodes: words as they were written, and every key with its line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import expects
from ..expects import Listed, Mapped, Scalar, Written
from ..model import Expectation, Problem

UNREADABLE = "the front matter cannot be read, and neither can what it expects"
UNENDED = "the front matter has no closing `---`, so what it expects is not read"
TWICE = "it stands in the front matter twice"


def read_expectations(lines: Sequence[str], source: Sequence[str]) -> tuple[tuple[Expectation, ...], Sequence[Problem]]:
    """`source` are the lines between the markers; empty where the second of them is missing."""
    found = _of_source(source) if source else _unread(lines, 1, UNENDED)
    return found, expects.problems_of(found)


def _of_source(source: Sequence[str]) -> tuple[Expectation, ...]:
    import yaml  # as in front_matter: only documents with front matter pay for it

    try:
        top = yaml.compose("\n".join(source), Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return _unread(source, 2, UNREADABLE)
    if not isinstance(top, yaml.MappingNode):
        return _unread(source, 2, UNREADABLE)
    keys = [(_scalar(key), about) for key, about in top.value]
    meant = [(key, _written(about, {})) for key, about in keys if expects.is_near(key.text or "")]
    exact = [(key, about) for key, about in meant if key.text == expects.KEY]
    slips = [key for key, about in meant if key.text != expects.KEY and expects.is_meant(str(key.text), about)]
    found = tuple(expects.broken(str(key.text), key.line, f"`{expects.KEY}` is meant") for key in slips)
    if len(exact) > 1:
        return (*found, expects.broken(expects.KEY, exact[1][0].line, TWICE))
    return (*found, *(one for _, about in exact for one in expects.read(about)))


def _unread(lines: Sequence[str], first: int, problem: str) -> tuple[Expectation, ...]:
    """`first` is the document's number of the first of `lines`."""
    places = [number for number, line in enumerate(lines, first) if line.lstrip("{ \"'").startswith(expects.KEY)]
    return (expects.broken(expects.KEY, places[0], problem),) if places else ()


def _written(node: Any, known: dict[int, Written]) -> Written:
    """`known` are nodes met already: YAML can use one in many places, and within itself."""
    import yaml

    if id(node) in known:
        return known[id(node)]
    line = node.start_mark.line + 2
    known[id(node)] = Scalar(line, None)
    if isinstance(node, yaml.MappingNode):
        known[id(node)] = Mapped(line, tuple((_scalar(key), _written(about, known)) for key, about in node.value))
    elif isinstance(node, yaml.SequenceNode):
        known[id(node)] = Listed(line, tuple(_written(one, known) for one in node.value))
    else:
        known[id(node)] = _scalar(node)
    return known[id(node)]


def _scalar(node: Any) -> Scalar:
    """A key that is itself a list or a mapping is no word, and neither is nothing."""
    text = node.value if isinstance(node.value, str) and node.tag != "tag:yaml.org,2002:null" else None
    return Scalar(node.start_mark.line + 2, text)
