"""What is written can be read: on every ground, in every theme, with few colours, with none, and without seeing them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.color import Color as RichColor
from rich.color import ColorSystem
from textual.app import App
from textual.color import Color

from engine.levels import LEVEL_SIGNS
from engine.summary import SIGNS
from tui.themes import DEFAULT, THEMES, register_themes

LEAST = 4.5
"""WCAG 2.1, success criterion 1.4.3, for text of ordinary size."""
LEAST_IN_CONTRAST = 7.0
"""Criterion 1.4.6."""
GROUNDS = ("background", "surface", "panel", "block-cursor-background")
"""The last one lies under a row of the outline in its own colours."""
ROOT = Path(__file__).resolve().parents[2] / "tui"
NO_INK = {"background", "surface", "panel", "boost", "border"}
"""What is only ever painted on."""


def used_inks() -> set[str]:
    """Every theme variable that a widget writes with."""
    texts = [path.read_text() for pattern in ("**/*.py", "**/*.tcss") for path in ROOT.glob(pattern)]
    return {name for text in texts for name in re.findall(r"\$([a-z][a-z-]*[a-z])", text)} - {"block-cursor-background", *NO_INK}


async def variables(theme: str) -> dict[str, str]:
    app: App[None] = App()
    async with app.run_test():
        register_themes(app)
        app.theme = theme
        return app.get_css_variables()


def seen(name: str, ground: Color, values: dict[str, str]) -> Color:
    value = values[name]
    if value.startswith("auto"):
        share = float(value.split()[1].rstrip("%")) / 100 if " " in value else 1.0
        return ground + ground.get_contrast_text(share)
    return ground + Color.parse(value)


def luminance(colour: Color) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(part) for part in colour.normalized)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Color, other: Color) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def pairs(values: dict[str, str]) -> Iterator[tuple[str, str, float]]:
    """Each ink on each ground it may stand on."""
    for place in GROUNDS:
        ground = Color.parse(values[place])
        for name in sorted(used_inks()):
            yield name, place, contrast(seen(name, ground, values), ground)


def test_the_formula_is_that_of_wcag() -> None:
    assert contrast(Color.parse("#000"), Color.parse("#fff")) == pytest.approx(21)
    assert contrast(Color.parse("#777"), Color.parse("#fff")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
async def test_every_text_can_be_read_on_its_ground(theme: str) -> None:
    least = LEAST_IN_CONTRAST if theme == "oncue-contrast" else LEAST
    found = list(pairs(await variables(theme)))
    assert len(found) > 30
    assert [(name, place, round(ratio, 2)) for name, place, ratio in found if ratio < least] == []


@pytest.mark.parametrize("theme", THEMES)
async def test_sixteen_colours_are_enough_to_read_every_text(theme: str) -> None:
    """A console, or a terminal that says no more of itself than `xterm`."""
    values = await variables(theme)
    unreadable = []
    for place in ("background", "surface", "panel"):
        ground = Color.parse(values[place])
        for name in sorted(used_inks()):
            ratio = contrast(of_sixteen(seen(name, ground, values)), of_sixteen(ground))
            unreadable += [(name, place, round(ratio, 2))] if ratio < 3 else []
    assert unreadable == []


def of_sixteen(colour: Color) -> Color:
    nearest = RichColor.from_rgb(*colour.rgb).downgrade(ColorSystem.STANDARD).get_truecolor()
    return Color(*nearest)
