"""The `oncue` command line. Standard output is data, standard error is for people.

Exit codes: 0 done · 1 a step failed · 2 usage or unreadable document · 3 held or left open · 4 the trail could not be
written or does not verify · 5 outcome unknown · 130 interrupted.
"""

from .main import main

__all__ = ["main"]
