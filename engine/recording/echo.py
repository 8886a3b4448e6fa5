"""Where the echo of what was typed stands in what was printed: a trail notes a line only when it is complete. Pure."""

from __future__ import annotations

LINE_END = b"\r\n"
ERASE = ("\x7f", "\b")


def echo_of(text: str) -> bytes:
    """What a terminal prints while this is typed, up to the line's end."""
    echo, typed = "", 0
    for key in text.rstrip("\r\n"):
        if key not in ERASE:
            echo, typed = echo + key, typed + 1
        elif typed:
            echo, typed = f"{echo}\b \b", typed - 1
    return echo.encode(errors="replace")


class AwaitedEcho:
    """The echo of what has just been typed, sought where it has to stand."""

    def __init__(self, text: str, offset: int) -> None:
        """`offset` is where in the output the typing began."""
        self._wanted = echo_of(text)
        self._offset = offset
        self._seen = b""

    @property
    def length(self) -> int | None:
        """0 when it is not there; None as long as not enough has been printed to tell."""
        if self._seen == self._wanted:
            return len(self._wanted)
        return None if self._wanted.startswith(self._seen) else 0

    def feed(self, offset: int, data: bytes) -> None:
        """What was printed, and where in the output it begins."""
        first = self._offset + len(self._seen) - offset
        if 0 <= first < len(data):
            self._seen += data[first : first + len(self._wanted) - len(self._seen)]


def echo_length(text: str, printed: bytes) -> int:
    """How many of the last bytes begin with the echo; 0 when it is not there. What answers the line may have been
    printed already, and may repeat it: then the first place is meant."""
    echo = echo_of(text)
    if not echo:
        return 0
    if printed.endswith(echo):
        return len(echo)
    place = printed.find(echo + LINE_END)
    return 0 if place < 0 else len(printed) - place
