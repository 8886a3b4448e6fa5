"""What an `oncue.toml` may say, as pydantic models. Messages begin with a verb: the key stands before them.

Validate with `context={"role": …}`: a project's file may have come with somebody else's repository, so that it may make
things stricter, and looser only where the operator is still asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator

from .. import danger
from ..danger.verdict import Category
from ..durations import FORM, seconds
from ..errors import UsageError
from ..levels import Level
from . import secrets
from .rows import allowance_of, rule_of
from .settings import Theme

T = TypeVar("T")
LEVELS: tuple[Level, ...] = get_args(Level)
ELSEWHERE = "it belongs in your own file or in one named with --config"


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty")
    if "\0" in text:
        raise ValueError("holds a NUL character")
    return text


def _one_word(text: str) -> str:
    if len(_not_blank(text).split()) > 1:
        raise ValueError("is not one word")
    return text


def _duration(value: Any) -> str:
    if not isinstance(value, str) or seconds(value) is None:
        raise ValueError(f"wants {FORM}, in quotes")
    return value


def _url(text: str) -> str:
    if problem := secrets.problem_of(_not_blank(text)):
        raise ValueError(problem)
    return text


def _raising(raises: dict[Level, Level]) -> dict[Level, Level]:
    for level, raised in raises.items():
        if LEVELS.index(raised) < LEVELS.index(level):
            raise ValueError(f"lowers {level} to {raised}; here a level can only be raised")
    return raises


def _low_enough(level: Level, info: ValidationInfo) -> Level:
    if _is_project(info) and LEVELS.index(level) < LEVELS.index("caution"):
        raise ValueError(f"is {level}; a project's file lowers to caution and no further: {ELSEWHERE}")
    return level


def _mine(value: T, info: ValidationInfo) -> T:
    if _is_project(info):
        raise ValueError(f"is not for a project's file to say: {ELSEWHERE}")
    return value


def _check_row(rule: danger.Rule) -> None:
    try:
        danger.check_rule(rule)
    except ValueError as error:
        raise ValueError(f"has a row that cannot be used: {error}") from error


def _is_project(info: ValidationInfo) -> bool:
    context: Mapping[str, Any] = info.context or {}
    return context.get("role") == "project"


Text = Annotated[str, AfterValidator(_not_blank)]
Word = Annotated[str, AfterValidator(_one_word)]
Duration = Annotated[str, BeforeValidator(_duration)]


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class EnvironmentTable(Table):
    match: list[Text] = []
    raises: Annotated[dict[Level, Level], AfterValidator(_raising)] = Field(default={}, alias="raise")


class RuleTable(Table):
    """A row of `danger.Rule`, field by field."""

    tool: Text
    what: str = ""
    level: Annotated[Level, AfterValidator(_low_enough)]
    category: Category
    why: Text
    dry_run: str = ""
    grade: Literal["native", "approximate"] = "native"
    note: str = ""
    yes: list[Text] = []
    no: list[Text] = []
    id: str = ""

    @model_validator(mode="after")
    def _usable(self) -> RuleTable:
        _check_row(rule_of(self.model_dump()))
        return self


class AllowTable(Table):
    """A command that is let through with less than its verdict asks for."""

    tool: Text
    what: str = ""
    reason: Text
    level: Annotated[Literal["safe", "unknown", "caution"], AfterValidator(_low_enough)] = "caution"

    @model_validator(mode="after")
    def _usable(self) -> AllowTable:
        _check_row(allowance_of(self.model_dump()))
        return self


class TimeoutsTable(Table):
    step: Duration | None = None
    context: Duration | None = None
    value: Duration | None = Field(default=None, alias="from")
    lock: Duration | None = None
    statement: Duration | None = None
    commit: Duration | None = None


class PatternTable(Table):
    name: Text
    pattern: Text

    @model_validator(mode="after")
    def _usable(self) -> PatternTable:
        from ..redact import pattern  # its automaton is loaded for those who have a pattern

        try:
            pattern(self.name, self.pattern)
        except UsageError as error:
            raise ValueError(f"has a row that cannot be used: {error}") from error
        return self


class RedactionTable(Table):
    patterns: list[PatternTable] = []
    environment: list[Word] = []


class DatabasesTable(BaseModel):
    """Every other key is a database's name."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)
    __pydantic_extra__: dict[str, Annotated[str, AfterValidator(_url)]]
    default: Text | None = None


class TrailTable(Table):
    path: Annotated[Text, AfterValidator(_mine)] | None = None


class FileTable(Table):
    environment: Text | None = None
    wrappers: list[Text] = []
    library: list[Text] = []
    theme: Annotated[Theme, AfterValidator(_mine)] | None = None
    environments: dict[Word, EnvironmentTable] = {}
    rules: list[RuleTable] = []
    allow: list[AllowTable] = []
    aliases: dict[Word, Text] = {}
    timeouts: TimeoutsTable | None = None
    redaction: RedactionTable | None = None
    databases: DatabasesTable | None = None
    trail: TrailTable | None = None
    keys: Annotated[dict[str, Any], AfterValidator(_mine)] = {}
    """Looked at by `keys.read_keys`, which knows the actions."""


TABLES: Mapping[tuple[str, ...], type[BaseModel]] = {
    (): FileTable,
    ("environments", "*"): EnvironmentTable,
    ("rules", "*"): RuleTable,
    ("allow", "*"): AllowTable,
    ("timeouts",): TimeoutsTable,
    ("redaction",): RedactionTable,
    ("redaction", "patterns", "*"): PatternTable,
    ("trail",): TrailTable,
}
"""Where each kind of table stands; `*` is any name or position."""
