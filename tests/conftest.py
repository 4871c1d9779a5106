"""What every test may ask for: a clock that stands still and an inbox of its own."""

import contextlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tui.clock import ManualClock
from tui.store.store import Store

settings.register_profile("desk", deadline=None, derandomize=True, database=None)
settings.register_profile("explore", deadline=None, max_examples=2_000, print_blob=True)
settings.load_profile("desk")

OpenStore = Callable[..., Awaitable[Store]]
"""Opens one more store on a file: `await open_store(owner="b")`."""


@pytest.fixture
def clock() -> ManualClock:
    """4 March 2026, 08:00 UTC, until moved."""
    return ManualClock()


@pytest.fixture
async def open_store(tmp_path: Path, clock: ManualClock) -> AsyncIterator[OpenStore]:
    """Opens stores on `inbox.db` of this test's directory; all are closed at its end."""
    async with contextlib.AsyncExitStack() as opened:

        async def open_one(
            path: Path | None = None, *, owner: str = "a", seed: int = 1, **options: Any
        ) -> Store:
            """A store of one process named `owner`."""
            values = {"clock": clock, "rng": random.Random(seed), "owner": owner, **options}
            return await opened.enter_async_context(Store(path or tmp_path / "inbox.db", **values))

        yield open_one


@pytest.fixture
async def store(open_store: OpenStore) -> Store:
    """An empty inbox."""
    return await open_store()
