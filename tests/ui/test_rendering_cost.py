"""Test work that is done only once: reading stylesheets and painting lines."""

import pytest
from textual.content import Content
from textual.css.stylesheet import Stylesheet

from tests.ui.desk import WIDE, Desk
from tui.terminal.private_api import set_border_subtitle, set_border_title
from tui.widgets.themes import LIGHT


async def test_the_stylesheets_are_read_once_for_the_first_theme(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    original = Stylesheet.reparse

    def reparse(stylesheet: Stylesheet) -> None:
        read.append(desk.app.theme)
        original(stylesheet)

    monkeypatch.setattr(Stylesheet, "reparse", reparse)
    async with desk.open(WIDE, theme="light"):
        assert read == []
        assert desk.inbox.styles.background.hex == LIGHT.background
        desk.app.theme = "smsdesk-high-contrast"
        await desk.until(lambda: bool(read), "the stylesheets to be read for another theme")
        assert desk.inbox.styles.background.hex == "#000000"


async def test_a_new_border_title_repaints_only_the_border(desk: Desk) -> None:
    async with desk.open(WIDE):
        left = desk.inbox.query_one("#left")
        with desk.app.batch_update():
            set_border_title(left, Content("Above [them]"))
            set_border_subtitle(left, Content("Below"))
            height = left.outer_size.height
            assert {(r.y, r.height) for r in left._repaint_regions} == {(0, 1), (height - 1, 1)}
        await desk.shows("Above [them]", "Below")
