"""Events with their texts masked. Names by which events refer to each other stay, because everything hangs on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from pydantic_core import PydanticSerializationError

from ..events import Said
from .redactor import Redactor

REFERENCES = frozenset(
    [
        *("kind", "id", "step_id", "item_id", "option_id", "choice_id", "options", "name", "level", "category", "rule"),
        *("document_sha256", "output_head", "redactions", "environment_names", "shell_name"),
    ]
)
AnySaid = TypeVar("AnySaid", bound=Said)


def masked(said: AnySaid, redactor: Redactor) -> AnySaid:
    """The very same object when nothing in it is secret."""
    if not _suspect(said, redactor):
        return said
    return _masked_said(said, redactor.text)


def _suspect(said: Said, redactor: Redactor) -> bool:
    """One look at all texts at once: a secret's form in JSON is one of those that are looked for."""
    try:
        written = said.model_dump_json().encode()
    except (PydanticSerializationError, UnicodeEncodeError):
        return True
    return bool(redactor.patterns or redactor.automaton.find(written))


def _masked_said(said: AnySaid, mask: Callable[[str], str]) -> AnySaid:
    changed = {}
    for name in type(said).model_fields:
        value = getattr(said, name)
        if name not in REFERENCES and (new := _masked_value(value, mask)) is not value:
            changed[name] = new
    return said.model_copy(update=changed) if changed else said


def _masked_value(value: object, mask: Callable[[str], str]) -> object:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, Said):
        return _masked_said(value, mask)
    if isinstance(value, tuple):
        items = tuple(_masked_value(one, mask) for one in value)
        return items if any(new is not old for new, old in zip(items, value, strict=True)) else value
    if isinstance(value, Mapping):
        found = {name: _masked_value(one, mask) for name, one in value.items()}
        return found if any(found[name] is not one for name, one in value.items()) else value
    return value
