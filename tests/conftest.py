"""Provide a manual clock and empty inboxes to all tests."""

import asyncio
import contextlib
import gc
import os
import random
import shutil
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import pytest
from hypothesis import settings

from tests.shared_server import SharedServer, share_server, stop_shared_server
from tests.ui.history import write_history
from tui.clock import ManualClock
from tui.domain.database import Database
from tui.store.progress_report import ReportProgress
from tui.store.queries import DIALECTS
from tui.store.sqlite import database_files, file_engine, migrations
from tui.store.sqlite.file_connection import FileConnection
from tui.store.store import Store

_create_file = database_files._create_file
_prepare_writer = file_engine._prepare_writer

_MAX_WORKERS = 16

settings.register_profile("desk", deadline=None, derandomize=True, database=None)
settings.register_profile("explore", deadline=None, max_examples=2_000, print_blob=True)
settings.load_profile("desk")


def pytest_xdist_auto_num_workers() -> int:
    """Return twice the cores, as half of the time a test waits for a program, socket or timer."""
    return min(2 * (os.cpu_count() or 1), _MAX_WORKERS)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Stop the database server of all workers, before pytest removes the note of where it is."""
    if not hasattr(session.config, "workerinput"):
        stop_shared_server(session.config)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test of the store on both engines, unless it is about the file of one."""
    if "engine_name" in metafunc.fixturenames:
        only = metafunc.definition.get_closest_marker("only_engine")
        metafunc.parametrize("engine_name", only.args if only else DIALECTS, scope="session")


def pytest_collection_finish() -> None:
    """Spare the garbage collector thousands of tests, which stay until the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


OpenStore = Callable[..., Awaitable[Store]]
"""Open one more store on a file: `await open_store(owner="b")`."""


@pytest.fixture
def clock() -> ManualClock:
    """Return a clock that stands at 4 March 2026, 08:00 UTC, until a test moves it."""
    return ManualClock()


@pytest.fixture(scope="session", autouse=True)
def cheap_databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let every new database of this process start as a copy of one that was built before.

    Building the schema takes 40 ms, most of it waiting for the disk, as does every commit; only a
    loss of power could show the difference. Programs that tests start build and wait as always.
    """
    template = tmp_path_factory.mktemp("template") / "inbox.db"
    with contextlib.closing(
        sqlite3.connect(template, isolation_level=None, factory=FileConnection)
    ) as connection:
        connection.execute("pragma synchronous = off")
        connection.execute("pragma journal_mode = wal")
        migrations.apply_migrations(connection)

    def copy_template(path: Path, mode: int) -> None:
        """Create the file complete or not at all, as other stores may open it at this moment."""
        try:
            with NamedTemporaryFile(dir=template.parent) as copy:
                shutil.copyfile(template, copy.name)
                os.chmod(copy.name, mode)
                os.link(copy.name, path)
        except OSError:  # it exists, cannot be made, or lies on another disk
            _create_file(path, mode)

    def prepare_writer(connection: FileConnection, report_progress: ReportProgress) -> None:
        """Set up the connection as always, but do not wait for the disk."""
        _prepare_writer(connection, report_progress)
        connection.execute("pragma synchronous = off")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database_files, "_create_file", copy_template)
        patch.setattr(file_engine, "_prepare_writer", prepare_writer)
        yield


@pytest.fixture
def real_databases(cheap_databases: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Build every new database as the program does, for tests of just that."""
    monkeypatch.setattr(database_files, "_create_file", _create_file)
    monkeypatch.setattr(file_engine, "_prepare_writer", _prepare_writer)


@pytest.fixture(scope="session")
def history(cheap_databases: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of the day of `tests.ui.history`, to be copied."""
    path = tmp_path_factory.mktemp("history") / "inbox.db"

    async def write() -> None:
        clock = ManualClock()
        async with Store(path, clock=clock, rng=random.Random(1), owner="picture") as store:
            await write_history(store, clock)

    asyncio.run(write())
    return path


@pytest.fixture(scope="session")
def database_server(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[SharedServer]:
    """Yield the server that the workers of this run share."""
    with contextlib.closing(share_server(tmp_path_factory, worker_id)) as server:
        yield server


@pytest.fixture
def home(tmp_path: Path) -> Database:
    """Return where the inbox of this test is stored."""
    return tmp_path / "inbox.db"


@pytest.fixture
async def open_store(home: Database, clock: ManualClock) -> AsyncIterator[OpenStore]:
    """Yield a function that opens stores for this test; close all of them at its end."""
    async with contextlib.AsyncExitStack() as opened:

        async def open_one(
            database: Database | None = None, *, owner: str = "a", seed: int = 1, **options: Any
        ) -> Store:
            """Open the store of a process named `owner`.

            Args:
                database: Where it is stored; by default in the inbox of this test.
                owner: Name of the process.
                seed: Seed of the random numbers, so that two processes make different ids.
                **options: More arguments of the store.
            """
            values = {"clock": clock, "rng": random.Random(seed), "owner": owner, **options}
            return await opened.enter_async_context(Store(database or home, **values))

        yield open_one


@pytest.fixture
async def store(open_store: OpenStore) -> Store:
    """Return an empty inbox."""
    return await open_store()
