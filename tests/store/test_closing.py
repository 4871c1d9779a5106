"""Test that no connection is left open, whatever ends while a search begins."""

import asyncio
import gc
import random
import threading
import warnings
from pathlib import Path
from typing import Any

import aiosqlite
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


async def test_a_search_that_is_cancelled_twice_as_it_opens_leaves_no_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: ManualClock
) -> None:
    is_open, may_go_on = asyncio.Event(), asyncio.Event()
    connect = aiosqlite.connect

    async def connect_slowly(*args: Any, **kwargs: Any) -> aiosqlite.Connection:
        connection = await connect(*args, **kwargs)
        is_open.set()
        await may_go_on.wait()
        return connection

    async with Store(tmp_path / "inbox.db", clock=clock, rng=random.Random(1), owner="a") as store:
        monkeypatch.setattr(aiosqlite, "connect", connect_slowly)
        search = asyncio.create_task(store.database.search(lambda connection: None))
        await is_open.wait()
        for _ in range(2):  # as each further key cancels the search once more
            search.cancel()
            await asyncio.sleep(0)
        may_go_on.set()
        with warnings.catch_warnings():
            warnings.simplefilter("error", ResourceWarning)
            await asyncio.wait([search])
            assert search.cancelled()
            del search
            gc.collect()
