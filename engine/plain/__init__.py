"""Plain mode: a run walked in an ordinary terminal, line by line. The first client of the host."""

from .inputs import problem_of
from .walk import Permission, walk

__all__ = ["Permission", "problem_of", "walk"]
