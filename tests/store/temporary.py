"""Provide an inbox for one example of a property test."""

import contextlib
import random
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from tui.clock import ManualClock
from tui.store.store import Store


@contextlib.asynccontextmanager
async def temporary_store(clock: ManualClock | None = None, **options: Any) -> AsyncIterator[Store]:
    """Yield a new, empty, open store whose owner is "a" and delete it afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "inbox.db"
        values = {"clock": clock or ManualClock(), "rng": random.Random(1), "owner": "a", **options}
        async with Store(path, **values) as store:
            yield store
