"""A run as the report of its incident: Markdown, one HTML file, JSON, or a team's own template.

Pure: whoever asks brings the events, the document and the outputs. What is not on record is never made up; its place
is left open and says so.
"""

from .excerpts import SHORT, Limits, Outputs
from .facts import Report, Verification
from .gathering import Source, gather
from .plain import to_json
from .rendering import FORMATS, Format, built_in, render, render_with

__all__ = [
    "FORMATS",
    "SHORT",
    "Format",
    "Limits",
    "Outputs",
    "Report",
    "Source",
    "Verification",
    "built_in",
    "gather",
    "render",
    "render_with",
    "to_json",
]
