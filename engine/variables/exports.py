"""What a run's inputs put into the environment of its shell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..model import Variable
from .secrets import reference_name
from .values import is_identifier


def exports_of(variables: Sequence[Variable], values: Mapping[str, str]) -> dict[str, str]:
    """Shell variable → value: inputs that texts write `$NAME`, and secrets, which texts name by a variable only."""
    known = {one: value for one in variables if (value := values.get(one.name) or one.default)}
    return {_name(one): value for one, value in known.items() if one.secret or _is_written_with_dollar(one)}


def _name(variable: Variable) -> str:
    return reference_name(variable) if variable.secret else variable.name


def _is_written_with_dollar(variable: Variable) -> bool:
    return variable.style == "dollar" and is_identifier(variable.name)
