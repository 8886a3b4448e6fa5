"""Words from elsewhere (documents, trails, programs) as Textual content: visible, and never taken for markup."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from engine.errors import OncueError
from engine.output import visible

TAB = 4
LONGEST_HIGHLIGHTED = 20_000
"""Characters; Pygments takes about a microsecond for each."""


def plain(text: str, style: str = "") -> Content:
    """Every character can be seen; line ends stay line ends."""
    shown = "\n".join(visible(line.expandtabs(TAB)) for line in text.split("\n"))
    return Content.styled(shown, style) if style else Content(shown)


def one_line(text: str, style: str = "") -> Content:
    return plain(" ".join(text.split()), style)


def fault(error: Exception) -> str:
    """What went wrong, as a sentence: ours are sentences, and of others it helps to know of which kind they are."""
    if isinstance(error, OncueError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return f"{type(error).__name__}: {error}"


def badge(words: str) -> Content:
    """Stands in front of other words, and is seen at a glance with and without colours. Empty for no words."""
    return Content.assemble(plain(f" {words} ", "bold reverse $warning"), " ") if words else Content()


def joined(parts: Iterable[Content], separator: str = "  ") -> Content:
    return Content(separator).join(parts)


def marked(text: str, marks: Iterable[tuple[tuple[int, int], str]], language: str = "") -> Content:
    """`text` with the style of each mark on its span of characters of `text`, the second one excluded.

    `language` is what Pygments calls it; without one nothing is highlighted.
    """
    places = [0]
    shown: list[str] = []
    for character in text:
        piece = character if character == "\n" else " " * TAB if character == "\t" else visible(character)
        shown.append(piece)
        places.append(places[-1] + len(piece))
    content = _highlighted("".join(shown), language)
    for (first, end), style in marks:
        if first < end <= len(text):
            content = content.stylize(style, places[first], places[end])
    return content


def _highlighted(text: str, language: str) -> Content:
    """Long texts are left plain: the highlighter would hold up the screen."""
    if not language or len(text) > LONGEST_HIGHLIGHTED:
        return Content(text)
    from textual.highlight import highlight  # loads Pygments

    return highlight(text, language=language)
