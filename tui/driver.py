"""Textual's way to the terminal, for a terminal that sends anything, goes away, or shows a picture of ours already."""

from __future__ import annotations

from codecs import IncrementalDecoder, getincrementaldecoder
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver

from .prepaint import ENTER

if TYPE_CHECKING:
    from .prepaint import Paint


def _forgiving(encoding: str) -> Callable[[], IncrementalDecoder]:
    """A key of another encoding, or noise on the line, is a character nobody knows, and not the end of the program."""
    return lambda: getincrementaldecoder(encoding)("replace")


_linux_driver: Any = linux_driver
_linux_driver.getincrementaldecoder = _forgiving  # where its input thread looks it up; nothing else can be put there


class TerminalDriver(LinuxDriver):
    paint: Paint | None = None
    """What stands on the terminal: entering the screen again would clear it for as long as a frame takes."""

    def write(self, data: str) -> None:
        if self.paint is None or data != ENTER or not self.paint.hand_over():
            super().write(data)

    def _run_input_thread(self) -> None:
        """Textual's own reports what breaks with a traceback of its own, on a terminal that may be gone."""
        try:
            self.run_input_thread()
        except Exception as error:  # noqa: BLE001 - a border: it is said by the app, like every other fault
            self._app.call_later(self._app._handle_exception, error)


def driver_over(paint: Paint) -> type[TerminalDriver]:
    """One that goes on where `paint` stands."""
    return type("PaintedDriver", (TerminalDriver,), {"paint": paint})
