from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from unit.trail.books import write_book


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pristine") / "audit.db"
    write_book(path)
    return path


@pytest.fixture
def book(pristine: Path, tmp_path: Path) -> Path:
    """A closed trail of three runs, the test's own copy."""
    return Path(shutil.copy(pristine, tmp_path / "audit.db"))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where a trail may be made."""
    return tmp_path / "state" / "audit.db"
