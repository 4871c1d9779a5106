"""Test the database file and its connections: a failure is one line and leaves no trace."""

import asyncio
import os
import random
import sqlite3
from pathlib import Path
from typing import Any

import aiosqlite
import pytest

from tests.conftest import OpenStore
from tests.store.builders import ACCOUNT, get_conversation, get_path, make_reply
from tests.waiting import wait_until
from tui.clock import ManualClock
from tui.store.engine import Transaction
from tui.store.errors import (
    Busy,
    CannotOpen,
    CannotWrite,
    NewerDatabase,
    NotADatabase,
    StoreError,
)
from tui.store.sqlite import database_files, file_engine
from tui.store.sqlite.file_engine import FileEngine
from tui.store.store import Store

pytestmark = [pytest.mark.usefixtures("real_databases"), pytest.mark.only_engine("sqlite")]

TEMPLATE = "insert into templates (name, body, updated_at) values (:name, :body, 0)"


def make_values() -> dict[str, Any]:
    """Return the arguments of a store besides its path."""
    return {"clock": ManualClock(), "rng": random.Random(1), "owner": "a"}


async def read_open_error(path: Path) -> StoreError:
    """Return the error of opening an unusable file; its line names the file."""
    inbox = FileEngine(path, ManualClock())
    try:
        with pytest.raises(StoreError) as caught:
            await inbox.open()
    finally:
        await inbox.close()
    line = str(caught.value)
    assert str(path) in line or str(path.parent) in line
    assert "\n" not in line
    return caught.value


def get_mode(path: Path) -> int:
    """Return the permission bits."""
    return path.stat().st_mode & 0o7777


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
@pytest.mark.parametrize(
    ("shared", "of_file", "of_folder"), [(False, 0o600, 0o700), (True, 0o660, 0o2770)]
)
async def test_the_files_are_private_with_any_umask(
    tmp_path: Path, open_store: OpenStore, umask: int, shared: bool, of_file: int, of_folder: int
) -> None:
    path = tmp_path / "desk" / "inbox.db"
    before = os.umask(umask)
    try:
        store = await open_store(path, shared=shared)
        await store.ingest.store_events(ACCOUNT, [make_reply()])
    finally:
        os.umask(before)
    for name in ("inbox.db", "inbox.db-wal", "inbox.db-shm"):
        assert get_mode(path.with_name(name)) == of_file
    assert get_mode(path.parent) == of_folder


async def test_a_directory_is_no_file(tmp_path: Path) -> None:
    error = await read_open_error(tmp_path)
    assert isinstance(error, CannotOpen)
    assert "is a directory" in str(error)


@pytest.mark.parametrize(
    "content", [b"not SQLite at all\n" * 100, b"x", b"SQLite format 3\0" + b"\1" * 5000]
)
async def test_garbage_is_not_overwritten(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "inbox.db"
    path.write_bytes(content)
    assert isinstance(await read_open_error(path), NotADatabase)
    assert path.read_bytes() == content


async def test_the_database_of_another_program_is_left_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "inbox.db"
    for script in (
        "create table theirs (a)",
        "pragma user_version = 3",
        "pragma application_id = 7",
    ):
        path.unlink(missing_ok=True)
        theirs = sqlite3.connect(path)
        theirs.execute(script)
        theirs.commit()
        theirs.close()
        error = await read_open_error(path)
        assert isinstance(error, NotADatabase)
        assert "another program" in str(error)


async def test_a_newer_database_is_left_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "newer.db"
    async with Store(path, **make_values()):
        pass
    raw = sqlite3.connect(path)
    raw.execute("pragma user_version = 999")
    raw.close()
    error = await read_open_error(path)
    assert isinstance(error, NewerDatabase)
    assert "newer smsdesk" in str(error)


async def test_a_locked_database_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_engine, "_BUSY_MS", 50)
    path = tmp_path / "inbox.db"
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("pragma locking_mode = exclusive")
    holder.execute("begin exclusive")
    try:
        assert isinstance(await read_open_error(path), Busy)
    finally:
        holder.close()


async def test_a_write_to_a_locked_database_is_reported_and_writes_nothing(
    tmp_path: Path, open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_engine, "_BUSY_MS", 50)
    store = await open_store()
    holder = sqlite3.connect(get_path(store), isolation_level=None)
    holder.execute("begin immediate")
    with pytest.raises(Busy):
        await store.ingest.store_events(ACCOUNT, [make_reply()])
    holder.execute("rollback")
    holder.close()
    await store.ingest.store_events(ACCOUNT, [make_reply()])
    assert (await store.conversations.get_counts()).open == 1


async def test_a_directory_that_cannot_be_made_is_named() -> None:
    error = await read_open_error(Path("/proc/smsdesk/inbox.db"))
    assert isinstance(error, CannotOpen)
    assert "Cannot make the directory" in str(error)


async def test_a_file_that_cannot_be_made_is_named() -> None:
    error = await read_open_error(Path("/proc/inbox.db"))
    assert isinstance(error, CannotOpen)
    assert "Cannot create the database" in str(error)


async def test_a_file_in_place_of_the_directory_is_named(tmp_path: Path) -> None:
    (tmp_path / "desk").write_text("")
    assert isinstance(await read_open_error(tmp_path / "desk" / "inbox.db"), CannotOpen)


async def test_a_directory_that_may_not_be_seen_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(self: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "is_dir", denied)
    error = await read_open_error(tmp_path / "inbox.db")
    assert isinstance(error, CannotOpen)
    assert "Permission denied" in str(error)


async def test_a_network_file_system_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_files, "detect_file_system", lambda folder: "nfs4")
    error = await read_open_error(tmp_path / "inbox.db")
    assert isinstance(error, CannotOpen)
    assert "nfs4" in str(error)
    assert not (tmp_path / "inbox.db").exists()


def test_the_file_system_of_a_folder_is_detected() -> None:
    assert database_files.detect_file_system(Path("/proc/self")) == "proc"
    assert database_files.detect_file_system(Path("/no/such/folder"))


async def test_a_file_on_a_read_only_mount_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "inbox.db"
    path.touch()
    connect = aiosqlite.connect
    monkeypatch.setattr(
        aiosqlite, "connect", lambda file, **k: connect(f"file:{file}?mode=ro", uri=True, **k)
    )
    assert isinstance(await read_open_error(path), CannotWrite)


async def test_a_full_disk_is_reported_and_writes_nothing(store: Store) -> None:
    def fill(transaction: Transaction) -> None:
        pages = transaction.connection.execute("pragma page_count").fetchone()[0]
        transaction.connection.execute(f"pragma max_page_count = {pages + 1}")
        for n in range(100):
            row = {"name": f"name {n}", "body": "x" * 4000}
            transaction.connection.execute(TEMPLATE, row)

    with pytest.raises(CannotWrite):
        await store.database.write(fill)
    assert await store.templates.list_by_name() == []


async def test_a_commit_is_on_disk_before_it_is_reported(store: Store) -> None:
    synchronous = await store.database.write(
        lambda transaction: transaction.connection.execute("pragma synchronous").fetchone()[0]
    )
    assert synchronous == 2, "full"


async def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(CannotWrite):
        await store.database.read(lambda c: c.execute("delete from changes").fetchall())


async def test_a_failed_transaction_is_rolled_back(store: Store) -> None:
    def fail(transaction: Transaction) -> None:
        transaction.connection.execute(TEMPLATE, {"name": "a", "body": "b"})
        transaction.adjust_counter("open", 5)
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        await store.database.write(fail)
    assert await store.templates.list_by_name() == []
    assert await store.conversations.get_counters() == {}


async def test_a_cancelled_write_leaves_no_transaction_open(store: Store) -> None:
    other = sqlite3.connect(get_path(store), isolation_level=None, timeout=5)
    stored = 0
    for n in range(40):
        writing = asyncio.create_task(store.ingest.store_events(ACCOUNT, [make_reply(id=f"e{n}")]))
        for _ in range(n % 4):
            await asyncio.sleep(0)
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
        other.execute("begin immediate")
        other.execute("rollback")
    stored = other.execute("select count(*) from messages").fetchone()[0]
    other.close()
    await store.ingest.store_events(ACCOUNT, [make_reply(id=f"e{n}") for n in range(40)])
    assert (await get_conversation(store)).unread == 40
    assert stored <= 40


async def test_closing_waits_for_a_running_write(tmp_path: Path) -> None:
    store = Store(tmp_path / "inbox.db", **make_values())
    await store.__aenter__()
    writing = asyncio.create_task(store.ingest.store_events(ACCOUNT, [make_reply()]))
    await asyncio.sleep(0)
    writing.cancel()
    await store.__aexit__(None, None, None)
    raw = sqlite3.connect(get_path(store))
    assert raw.execute("pragma integrity_check").fetchone()[0] == "ok"
    assert raw.execute("select count(*) from messages").fetchone()[0] == 1
    raw.close()


async def test_a_closed_database_is_reported(tmp_path: Path) -> None:
    async with Store(tmp_path / "inbox.db", **make_values()) as store:
        pass
    with pytest.raises(CannotOpen):
        await store.conversations.get_counts()


async def test_a_checkpoint_moves_the_log_into_the_file(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply() for _ in range(50)])
    before = get_path(store).stat().st_size
    await store.database.tend(at_once=True)
    assert get_path(store).stat().st_size > before


async def test_a_long_log_is_truncated_after_the_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_engine, "_LOG_BYTES", limit := 50_000)
    log = tmp_path / "inbox.db-wal"
    async with Store(tmp_path / "inbox.db", **make_values()) as store:
        await store.ingest.store_events(ACCOUNT, [make_reply() for _ in range(200)])
        assert log.stat().st_size > 4 * limit
        await store.database.tend(at_once=True)
        await store.ingest.store_events(ACCOUNT, [make_reply(text="the next one begins it anew")])
        assert log.stat().st_size <= 2 * limit


async def test_own_commits_are_reported_on_the_event_loop(store: Store) -> None:
    rung: list[int] = []
    store.database.add_commit_callback(lambda: rung.append(1))
    await store.ingest.store_events(ACCOUNT, [make_reply()])
    await wait_until(lambda: rung)
