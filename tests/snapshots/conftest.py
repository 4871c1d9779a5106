"""A desk for pictures: the day's history on a disk of its own, and the app that opens it.

`snap_compare` runs the app in a loop of its own, so the app opens and closes its store itself.
"""

import random
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest
import pytest_textual_snapshot  # type: ignore[import-untyped]
from textual import on
from textual.events import Unmount
from textual.pilot import Pilot
from textual.widgets import Input

import tui.app
from tests.contexts import make_context
from tests.ui.desk import Desk
from tui.app import SmsDeskApp
from tui.clock import ManualClock
from tui.desk.context import AppContext
from tui.store.store import Store

pytest_textual_snapshot.SVGImageExtension.file_extension = "svg"

NOW = 6 * 3_600 + 2 * 60
"""Seconds from the clock's start, 08:00, to 14:02, where the history ends."""

Scene = Callable[[Desk], Awaitable[None]]
"""What an agent does before the picture is taken."""
Picture = Callable[..., bool]
"""Compares a scene with its stored picture."""


class PicturedApp(SmsDeskApp):
    """The app, with a store that is open as long as it runs."""

    CSS_PATH: ClassVar[list[str]] = [
        str(Path(tui.app.__file__).parent / name) for name in SmsDeskApp.CSS_PATH
    ]

    def __init__(self, store: Store, seat: AppContext) -> None:
        """`store` is closed."""
        super().__init__(store, seat)
        self._database = store.database

    async def on_load(self) -> None:
        """Open the store before the first screen asks it."""
        await self._database.open()

    @on(Unmount)
    async def close_store(self) -> None:
        """Close it, or the process would not end."""
        await self._database.close()


def store_on(path: Path, clock: ManualClock) -> Store:
    """A store that always makes the same ids."""
    return Store(path, clock=clock, rng=random.Random(1), owner="picture")


@pytest.fixture
def picture(
    history: Path, tmp_path: Path, clock: ManualClock, snap_compare: Callable[..., bool]
) -> Picture:
    """Plays a scene over the history (or an empty inbox) and compares the picture."""

    def compare(scene: Scene, size: tuple[int, int], *, empty: bool = False, **looks: Any) -> bool:
        """`looks` change the seat."""
        clock.advance(NOW)
        if not empty:
            shutil.copy(history, tmp_path / "inbox.db")
        seat = make_context(clock, **looks)
        store = store_on(tmp_path / "inbox.db", clock)
        desk = Desk(store, clock, seat)
        desk.app = PicturedApp(store, seat)

        async def play(pilot: Pilot[int]) -> None:
            """Sit down, play, and let nothing blink."""
            desk.pilot = pilot
            await desk.settle()
            await scene(desk)
            for field in desk.app.screen.query(Input):
                field.cursor_blink = False

        try:
            return snap_compare(desk.app, terminal_size=size, run_before=play)
        except AssertionError:
            if desk.app.failure is not None:  # what went wrong in the scene says more
                raise desk.app.failure from None
            raise

    return compare
