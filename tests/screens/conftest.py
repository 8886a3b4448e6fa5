"""What every test of a screen wants."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

import pytest


@pytest.fixture(autouse=True)
def coloured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)


@pytest.fixture
def snap_compare(snap_compare: Callable[..., bool]) -> Callable[..., bool]:
    """The plugin for asynchronous tests leaves a loop behind, which a picture's own would replace unclosed."""
    with suppress(DeprecationWarning, RuntimeError):  # there is none
        asyncio.get_event_loop().close()
    return snap_compare
