"""A run of the trail as a recording, line by line and in bounded memory."""

from .cast import cast

__all__ = ["cast"]
