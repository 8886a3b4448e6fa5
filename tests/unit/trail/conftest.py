"""A trail to read, a place to make one, and a process whose calls to the disk are counted or made to fail."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from unit.trail.books import write_book

ROOT = Path(__file__).resolve().parents[3]
SHIM = Path(__file__).with_name("disk_shim.c")
PRELUDE = """
import ctypes, os
from pathlib import Path
from unit.trail.books import *
shim = ctypes.CDLL(os.environ["LD_PRELOAD"])
def value(name):
    return ctypes.c_long.in_dll(shim, name)
def syncs():
    return value("n_syncs").value
def fail(nth, errno, times=1 << 40):
    value("fail_errno").value, value("fail_for").value = errno, times
    value("fail_at").value = value("n_operations").value + nth
"""


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


@pytest.fixture(scope="session")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that counts, and on demand fails, what a process writes to the files of a trail."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler to build the library that watches the disk calls")
    library = tmp_path_factory.mktemp("shim") / "disk_shim.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, SHIM, "-ldl"], check=True)
    return library


@pytest.fixture
def watched(shim: Path) -> Callable[[str], str]:
    """Run code in a process of its own under the library; answers what it printed."""

    def run(code: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", PRELUDE + code],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "LD_PRELOAD": str(shim), "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"},
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return run
