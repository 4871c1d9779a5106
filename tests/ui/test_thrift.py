"""What is not done twice: style sheets read, lines painted."""

import pytest
from textual.content import Content
from textual.css.stylesheet import Stylesheet

from tests.ui.desk import WIDE, Desk
from tui.terminal.private_api import set_border_subtitle, set_border_title
from tui.widgets.themes import LIGHT


async def test_the_style_sheets_are_read_once_for_the_theme_the_desk_begins_with(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    once_more = Stylesheet.reparse

    def reparse(sheet: Stylesheet) -> None:
        read.append(desk.app.theme)
        once_more(sheet)

    monkeypatch.setattr(Stylesheet, "reparse", reparse)
    async with desk.open(WIDE, theme="light"):
        assert read == []
        assert desk.inbox.styles.background.hex == LIGHT.background
        desk.app.theme = "smsdesk-high-contrast"
        await desk.until(lambda: bool(read), "the style sheets to be read for another theme")
        assert desk.inbox.styles.background.hex == "#000000"


async def test_other_words_on_a_border_are_painted_without_what_it_holds(desk: Desk) -> None:
    async with desk.open(WIDE):
        left = desk.inbox.query_one("#left")
        with desk.app.batch_update():
            set_border_title(left, Content("Above [them]"))
            set_border_subtitle(left, Content("Below"))
            height = left.outer_size.height
            assert {(r.y, r.height) for r in left._repaint_regions} == {(0, 1), (height - 1, 1)}
        await desk.shows("Above [them]", "Below")
