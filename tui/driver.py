"""Textual's way to the terminal, where a picture may stand on the alternate screen already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.drivers.linux_driver import LinuxDriver

from .prepaint import ENTER

if TYPE_CHECKING:
    from .prepaint import Paint


def driver_over(paint: Paint) -> type[LinuxDriver]:
    """One that goes on where `paint` stands: entering the screen again would clear it for as long as a frame takes."""

    class PaintedDriver(LinuxDriver):
        def write(self, data: str) -> None:
            if data != ENTER or not paint.hand_over():
                super().write(data)

    return PaintedDriver
