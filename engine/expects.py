"""What has to be true of the place a run works in: `expects` of the front matter.

Fails closed: what is written wrongly stays an expectation, which nothing fulfils.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from textwrap import shorten
from typing import NamedTuple

from .model import Expectation, Problem

KEY = "expects"
DATABASE, COMMANDS = "database", "commands"
BROKEN = "broken-expectation"
NAME_LENGTH = 60


class Shown(NamedTuple):
    command: str
    otherwise: str = ""
    """What it stands for when the command prints nothing."""


NAMED: Mapping[str, Shown] = {
    "kube-context": Shown("kubectl config current-context"),
    "kube-namespace": Shown("kubectl config view --minify -o jsonpath='{..namespace}'", "default"),
    "aws-account": Shown("aws sts get-caller-identity --query Account --output text"),
    "aws-region": Shown("printf '%s' \"${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws configure get region)}}\""),
    "gcloud-project": Shown("gcloud config get-value project"),
    "azure-subscription": Shown("az account show --query name -o tsv"),
    "terraform-workspace": Shown("terraform workspace show"),
    "docker-context": Shown("docker context show"),
    "host": Shown("hostname"),
    "user": Shown("id -un"),
    "directory": Shown("pwd"),
    "git-branch": Shown("git rev-parse --abbrev-ref HEAD"),
}
KEYS = (*NAMED, DATABASE, COMMANDS)
PARTS = ("host", "port", "role", "name", "file")
"""Of a database's URL. `file` is SQLite's, as an absolute path."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """`text` is as it was written, so that `012` stays an account; None for nothing at all."""

    line: int
    text: str | None


@dataclass(frozen=True, slots=True)
class Listed:
    line: int
    entries: tuple[Written, ...]


@dataclass(frozen=True, slots=True)
class Mapped:
    line: int
    pairs: tuple[tuple[Scalar, Written], ...]
    """In order, a key that stands there twice too."""


Written = Scalar | Listed | Mapped


def is_near(key: str) -> bool:
    """`expects`, or it with a slip of the hand."""
    return bool(get_close_matches(key.lower(), [KEY], n=1, cutoff=0.7))


def is_meant(key: str, value: Written) -> bool:
    """Under a key that is nearly ours: its letters, or something of ours below it, tell that it is no other tool's."""
    letters = "".join(filter(str.isalpha, key.lower()))
    return letters == KEY or (isinstance(value, Mapped) and any(name.text in KEYS for name, _ in value.pairs))


def broken(name: str, line: int, problem: str) -> Expectation:
    return Expectation(name, (), line, problem=problem)


def read(value: Written) -> tuple[Expectation, ...]:
    """Everything that stands under `expects`; what is wrong has a `problem`."""
    if not isinstance(value, Mapped):
        kinds = "`kube-context`, `host` or `commands`"
        return (broken(KEY, value.line, f"`{KEY}` is a mapping of what is expected, such as {kinds}"),)
    if not value.pairs:
        return (broken(KEY, value.line, f"`{KEY}` names nothing that is expected"),)
    return tuple(one for key, about in _unique(value) for one in _of_key(key, about))


def problems_of(expectations: Iterable[Expectation]) -> list[Problem]:
    return [
        Problem(one.line, BROKEN, f"{one.name}: {one.problem}; until it is mended, only what is safe runs")
        for one in expectations
        if one.problem
    ]


def _of_key(key: Scalar, about: Written) -> Iterator[Expectation]:
    name = key.text or ""
    if name in NAMED:
        yield _expectation(name, about, key.line, NAMED[name].command, otherwise=NAMED[name].otherwise)
    elif name == DATABASE:
        yield from _of_databases(about)
    elif name == COMMANDS:
        yield from _of_commands(about)
    else:
        yield broken(name or KEY, key.line, f"it is nothing that can be expected; {_nearest(name, KEYS)}")


def _of_databases(about: Written) -> Iterator[Expectation]:
    if not isinstance(about, Mapped) or not about.pairs:
        yield broken(DATABASE, about.line, "it is a mapping of databases, each with its `host`, `role` or `name`")
        return
    for database, parts in _unique(about):
        name = f"{DATABASE} {database.text}"
        if not isinstance(parts, Mapped) or not parts.pairs:
            yield broken(name, database.line, f"it is a mapping with some of {_all(PARTS)}")
            continue
        for part, wanted in _unique(parts):
            if part.text in PARTS:
                source = (database.text or "", part.text)
                yield _expectation(f"{name} {part.text}", wanted, part.line, database=source)
            else:
                what = f"`{part.text}` is no part of a database; {_nearest(part.text or '', PARTS)}"
                yield broken(name, part.line, what)


def _of_commands(about: Written) -> Iterator[Expectation]:
    if not isinstance(about, Listed) or not about.entries:
        yield broken(COMMANDS, about.line, "it is a list of commands, each with `run` and `output`")
        return
    for entry in about.entries:
        yield from _of_command(entry)


def _of_command(entry: Written) -> Iterator[Expectation]:
    given = {key.text: value for key, value in entry.pairs} if isinstance(entry, Mapped) else {}
    command = given.get("run")
    if not isinstance(command, Scalar) or not (command.text or "").strip():
        yield broken(COMMANDS, entry.line, "each of them has a `run`, the command, and an `output`")
        return
    text = (command.text or "").strip()
    name = f"`{shorten(text, NAME_LENGTH, placeholder='…')}`"
    extra = [key for key in given if key not in ("run", "output")]
    if isinstance(entry, Mapped) and (extra or len(given) < len(entry.pairs)):
        what = (
            f"`{extra[0]}` is no part of a command; {_nearest(extra[0] or '', ('run', 'output'))}" if extra else TWICE
        )
        yield broken(name, entry.line, what)
    elif "output" not in given:
        yield broken(name, entry.line, "there is no `output` to expect of it")
    else:
        yield _expectation(name, given["output"], entry.line, text, may_be_empty=True)


TWICE = "it stands there twice"


def _unique(value: Mapped) -> Iterator[tuple[Scalar, Written]]:
    """What is said twice counts neither time: YAML itself would keep the last one without a word."""
    names = [key.text for key, _ in value.pairs]
    for key, about in value.pairs:
        yield key, about if names.count(key.text) == 1 else _Twice(key.line, ())


class _Twice(Listed):
    """Stands for a value nobody can tell."""


def _expectation(
    name: str,
    about: Written,
    line: int,
    command: str = "",
    *,
    database: tuple[str, str] | None = None,
    otherwise: str = "",
    may_be_empty: bool = False,
) -> Expectation:
    entries = about.entries if isinstance(about, Listed) else (about,)
    texts = [one.text for one in entries if isinstance(one, Scalar) and one.text is not None]
    if isinstance(about, _Twice):
        return broken(name, line, TWICE)
    if not entries or len(texts) < len(entries) or not (may_be_empty or all(text.strip() for text in texts)):
        return broken(name, line, "what is expected is a word, in which `*` stands for anything, or a list of them")
    return Expectation(name, tuple(text.strip() for text in texts), line, command, database, otherwise)


def _nearest(word: str, known: Sequence[str]) -> str:
    near = get_close_matches(word, known, n=1, cutoff=0.5)
    return f"the nearest is `{near[0]}`" if near else f"known are {_all(known)}"


def _all(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)
