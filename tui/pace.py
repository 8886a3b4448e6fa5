"""How often Textual may paint. Imported before any screen, because each screen's module reads it as it is loaded.

Its timer passes over one or two periods after every frame, so that a key pressed while output floods in waits for 17 to
33 ms at the usual 60 frames a second. Nothing is painted where nothing has changed, at any pace.
"""

from __future__ import annotations

from typing import Any

from textual import constants

FRAMES_A_SECOND = 120

_constants: Any = constants  # declared final, and read from the environment only, which every command would inherit
_constants.MAX_FPS = FRAMES_A_SECOND
