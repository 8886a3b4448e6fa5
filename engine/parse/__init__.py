"""Markdown to `Runbook`: the one grammar of documents. `read_runbook` is all that others need."""

from __future__ import annotations

from .document import read_runbook

__all__ = ["read_runbook"]
