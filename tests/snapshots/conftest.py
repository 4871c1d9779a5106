"""Compare pictures of the app over the day's history, which each test has on a disk of its own.

`snap_compare` runs the app in a loop of its own, so the app opens and closes its store itself.
"""

import contextlib
import random
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest
import pytest_textual_snapshot  # type: ignore[import-untyped]
from syrupy.assertion import SnapshotAssertion
from textual import on
from textual.events import Unmount
from textual.pilot import Pilot
from textual.widgets import Input

import tui.app
from tests.contexts import make_context
from tests.ui.desk import Desk
from tests.waiting import wait_until
from tui.app import SmsDeskApp
from tui.clock import ManualClock
from tui.desk.context import AppContext
from tui.store.store import Store

pytest_textual_snapshot.SVGImageExtension.file_extension = "svg"

NOW = 6 * 3_600 + 2 * 60
"""Seconds from the clock's start, 08:00, to 14:02, when the history ends."""

PATIENCE = 10.0
"""Seconds that the last frame of a scene may take."""

Scene = Callable[[Desk], Awaitable[None]]
"""Keys that an agent presses before the picture is taken."""
Picture = Callable[..., bool]
"""Compare a scene with its stored picture."""


class PicturedApp(SmsDeskApp):
    """Run the app with a store that is open as long as the app runs."""

    CSS_PATH: ClassVar[list[str]] = [
        str(Path(tui.app.__file__).parent / name) for name in SmsDeskApp.CSS_PATH
    ]

    def __init__(self, store: Store, app_context: AppContext) -> None:
        """Create the app.

        Args:
            store: Store that is still closed.
            app_context: Settings and helpers of the app.
        """
        super().__init__(store, app_context)
        self._database = store.database

    async def on_load(self) -> None:
        """Open the store before the first screen reads it."""
        await self._database.open()

    @on(Unmount)
    async def close_store(self) -> None:
        """Close the store; the process would not end otherwise."""
        await self._database.close()


def find_stored_picture(snapshot: SnapshotAssertion) -> Path:
    """Return the file of the picture that belongs to the running test."""
    extension = pytest_textual_snapshot.SVGImageExtension
    return Path(extension.get_location(test_location=snapshot.test_location, index=0))


async def wait_for_picture(app: SmsDeskApp, stored: str) -> None:
    """Wait until the screen looks like the stored picture, but not longer than `PATIENCE`.

    The texts of a scene can be on the screen one frame before the last label has its place.
    """

    def is_equal() -> bool:
        """Return whether the screen looks like the stored picture now."""
        shown = app.export_screenshot(title=app.title, simplify=True)
        return bool(pytest_textual_snapshot.normalize_svg(shown) == stored)

    with contextlib.suppress(AssertionError):  # the comparison that follows shows the difference
        await wait_until(is_equal, timeout=PATIENCE)


def create_store(path: Path, clock: ManualClock) -> Store:
    """Return a store that always makes the same ids."""
    return Store(path, clock=clock, rng=random.Random(1), owner="picture")


@pytest.fixture
def picture(
    history: Path,
    tmp_path: Path,
    clock: ManualClock,
    snap_compare: Callable[..., bool],
    snapshot: SnapshotAssertion,
) -> Picture:
    """Return a function that plays a scene and compares its picture."""
    stored = find_stored_picture(snapshot)

    def compare(scene: Scene, size: tuple[int, int], *, empty: bool = False, **looks: Any) -> bool:
        """Play a scene over the history, or an empty inbox, and compare the picture.

        Args:
            scene: Keys to press.
            size: Columns and lines of the terminal.
            empty: Whether to start without the history.
            **looks: Fields of the context to replace.
        """
        clock.advance(NOW)
        if not empty:
            shutil.copy(history, tmp_path / "inbox.db")
        app_context = make_context(clock, **looks)
        store = create_store(tmp_path / "inbox.db", clock)
        desk = Desk(store, clock, app_context)
        desk.app = PicturedApp(store, app_context)

        async def play(pilot: Pilot[int]) -> None:
            """Wait for the first picture, play the scene and stop all blinking."""
            desk.pilot = pilot
            await desk.settle()
            await scene(desk)
            for field in desk.app.screen.query(Input):
                field.cursor_blink = False
            if stored.exists() and not snapshot.session.update_snapshots:
                await wait_for_picture(
                    desk.app, pytest_textual_snapshot.normalize_svg(stored.read_text("utf-8"))
                )

        try:
            return snap_compare(desk.app, terminal_size=size, run_before=play)
        except AssertionError:
            if desk.app.failure is not None:  # the error of the scene explains more
                raise desk.app.failure from None
            raise

    return compare
