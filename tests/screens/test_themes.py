"""What is written can be read: on every ground, in every theme, with few colours, and without any."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.color import Color as RichColor
from rich.color import ColorSystem
from rich.segment import Segment
from support.cockpit import Cockpit, Desk, cockpit
from textual.app import App
from textual.color import Color

from engine.levels import LEVEL_SIGNS
from engine.summary import SIGNS
from tui.themes import THEMES, register_themes

LEAST = 4.5
"""WCAG 2.1, success criterion 1.4.3, for text of ordinary size."""
LEAST_IN_CONTRAST = 7.0
"""Criterion 1.4.6."""
GROUNDS = ("background", "surface", "panel", "block-cursor-background")
"""The last one lies under a row of the outline in its own colours."""
ROOT = Path(__file__).resolve().parents[2] / "tui"
OF_TEXTUAL = {"text-disabled"}
"""What stands in an empty line to type into."""
NO_INK = {"background", "surface", "panel", "boost", "border", "block-cursor-background"}
"""What is only ever painted on."""


def used_inks() -> set[str]:
    """Every theme variable that a widget writes with."""
    texts = [path.read_text() for pattern in ("**/*.py", "**/*.tcss") for path in ROOT.glob(pattern)]
    named = {name for text in texts for name in re.findall(r"\$([a-z][a-z-]*[a-z])", text)}
    return (named | OF_TEXTUAL) - NO_INK


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


# Without seeing colours.


def test_levels_and_statuses_differ_in_their_signs() -> None:
    assert len(set(LEVEL_SIGNS.values())) == len(LEVEL_SIGNS)
    told_apart = ("pending", "running", "succeeded", "failed", "unknown", "skipped")
    assert len({SIGNS[status] for status in told_apart}) == len(told_apart)


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Look", "· safe"),
        ("Restart", "~ caution"),
        ("Flush", "‼ dangerous"),
        ("Unheard", "? unknown"),
    ],
)
async def test_a_level_is_said_with_its_sign_and_its_word(tmp_path: Path, title: str, words: str) -> None:
    desk = Desk(tmp_path, (Path(__file__).parent / "redis.md").read_text())
    desk.go_to(title)
    async with cockpit(desk) as one:
        assert words in one.text


async def test_no_colour_means_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Greys are left, so that a cursor and a question still stand out."""
    monkeypatch.setenv("NO_COLOR", "1")
    desk = Desk(tmp_path, (Path(__file__).parent / "redis.md").read_text())
    desk.go_to("Flush")
    async with cockpit(desk) as one:
        styles = [segment.style for strip in drawn(one) for segment in strip if segment.style]
        colours = {colour for style in styles for colour in (style.color, style.bgcolor) if colour is not None}
        shades = [colour.get_truecolor() for colour in colours if not colour.is_default]
        assert len(shades) > 3
        assert [shade for shade in shades if max(shade) - min(shade) > 2] == []
        assert "‼ dangerous" in one.text


def drawn(one: Cockpit) -> list[list[Segment]]:
    """As it goes to the terminal."""
    lines = one.screen._compositor.render_strips()
    return [list(line.apply_filter(one.app._filters[0], Color.parse("#000000"))) for line in lines]
