"""Settings on their way to the run's own process, as plain JSON: by hand, because validators for a few dataclasses take
longer to build than everything else here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from ..danger import Environment, Policy, Rule
from ..errors import UsageError
from ..limits import Limits
from .settings import Origin, SecretPattern, Settings, Source, Value


def to_json(settings: Settings) -> Mapping[str, Any]:
    value: Mapping[str, Any] = json.loads(json.dumps(_plain(settings)))
    return value


def from_json(value: Mapping[str, Any]) -> Settings:
    """What `to_json` made; `UsageError` for anything else."""
    try:
        return Settings(
            **{
                **value,
                "policy": _policy(value["policy"]),
                "limits": Limits(**value["limits"]),
                "secret_patterns": tuple(SecretPattern(**one) for one in value["secret_patterns"]),
                "secret_names": tuple(value["secret_names"]),
                "library": tuple(value["library"]),
                "values": tuple(Value(one["key"], one["text"], Origin(**one["origin"])) for one in value["values"]),
                "sources": tuple(Source(**one) for one in value["sources"]),
            }
        )
    except (KeyError, TypeError) as error:
        raise UsageError(f"these settings are not of this version: {error!r}") from error


def _policy(value: Mapping[str, Any]) -> Policy:
    return Policy(
        **{
            **value,
            "environments": tuple(
                Environment(**{**one, "match": tuple(one["match"])}) for one in value["environments"]
            ),
            "wrappers": tuple(value["wrappers"]),
            "borrowed": frozenset(value["borrowed"]),
            "rules": tuple(Rule(**{**one, "yes": tuple(one["yes"]), "no": tuple(one["no"])}) for one in value["rules"]),
        }
    )


def _plain(value: Any) -> Any:
    """Records by the names of their fields, however deep."""
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if hasattr(value, "_asdict"):
        return {name: _plain(one) for name, one in value._asdict().items()}
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value
