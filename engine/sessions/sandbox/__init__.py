"""Shell steps run where they reach nothing real: an overlay over every file, a network of their own with nobody in it,
processes that see and signal only each other. What they would have done to which file is told.
"""

from .session import SandboxSession, why_unavailable

__all__ = ["SandboxSession", "why_unavailable"]
