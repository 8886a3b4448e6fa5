"""What a sed script does: a scanner of its commands (POSIX.1-2017, sed; GNU sed manual for `e`, `w` and `~`)."""

from __future__ import annotations

from .seen import Seen

PRINTS = Seen("safe", "read_only", "sed-prints", "only prints")
NOT_READ = Seen("caution", "opaque", "sed-unread", "the script is not understood")
WRITES = Seen("caution", "config_change", "sed-writes", "the script writes a file")
NOWHERE = frozenset({"/dev/stdout", "/dev/stderr", "/dev/null"})
BLANK = " \t;\n"
TO_LINE_END = frozenset("aicrRbtT:qQlLv#")
"""Commands whose argument is the rest of the line, at least for what matters here."""
ALONE = frozenset("=dDgGhHnNpPxFz{}")


def look_at_sed(text: str) -> Seen:
    """Whether it runs a command or writes a file. A script that cannot be followed is not safe."""
    scanner = _Scanner(text)
    try:
        scanner.run()
    except IndexError:  # it ends in the middle of a command
        return NOT_READ
    if scanner.commands is not None:
        return Seen("caution", "opaque", "sed-runs", "the script runs commands", tuple(scanner.commands))
    if scanner.is_lost:
        return NOT_READ
    return WRITES if scanner.writes else PRINTS


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self.commands: list[str] | None = None
        """What `e` runs; None while there is no `e`."""
        self.writes = False
        self.is_lost = False

    def run(self) -> None:
        while self._at < len(self._text) and not self.is_lost:
            if self._text[self._at] in BLANK:
                self._at += 1
            else:
                self._addresses()
                self._command()

    def _addresses(self) -> None:
        while self._at < len(self._text) and (self._text[self._at] in "0123456789$,+~! \t/\\"):
            sign = self._text[self._at]
            self._at += 1
            if sign == "/":
                self._until("/")
                self._flags("IM")
            elif sign == "\\":
                closing = self._text[self._at]
                self._at += 1
                self._until(closing)
                self._flags("IM")

    def _command(self) -> None:
        name = self._text[self._at]
        self._at += 1
        if name == "s":
            self._substitution()
        elif name == "y":
            closing = self._text[self._at]
            self._at += 1
            self._until(closing)
            self._until(closing)
        elif name == "e":
            self._runs(self._line().strip())
        elif name in "wW":
            self._file(self._line())
        elif name in TO_LINE_END:
            self._ignored(name)
        elif name not in ALONE:
            self.is_lost = True

    def _substitution(self) -> None:
        closing = self._text[self._at]
        self._at += 1
        self._until(closing)
        self._until(closing)
        while self._at < len(self._text) and self._text[self._at] not in ";}\n \t#":
            flag = self._text[self._at]
            self._at += 1
            if flag == "w":
                self._file(self._line())
                return
            if flag in "em":
                self._runs("") if flag == "e" else None
            elif flag not in "gpiIM0123456789":
                self.is_lost = True

    def _runs(self, command: str) -> None:
        self.commands = [*(self.commands or []), *([command] if command else [])]

    def _file(self, name: str) -> None:
        self.writes = self.writes or name.strip() not in NOWHERE

    def _ignored(self, name: str) -> None:
        """Labels and exit codes end at a semicolon as well; text and file names at the line's end only."""
        if name in "btTqQlLv:":
            while self._at < len(self._text) and self._text[self._at] not in ";\n}":
                self._at += 1
        else:
            line = self._line()
            while line.endswith("\\") and self._at < len(self._text):
                line = self._line()

    def _line(self) -> str:
        end = self._text.find("\n", self._at)
        end = len(self._text) if end < 0 else end
        line = self._text[self._at : end]
        self._at = end + 1
        return line

    def _flags(self, letters: str) -> None:
        while self._at < len(self._text) and self._text[self._at] in letters:
            self._at += 1

    def _until(self, closing: str) -> None:
        """Behind the next `closing` that is neither escaped nor in brackets."""
        in_brackets = False
        while True:
            sign = self._text[self._at]
            self._at += 1
            if sign == "\\":
                self._at += 1
            elif in_brackets:
                in_brackets = sign != "]"
            elif sign == "[" and closing != "[":
                in_brackets = "]" in self._text[self._at + 1 : self._at + 80]
            elif sign == closing:
                return
