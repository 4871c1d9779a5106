"""Provide the app over a store with a day's history, for tests of the screen."""

from pathlib import Path

import pytest
import pytest_textual_snapshot  # type: ignore[import-untyped]

from tests.conftest import OpenStore
from tests.contexts import change_context, make_context
from tests.ui.desk import Desk
from tests.ui.history import copy_history
from tui.clock import ManualClock
from tui.desk.context import AppContext
from tui.store.store import Store

pytest_textual_snapshot.SVGImageExtension.file_extension = "svg"


@pytest.fixture
def app_context(clock: ManualClock) -> AppContext:
    """Return Mia's context: two accounts, UTC, no grace period."""
    return make_context(clock)


@pytest.fixture
def empty_desk(store: Store, clock: ManualClock, app_context: AppContext) -> Desk:
    """Return the app over an inbox without any message."""
    return Desk(store, clock, app_context)


@pytest.fixture
async def desk(empty_desk: Desk, history: Path) -> Desk:
    """Return the app at 14:02 of an ordinary day; `async with desk.open(NARROW):` shows it."""
    await copy_history(history, empty_desk.store, empty_desk.clock)
    return empty_desk


@pytest.fixture
async def mia(
    open_store: OpenStore, clock: ManualClock, app_context: AppContext, history: Path
) -> Desk:
    """Return Mia's desk."""
    store = await open_store(owner="mia-1")
    await copy_history(history, store, clock)
    return Desk(store, clock, app_context)


@pytest.fixture
async def bo(mia: Desk, open_store: OpenStore, clock: ManualClock, app_context: AppContext) -> Desk:
    """Return Bo's desk, on the same file."""
    store = await open_store(owner="bo-1", seed=2)
    return Desk(store, clock, change_context(app_context, agent="bo"))
