"""Test that a store that is closed as a search begins leaves no connection open."""

import asyncio
import gc
import random
import threading
import warnings
from pathlib import Path

import pytest

from tui.clock import ManualClock
from tui.store.errors import CannotOpen
from tui.store.sqlite import file_engine
from tui.store.sqlite.file_connection import FileConnection
from tui.store.store import Store


async def test_a_search_that_begins_as_the_store_is_closed_leaves_no_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: ManualClock
) -> None:
    is_opening, may_go_on = threading.Event(), threading.Event()

    def wait(connection: FileConnection) -> None:
        is_opening.set()
        may_go_on.wait(10.0)

    async with Store(tmp_path / "inbox.db", clock=clock, rng=random.Random(1), owner="a") as store:
        monkeypatch.setattr(file_engine, "_prepare_reader", wait)
        search = asyncio.create_task(store.database.search(lambda connection: None))
        await asyncio.to_thread(is_opening.wait, 10.0)
        asyncio.get_running_loop().call_soon(may_go_on.set)
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        await asyncio.gather(search, return_exceptions=True)
        with pytest.raises(CannotOpen):
            await store.database.search(lambda connection: None)
        del search, store
        gc.collect()
