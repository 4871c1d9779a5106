"""A desk for tests of the screen: a store with a day's history, and the app over it."""

from pathlib import Path

import pytest
import pytest_textual_snapshot  # type: ignore[import-untyped]

from tests.contexts import make_context
from tests.ui.desk import Desk
from tests.ui.history import copy_history
from tui.clock import ManualClock
from tui.desk.context import AppContext
from tui.store.store import Store

pytest_textual_snapshot.SVGImageExtension.file_extension = "svg"


@pytest.fixture
def seat(clock: ManualClock) -> AppContext:
    """Mia's place: two accounts, UTC, no time to take a message back."""
    return make_context(clock)


@pytest.fixture
def empty_desk(store: Store, clock: ManualClock, seat: AppContext) -> Desk:
    """A desk to which nobody has ever written."""
    return Desk(store, clock, seat)


@pytest.fixture
async def desk(empty_desk: Desk, history: Path) -> Desk:
    """A desk at 14:02 of an ordinary day; `async with desk.open(NARROW):` shows it."""
    await copy_history(history, empty_desk.store, empty_desk.clock)
    return empty_desk
