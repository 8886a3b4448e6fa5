"""Looking back over a step's output of any size: pages by byte, the live end, rows up and down, search.

Nothing here counts the lines of an output: a place in it is a byte, so that opening a gigabyte costs as much as
opening a line. What is not in memory is read from the trail when it is looked at.
"""

from .book import Book, Elsewhere, Portion, Source
from .pages import BLOCK, Page, page_of
from .rows import Position, Reach, Row, RowsOf, above, below, line_at
from .search import Needle, find_line
from .stored import TrailOutput
from .tail import Tail

__all__ = [
    "BLOCK",
    "Book",
    "Elsewhere",
    "Needle",
    "Page",
    "Portion",
    "Position",
    "Reach",
    "Row",
    "RowsOf",
    "Source",
    "Tail",
    "TrailOutput",
    "above",
    "below",
    "find_line",
    "line_at",
    "page_of",
]
