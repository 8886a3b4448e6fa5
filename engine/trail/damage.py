"""What a reader says about a trail whose rows cannot be what was written."""

from __future__ import annotations

from ..errors import OncueError


class TrailDamaged(OncueError):
    """The file or a stored row cannot be read back. `verify` names the first row that was touched."""

    exit_code = 4
