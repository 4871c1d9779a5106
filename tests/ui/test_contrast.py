"""Test that every text can be read: its contrast is computed in each theme that has colours.

4.5 to 1 for text and 3 to 1 for lines and the like, as WCAG 2 asks for at level AA.
"""

import re
from collections.abc import Iterable, Iterator

import pytest
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from tests.slow_cases import slow_case
from tests.ui.desk import WIDE, Desk
from tests.ui.history import CHLOE, PRIYA
from tests.ui.test_help import DIALOGS, open_dialog
from tests.ui.test_setup import FakeSetup
from tui.widgets.styled import overlay_style
from tui.widgets.themes import THEMES, to_theme_setting

COLOURED = [to_theme_setting(theme.name) for theme in THEMES if not theme.ansi]
EACH_THEME = pytest.mark.parametrize("theme", COLOURED)
BACKGROUNDS = [
    *("background", "surface", "panel"),
    *("primary-muted", "warning-muted", "error-muted"),
]
_LINES = re.compile(r"^[\s─-▟▔▕]*$")
"""Borders, blocks and scroll bars."""
_TEXT_CONTRAST, _LINE_CONTRAST = 4.5, 3.0


def measure_luminance(colour: ColorTriplet) -> float:
    """Return the relative luminance of a colour, as WCAG defines it."""
    channels = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in colour)
    ]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def measure_contrast(style: Style) -> float:
    """Return the contrast of a style's two colours, 1 to 21."""
    assert style.color is not None and style.bgcolor is not None, style
    found = [measure_luminance(c.get_truecolor()) for c in (style.color, style.bgcolor)]
    return (max(found) + 0.05) / (min(found) + 0.05)


def find_faint(segments: Iterable[Segment]) -> Iterator[str]:
    """Yield the texts and lines that have too little contrast."""
    for text, style, _ in segments:
        if not text.strip() or style is None or style.color is None:
            continue
        needed = _LINE_CONTRAST if _LINES.match(text) else _TEXT_CONTRAST
        if not style.reverse and measure_contrast(style) < needed:
            yield f"{text.strip()!r}: {measure_contrast(style):.2f} ({style})"


def crop_strips(strips: list[Strip], region: Region) -> Iterator[Segment]:
    """Yield the segments inside a part of the screen."""
    for strip in strips[region.y : region.bottom]:
        yield from strip.crop(region.x, region.right)


def list_faint(desk: Desk) -> list[str]:
    """Return what is faint on the uppermost screen; what lies below a dialog is dimmed."""
    screen = desk.app.screen
    boxes: list[Widget] = list(screen.children)
    regions = [box.region for box in boxes] or [screen.region]
    strips = screen._compositor.render_strips()
    return [found for region in regions for found in find_faint(crop_strips(strips, region))]


def has_box(screen: Screen[object]) -> bool:
    """Return whether a dialog has its place on the screen."""
    return screen.is_current and any(box.region.area for box in screen.children)


@EACH_THEME
async def test_the_inbox_can_be_read(desk: Desk, theme: str) -> None:
    async with desk.open(WIDE, theme=theme):
        assert list_faint(desk) == []
        await desk.open_thread(PRIYA)
        await desk.shows("This one is delivered")
        assert list_faint(desk) == []
        await desk.press("K", "K")
        assert list_faint(desk) == []
        await desk.open_thread(CHLOE)
        await desk.command("reply")
        assert list_faint(desk) == []  # with the placeholder, if there is one
        await desk.type("Dear {name}, “yes”")
        await desk.shows("Unicode")
        assert list_faint(desk) == []
        await desk.press("ctrl+a")
        assert list_faint(desk) == []
        await desk.press("escape", "p")
        await desk.type("A note")
        assert list_faint(desk) == []
        await desk.press("escape", "slash")
        assert list_faint(desk) == []
        await desk.press("escape", "backslash")
        assert list_faint(desk) == []


@pytest.mark.parametrize("theme", [COLOURED[0], *map(slow_case, COLOURED[1:])])
async def test_every_dialog_can_be_read(desk: Desk, theme: str) -> None:
    faint = {}
    async with desk.open(WIDE, theme=theme, account_setup=FakeSetup().account_setup):
        for dialog in DIALOGS:
            await open_dialog(desk, dialog)
            await desk.until(lambda: has_box(desk.app.screen), f"{dialog} is on the screen")
            faint[dialog] = list_faint(desk)
            await desk.press("tab")
            faint[dialog] += list_faint(desk)
            while len(desk.app.screen_stack) > 1:
                await desk.press("escape")
            await desk.press("escape")
    assert {name: found for name, found in faint.items() if found} == {}


@EACH_THEME
async def test_every_style_of_a_row_can_be_read_on_every_row(desk: Desk, theme: str) -> None:
    async with desk.open(WIDE, theme=theme):
        threads = desk.inbox.threads
        names = [
            name for name in threads.COMPONENT_CLASSES if name.startswith(("thread--", "badge--"))
        ]
        assert len(names) >= 12
        faint = [
            f"{name} on {row or 'a row'}: {contrast:.2f}"
            for name in names
            for row in ("", "list--cursor", "list--cursor-dim")
            if (
                contrast := measure_contrast(
                    overlay_style(threads.find_style(row), threads.find_style(name))
                )
            )
            < _TEXT_CONTRAST
        ]
        assert faint == []


@EACH_THEME
async def test_every_plain_text_can_be_read_on_every_background(desk: Desk, theme: str) -> None:
    async with desk.open(WIDE, theme=theme):
        variables = desk.app.get_css_variables()
    faint = [
        f"{part} on {background}: {contrast:.2f}"
        for part in ("text-muted", "text-disabled", "foreground")
        for background in BACKGROUNDS
        if (
            contrast := measure_contrast(
                Style.parse(f"{variables[part]} on {variables[background]}")
            )
        )
        < _TEXT_CONTRAST
    ]
    assert faint == []


def test_the_contrast_is_that_of_the_standard() -> None:
    assert round(measure_contrast(Style.parse("#000000 on #ffffff")), 1) == 21.0
    assert round(measure_contrast(Style.parse("#777777 on #ffffff")), 2) == 4.48
    assert list(find_faint([Segment("x", Style.parse("#777777 on #ffffff"))]))
    assert not list(find_faint([Segment("─", Style.parse("#777777 on #ffffff"))]))
