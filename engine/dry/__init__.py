"""A runbook gone through without running it: what each step would be, and how that reads. No output is invented."""

from .ending import Ending, ending
from .outlook import Outlook, Prospect
from .tried import Tried

__all__ = ["Ending", "Outlook", "Prospect", "Tried", "ending"]
