"""Test the looks: four themes, no colour, plain ASCII. What matters is visible in each of them."""

import re

import pytest
from textual.strip import Strip

from tests.ui.desk import BOTH_SIZES, WIDE, Desk, presses
from tests.ui.history import CHLOE, HUGO
from tui.widgets.themes import THEMES, to_theme_setting

LOOKS = [to_theme_setting(theme.name) for theme in THEMES]
BOX = re.compile("[─│╭╮╰╯┌┐└┘━┃]")


def render_cursor_line(desk: Desk) -> Strip:
    """Return the title line of the row under the cursor."""
    threads = desk.inbox.threads
    return threads.render_line((threads.cursor - threads.top) * threads.ROW_HEIGHT)


def render_other_line(desk: Desk) -> Strip:
    """Return the title line of another row."""
    threads = desk.inbox.threads
    return threads.render_line((threads.cursor - threads.top + 1) * threads.ROW_HEIGHT)


@pytest.mark.parametrize("look", LOOKS)
async def test_the_row_under_the_cursor_differs_from_the_others(desk: Desk, look: str) -> None:
    async with desk.open(WIDE, theme=look):
        here, there = (
            next(iter(render_cursor_line(desk))).style,
            next(iter(render_other_line(desk))).style,
        )
        assert here is not None and there is not None
        assert here.reverse or here.bgcolor != there.bgcolor


async def test_a_reversed_row_has_no_patches_of_colour(desk: Desk) -> None:
    async with desk.open(WIDE, theme="terminal"):
        colours = {
            s.style.color for s in list(render_cursor_line(desk))[:-1] if s.style is not None
        }
        assert len(colours) == 1


@BOTH_SIZES
async def test_without_colours_lines_separate_the_bubbles(
    desk: Desk, size: tuple[int, int]
) -> None:
    async with desk.open(size, colours=False):
        await desk.open_thread(CHLOE)
        await desk.shows("│Can I move my appointment to Friday?")
        await desk.open_thread(HUGO) if size == WIDE else None
        assert desk.app.theme == "smsdesk-terminal"


async def test_no_colour_reaches_the_screen_where_none_is_wanted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with desk.open(WIDE, colours=False):
        await desk.shows("Chloe Martin")
        for strip in desk.app.screen._compositor.render_strips():
            for segment in strip.apply_filter(desk.app._filters[-1], desk.app.screen.styles.color):
                style = segment.style
                assert style is None or style.color is None or style.color.is_default
                assert style is None or style.bgcolor is None or style.bgcolor.is_default


@BOTH_SIZES
async def test_borders_and_badges_are_ascii_on_an_ascii_terminal(
    desk: Desk, size: tuple[int, int]
) -> None:
    async with desk.open(size, ascii=True):
        assert not BOX.search(desk.text())
        await desk.command("new")
        await desk.shows("New conversation")
        assert not BOX.search(desk.text())


@presses("look")
async def test_the_look_changes_for_as_long_as_the_desk_is_open(
    desk: Desk, size: tuple[int, int]
) -> None:
    async with desk.open(size):
        for look in [*LOOKS[1:], LOOKS[0]]:
            await desk.command("look")
            await desk.shows(f"Look: {look} ")
            assert desk.app.theme == f"smsdesk-{look}"


async def test_the_look_stays_colourless_if_that_is_set(desk: Desk) -> None:
    async with desk.open(WIDE, colours=False):
        await desk.command("look")
        await desk.shows("NO_COLOR is set")
        assert desk.app.theme == "smsdesk-terminal"
