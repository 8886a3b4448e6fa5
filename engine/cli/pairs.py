"""`NAME=VALUE` options."""

from __future__ import annotations

from ..errors import UsageError


def pairs(texts: list[str], option: str) -> dict[str, str]:
    parts = [text.partition("=") for text in texts]
    for text, (name, sign, _) in zip(texts, parts, strict=True):
        if not sign or not name:
            raise UsageError(f"{option} {text}: write it as NAME=VALUE")
    return {name: value for name, _, value in parts}
