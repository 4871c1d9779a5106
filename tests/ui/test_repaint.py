"""Test that what is painted bit by bit is what painting everything at once shows."""

from typing import Any

import pytest
from textual._compositor import CompositorUpdate
from textual.app import App
from textual.screen import Screen

from tests.ui.desk import WIDE, Desk, read_screen
from tests.ui.terminal import Emulator

WALK = (
    *("question_mark", "escape", "colon", "escape", "c", "escape", "g", "escape", "G", "home"),
    *("r", "h", "i", "escape", "v", "escape", "p", "escape", "j", "enter", "pageup", "escape"),
    *("slash", "z", "escape", "g", "n", "escape", "h", "escape", "t", "escape", "j", "j", "k"),
)
"""Keys that show and close screens, panes and lines."""


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """Return a terminal that gets every update of the screen as Textual makes it."""
    emulator = Emulator(*WIDE)

    def write_update(app: App[Any], screen: Screen[Any], update: object) -> None:
        if isinstance(update, CompositorUpdate):
            emulator.feed(update.render_segments(app.console))

    monkeypatch.setattr(App, "_display", write_update)
    return emulator


async def test_after_every_key_the_whole_picture_is_there(desk: Desk, terminal: Emulator) -> None:
    def is_whole() -> bool:
        compositor = desk.app.screen._compositor
        not_painted_yet = set(compositor._dirty_regions)
        whole = read_screen(desk.app)
        compositor._dirty_regions = not_painted_yet  # reading has cleared them
        return [line.rstrip() for line in terminal.display] == [line.rstrip() for line in whole]

    async with desk.open(WIDE):
        await desk.until(is_whole, "the first picture")
        for key in WALK:
            await desk.press(key)
            await desk.until(is_whole, f"the whole picture after {key}")
