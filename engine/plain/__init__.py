"""Plain mode: a run walked in an ordinary terminal, line by line. The first client of the host."""

from .walk import walk

__all__ = ["walk"]
