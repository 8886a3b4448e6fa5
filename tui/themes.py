"""Three looks, each with a colour for every level of danger. No colour says what a sign and a word do not say too."""

from __future__ import annotations

from typing import Any

from textual.app import App
from textual.theme import Theme

DARK = Theme(
    name="oncue-dark",
    dark=True,
    primary="#5fafd7",
    secondary="#87afaf",
    accent="#d7af5f",
    foreground="#d8dee4",
    background="#101418",
    surface="#161b21",
    panel="#1f262e",
    success="#87c07a",
    warning="#e0af4c",
    error="#ff7b72",
    variables={
        "safe": "#87c07a",
        "unknown": "#b9a3e3",
        "caution": "#e0af4c",
        "dangerous": "#ff7b72",
        "foreground-muted": "#9aa3ad",
        "text-disabled": "#9aa3ad",
        "block-cursor-background": "#2b3a47",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "bold",
    },
)
LIGHT = Theme(
    name="oncue-light",
    dark=False,
    primary="#00618f",
    secondary="#356061",
    accent="#7a5200",
    foreground="#1b1f23",
    background="#fbfbfa",
    surface="#f2f2ef",
    panel="#e4e4df",
    success="#1f6d1a",
    warning="#855000",
    error="#b3201a",
    variables={
        "safe": "#1f6d1a",
        "unknown": "#5b3ea6",
        "caution": "#855000",
        "dangerous": "#b3201a",
        "foreground-muted": "#545b62",
        "text-disabled": "#545b62",
        "block-cursor-background": "#c8dbe7",
        "block-cursor-foreground": "#101418",
        "block-cursor-text-style": "bold",
    },
)
CONTRAST = Theme(
    name="oncue-contrast",
    dark=True,
    primary="#00d7ff",
    secondary="#ffffff",
    accent="#ffff00",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#1c1c1c",
    success="#00ff5f",
    warning="#ffd700",
    error="#ffa0a0",
    variables={
        "safe": "#00ff5f",
        "unknown": "#d7afff",
        "caution": "#ffd700",
        "dangerous": "#ffa0a0",
        "foreground-muted": "#d0d0d0",
        "text-disabled": "#d0d0d0",
        "text-muted": "#d0d0d0",
        "block-cursor-background": "#00304a",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "bold",
    },
)
THEMES = {theme.name: theme for theme in (DARK, LIGHT, CONTRAST)}
DEFAULT = DARK.name


def register_themes(app: App[Any]) -> None:
    _add_themes(app)
    app.theme = DEFAULT


def begin_with(app: App[Any], name: str) -> None:
    """Before the app runs, so that its styles are read once, with the colours they will have."""
    _add_themes(app)
    app.set_reactive(App.theme, name)
    app.stylesheet.set_variables(app.get_css_variables())


def _add_themes(app: App[Any]) -> None:
    for theme in THEMES.values():
        app.register_theme(theme)
