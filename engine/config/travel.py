"""Settings on their way to the run's own process, as plain JSON."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from .settings import Settings

if TYPE_CHECKING:
    from pydantic import TypeAdapter


def to_json(settings: Settings) -> Mapping[str, Any]:
    value: Mapping[str, Any] = _adapter().dump_python(settings, mode="json")
    return value


def from_json(value: Mapping[str, Any]) -> Settings:
    """Raises pydantic's `ValidationError` for what `to_json` did not make."""
    return _adapter().validate_python(value)


@cache
def _adapter() -> TypeAdapter[Settings]:
    from pydantic import TypeAdapter  # a tenth of a second, and nobody pays it who has no file

    return TypeAdapter(Settings)
