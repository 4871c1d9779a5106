"""Test moving an inbox between a file and a server: complete, resumable, and compared."""

import contextlib
import os
import random
import re
import sqlite3
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.shared_server import SharedServer
from tests.store.builders import (
    ACCOUNT,
    MIA,
    get_conversation,
    make_outgoing,
    make_receipt,
    make_reply,
)
from tests.store.consistency import check_counters_and_summaries
from tests.ui.history import write_history
from tui.clock import Clock, ManualClock, SystemClock
from tui.domain.database import Database, ServerDatabase
from tui.domain.status import Status
from tui.store.errors import (
    CannotOpen,
    InboxMark,
    MovedAway,
    NotADatabase,
    OutdatedSchema,
    Rehearsal,
    StoreError,
    UnfinishedMove,
)
from tui.store.moving import inbox_move
from tui.store.moving.file_inbox import FileInbox
from tui.store.moving.inbox_move import PASSING_TABLES, InboxMove, MoveResult
from tui.store.moving.movable import Kind, MoveFailed, MoveRefused, Table
from tui.store.moving.opening import create_target, open_marked, open_source, open_target
from tui.store.moving.progress import MARKS
from tui.store.moving.server_inbox import ServerInbox
from tui.store.progress_report import ignore_progress
from tui.store.reader import InboxReader
from tui.store.sqlite.glimpse import read_open_list
from tui.store.store import Store

pytestmark = pytest.mark.only_engine("sqlite")

Rows = dict[str, list[tuple[Any, ...]]]
_CHOSEN = {"kind": "reply", "channel": "push", "state": "held", "content": "{}"}
_ROOT = Path(__file__).parents[2]


async def move(
    source: Database,
    target: Database,
    *,
    clock: Clock | None = None,
    report: Callable[[str, int, int], None] = ignore_progress,
    rehearse: bool = False,
) -> MoveResult:
    """Move an inbox as the command does."""
    clock = clock or ManualClock()
    with contextlib.closing(open_source(source, target, clock)) as inbox:
        await create_target(target, clock, shared=False, report=ignore_progress)
        with contextlib.closing(open_target(target, clock)) as place:
            name = os.urandom(4).hex()
            return InboxMove(inbox, place, name, report, is_rehearsal=rehearse).run()


def reopen(database: Database) -> None:
    """Make a moved inbox usable again."""
    with contextlib.closing(open_marked(database, ManualClock())) as inbox, inbox.begin():
        inbox.write_mark(None)


def read_tables(database: Database) -> Rows:
    """Return all rows of an inbox, but those of the tables that pass."""
    inbox = FileInbox(database, ManualClock()) if isinstance(database, Path) else None
    with contextlib.closing(inbox or ServerInbox(database)) as opened:  # type: ignore[arg-type]
        return {
            name: list(opened.read_rows(_sort_columns(table)))
            for name, table in opened.list_tables().items()
            if name not in {*PASSING_TABLES, MARKS}
        }


def _sort_columns(table: Table) -> Table:
    """Return a table with its columns in an order that both engines have."""
    return Table(table.name, dict(sorted(table.columns.items())), table.key, table.parents)


def fill_empty_tables(path: Path) -> None:
    """Write a row into each table that has none, whatever tables there are."""
    with contextlib.closing(FileInbox(path, ManualClock())) as inbox:
        ids = {
            f"{table[:-1]}_id": inbox.run(f"select min(id) from {table}")[0][0]
            for table in ("conversations", "messages")
        }
        for table in inbox.list_tables().values():
            if inbox.run(f"select 1 from {table.name} limit 1"):
                continue
            values = {
                name: _CHOSEN.get(name, ids.get(name, _make(kind)))
                for name, kind in table.columns.items()
            }
            inbox.add_rows(table, [tuple(values.values())])


def _make(kind: Kind) -> Any:
    """Return a value for a column."""
    return {Kind.NUMBER: 7, Kind.TEXT: "ż 7", Kind.BYTES: b"\0\xff", Kind.FRACTION: 7.25}[kind]


@pytest.fixture
async def source(tmp_path: Path, clock: ManualClock) -> Path:
    """Return a file with a row in every table, which was in use a minute ago."""
    path = tmp_path / "inbox.db"
    async with Store(path, clock=clock, rng=random.Random(1), owner="before") as store:
        await write_history(store, clock)
        await store.ingest.store_events(ACCOUNT, [make_receipt(Status.DELIVERED, "unknown-id")])
        await store.leases.record_heartbeat("ana", "inbox")
    clock.advance(60)
    fill_empty_tables(path)
    return path


@pytest.fixture
def server(database_server: SharedServer) -> ServerDatabase:
    """Return a new database on the server."""
    return database_server.create_database("moved")


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write few rows at a time."""
    monkeypatch.setattr(inbox_move, "_BATCH_ROWS", 3)


async def check_inbox(database: Database, clock: Clock) -> None:
    """Check the sums over the tables, with the search and what is new, by working in the inbox."""
    async with Store(database, clock=clock, rng=random.Random(9), owner="after") as store:
        before = await store.feed.get_last_number()
        await check_counters_and_summaries(store)
        await store.ingest.store_events(ACCOUNT, [make_reply("Zażółć gęślą", MIA)])
        await store.intents.queue_message(make_outgoing("jaźń"))
        assert await store.feed.get_last_number() > before
        assert len(await store.messages.search_text("zazolc")) == 1
        await check_counters_and_summaries(store)


def test_both_engines_have_the_same_tables(source: Path, database_server: SharedServer) -> None:
    inbox = database_server.get_empty_inbox()
    with (
        contextlib.closing(FileInbox(source, ManualClock())) as file,
        contextlib.closing(ServerInbox(inbox)) as server,
    ):
        here, there = file.list_tables(), server.list_tables()
    assert set(here) == set(there) > PASSING_TABLES
    for name, table in here.items():
        assert dict(table.columns) == dict(there[name].columns), name
        assert (table.key, table.parents) == (there[name].key, there[name].parents), name
        assert table.key, name


async def test_an_inbox_is_the_same_on_two_servers_and_back_in_a_file(
    source: Path,
    server: ServerDatabase,
    database_server: SharedServer,
    clock: ManualClock,
    tmp_path: Path,
) -> None:
    whole = read_tables(source)
    assert all(whole.values())
    result = await move(source, server, clock=clock)
    assert read_tables(server) == whole
    assert {count.label: count.target for count in result.tables} == {
        name: len(rows) for name, rows in whole.items()
    }
    back = tmp_path / "back.db"
    other = database_server.create_database("again")
    await move(server, other)
    assert read_tables(other) == whole
    await move(other, back)
    assert read_tables(back) == whole
    assert back.stat().st_mode & 0o777 == 0o600
    assert read_tables(source) == whole


async def test_both_can_be_worked_in_afterwards(
    source: Path, server: ServerDatabase, clock: ManualClock, tmp_path: Path
) -> None:
    _drop_made_up_rows(source)
    for place in (server, tmp_path / "copy.db"):
        await move(source, place, clock=clock)
        reopen(source)
    async with Store(source, clock=clock, rng=random.Random(9), owner="after") as store:
        texts = [await store.messages.search_text(word) for word in ("order", "a", "ja")]
    assert any(texts)
    for place in (server, tmp_path / "copy.db"):
        async with Store(place, clock=clock, rng=random.Random(9), owner="after") as store:
            found = [await store.messages.search_text(word) for word in ("order", "a", "ja")]
        assert [[m.id for m in one] for one in found] == [[m.id for m in one] for one in texts]
        await check_inbox(place, clock)
    with psycopg.connect(server.address) as connection:
        month = connection.execute("select count(*) from messages_fts_other").fetchone()
        assert month == (0,)


def _drop_made_up_rows(path: Path) -> None:
    """Delete the rows that mean nothing to the checks of the sums."""
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        for table in ("conversation_labels", "aliases", "attachments", "redirects", "consent"):
            connection.execute(f"delete from {table}")
        connection.execute("update conversations set labels = '', opted_out = 0")
        connection.execute(
            "insert into aliases select party, address, id from conversations where 0"
        )


async def test_numbers_go_on_after_the_last_ones(
    source: Path, server: ServerDatabase, clock: ManualClock, tmp_path: Path
) -> None:
    with contextlib.closing(FileInbox(source, clock)) as inbox:
        last = inbox.get_last_change()
        highest = inbox.run("select max(id) from events")[0][0]
    assert last > 0
    await move(source, server, clock=clock)
    await move(server, tmp_path / "back.db")
    reopen(server)
    for place in (server, tmp_path / "back.db"):
        async with Store(place, clock=clock, rng=random.Random(9), owner="after") as store:
            assert await store.feed.get_last_number() == last
            await store.ingest.store_events(ACCOUNT, [make_reply("Hello")])
            new = await store.database.read(
                lambda c: c.execute("select max(id) from events").fetchone()[0]
            )
            assert new == highest + 1
            assert await store.feed.get_last_number() > last


async def test_a_message_that_was_being_sent_is_not_sent_again(
    tmp_path: Path, server: ServerDatabase, clock: ManualClock
) -> None:
    path = tmp_path / "inbox.db"
    async with Store(path, clock=clock, rng=random.Random(1), owner="dead") as store:
        await store.leases.record_heartbeat("ana", "service")
        sent = await store.intents.queue_message(make_outgoing())
        await store.outbox.claim_due_messages("dead", ACCOUNT, 1)
    clock.advance(60)
    await move(path, server, clock=clock)
    async with Store(server, clock=clock, rng=random.Random(2), owner="next") as store:
        assert await store.outbox.claim_due_messages("next", ACCOUNT, 5) == []
        assert await store.outbox.settle_abandoned_claims(clock.now() - 10_000) == 1
        message = await store.messages.get(sent.id)
        assert message is not None
        assert message.status is Status.UNCERTAIN
        assert await store.outbox.claim_due_messages("next", ACCOUNT, 5) == []


# Marks --------------------------------------------------------------------------------------


async def check_closed(database: Database, mark: type[InboxMark]) -> None:
    """Check that neither a desk nor a command opens a database."""
    with pytest.raises(mark):
        async with Store(database, clock=ManualClock(), rng=random.Random(), owner="late"):
            pass
    with pytest.raises(mark), InboxReader(database):
        pass


@pytest.mark.parametrize("engine", ["file", "server"])
async def test_a_moved_inbox_is_closed_until_it_is_reopened(
    source: Path, server: ServerDatabase, tmp_path: Path, clock: ManualClock, engine: str
) -> None:
    moved, target = source, tmp_path / "new.db"
    if engine == "server":
        await move(source, server, clock=clock)
        moved = server  # type: ignore[assignment]
    before = read_tables(moved)
    await move(moved, target, clock=clock)
    await check_closed(moved, MovedAway)
    for into in (target, tmp_path / "other.db", server if engine == "file" else source):
        with pytest.raises(MovedAway) as caught:
            await move(moved, into, clock=clock)
        assert f"{moved} was moved to {target} on " in str(caught.value)
        assert f"smsdesk import {moved} --reopen" in str(caught.value)
    assert read_tables(moved) == before
    reopen(moved)
    async with Store(moved, clock=clock, rng=random.Random(3), owner="again") as store:
        await store.intents.queue_message(make_outgoing("jaźń"))
    result = await move(moved, tmp_path / "other.db", clock=clock)
    assert not result.is_resumed
    await check_closed(moved, MovedAway)


@pytest.mark.parametrize("engine", ["file", "server"])
async def test_a_process_that_slept_through_the_move_sends_and_fetches_nothing(
    tmp_path: Path, server: ServerDatabase, clock: ManualClock, engine: str
) -> None:
    place: Database = tmp_path / "inbox.db" if engine == "file" else server
    async with Store(place, clock=clock, rng=random.Random(1), owner="slept") as store:
        assert await store.leases.acquire_lease(ACCOUNT, duration_ms=1_000, preferred=True)
        queued = await store.intents.queue_message(make_outgoing())
        clock.advance(60)
        await move(place, tmp_path / "new.db", clock=clock)
        with pytest.raises(NotADatabase, match="nothing is stored or sent here"):
            await store.outbox.claim_due_messages("slept", ACCOUNT, 5)
        with pytest.raises(NotADatabase, match="nothing is stored or sent here"):
            await store.leases.renew_leases(
                "ana", "service", [ACCOUNT], duration_ms=1_000, preferred=True
            )
        with pytest.raises(NotADatabase, match="nothing is stored or sent here"):
            await store.leases.acquire_lease(ACCOUNT, duration_ms=1_000, preferred=True)
        with pytest.raises(NotADatabase, match="nothing is stored or sent here"):
            await store.intents.queue_message(make_outgoing("One more"))
        with pytest.raises(NotADatabase, match="nothing is stored or sent here"):
            await store.ingest.store_events(ACCOUNT, [make_reply("Lost?")])
        thread = await get_conversation(store)
        with pytest.raises(NotADatabase, match="nothing is stored or sent here"):
            await store.triage.set_star([thread.id], "ana", True)
        with pytest.raises(NotADatabase, match="nothing is stored or sent here"):
            await store.drafts.save_draft(thread.id, "ana", "Nor this", began_at=0)
        assert await store.messages.search_text("lost") == []
        message = await store.messages.get(queued.id)
        assert message is not None
        assert message.status is Status.QUEUED
    async with Store(tmp_path / "new.db", clock=clock, rng=random.Random(1), owner="b") as store:
        assert len(await store.outbox.claim_due_messages("b", ACCOUNT, 5)) == 1


@pytest.mark.parametrize("engine", ["file", "server"])
async def test_a_rehearsal_leaves_only_the_source_usable(
    source: Path, server: ServerDatabase, tmp_path: Path, clock: ManualClock, engine: str
) -> None:
    target: Database = tmp_path / "new.db" if engine == "file" else server
    result = await move(source, target, clock=clock, rehearse=True)
    assert all(count.source == count.target for count in (*result.tables, *result.figures))
    await check_closed(target, Rehearsal)
    async with Store(source, clock=clock, rng=random.Random(3), owner="still") as store:
        await store.intents.queue_message(make_outgoing("jaźń"))
    await move(source, target, clock=clock, rehearse=True)
    await check_closed(target, Rehearsal)
    with pytest.raises(InterruptedMove):
        await move(source, target, clock=clock, report=interrupt_after(1))
    await check_closed(target, UnfinishedMove)
    await move(source, target, clock=clock)
    await check_closed(source, MovedAway)
    assert read_tables(target) == read_tables(source)


def test_the_first_picture_shows_nothing_of_a_moved_inbox(source: Path) -> None:
    assert read_open_list(source, "ana", 20).rows
    with contextlib.closing(open_marked(source, ManualClock())) as inbox, inbox.begin():
        inbox.write_mark(MovedAway("postgresql://host/desk", 0))
    assert read_open_list(source, "ana", 20) == ([], 0, frozenset())
    with edit_file(source) as connection:
        connection.execute("drop table moving")  # even if it does not say where it is
    assert read_open_list(source, "ana", 20).rows == []


# Refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["source", "target"])
@pytest.mark.parametrize("engine", ["file", "server"])
@pytest.mark.parametrize(
    "work",
    [
        lambda store: store.leases.record_heartbeat("ana", "inbox"),
        lambda store: store.presence.announce_presence("ana", 7, typing=False),
    ],
)
async def test_an_inbox_in_use_is_refused_and_its_users_are_named(
    tmp_path: Path,
    database_server: SharedServer,
    place: str,
    engine: str,
    work: Callable[[Store], Awaitable[None]],
) -> None:
    clock = SystemClock()
    new = database_server.create_database("used")
    used: Database = tmp_path / "used.db" if engine == "file" else new
    other: Database = tmp_path / "other.db"
    for database in (used, other):
        async with Store(database, clock=clock, rng=random.Random(1), owner="host-12") as store:
            if database == used:
                await work(store)
    pair = (used, other) if place == "source" else (other, used)
    with pytest.raises(MoveRefused, match=r"in use by ana \(inbox, host-12\):"):
        await move(*pair, clock=clock)


async def test_a_target_with_work_in_it_is_refused(
    source: Path, tmp_path: Path, clock: ManualClock
) -> None:
    target = tmp_path / "target.db"
    async with Store(target, clock=clock, rng=random.Random(1), owner="a") as store:
        await store.ingest.store_events(ACCOUNT, [make_reply("Hello")])
    before = read_tables(target)
    with pytest.raises(MoveRefused, match="is not empty"):
        await move(source, target, clock=clock)
    assert read_tables(target) == before


@pytest.mark.usefixtures("real_databases")
async def test_a_source_that_is_no_inbox_of_this_version_is_refused_and_not_changed(
    tmp_path: Path, server: ServerDatabase, source: Path
) -> None:
    target = tmp_path / "target.db"
    with pytest.raises(CannotOpen, match="no inbox"):
        await move(tmp_path / "nothing.db", target)
    with pytest.raises(CannotOpen, match="no inbox"):
        await move(server, target)
    assert not target.exists()
    assert not (tmp_path / "nothing.db").exists()
    with contextlib.closing(sqlite3.connect(source)) as connection:
        connection.execute("pragma user_version = 3")
    before = source.read_bytes()
    with pytest.raises(OutdatedSchema, match="let this one open it once"):
        await move(source, target)
    assert source.read_bytes() == before


# Interruptions ------------------------------------------------------------------------------


class InterruptedMove(Exception):
    """Stands for whatever ends a process."""


def interrupt_after(steps: int) -> Callable[[str, int, int], None]:
    """Return a report function that fails at one of its calls."""
    calls = iter(range(1, 1_000_000))

    def report(task: str, done: int, total: int) -> None:
        if next(calls) == steps:
            raise InterruptedMove

    return report


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("way", ["file to server", "server to file"])
async def test_an_interrupted_move_goes_on_and_ends_equal(
    source: Path, server: ServerDatabase, tmp_path: Path, clock: ManualClock, way: str
) -> None:
    whole = read_tables(source)
    pair: tuple[Database, Database] = (source, server)
    if way == "server to file":
        await move(source, server, clock=clock)
        pair = (server, tmp_path / "back.db")
    for steps in (1, 7, 19, 2):
        with pytest.raises(InterruptedMove):
            await move(*pair, clock=clock, report=interrupt_after(steps))
        with pytest.raises(NotADatabase, match="smsdesk import"):
            async with Store(pair[1], clock=clock, rng=random.Random(), owner="early"):
                pass
    result = await move(*pair, clock=clock)
    assert result.is_resumed
    assert read_tables(pair[1]) == whole


@pytest.mark.usefixtures("small_batches")
async def test_a_source_that_was_used_meanwhile_is_moved_anew(
    source: Path, server: ServerDatabase, clock: ManualClock
) -> None:
    with pytest.raises(InterruptedMove):
        await move(source, server, clock=clock, report=interrupt_after(19))
    async with Store(source, clock=clock, rng=random.Random(5), owner="late") as store:
        await store.ingest.store_events(ACCOUNT, [make_reply("One more")])
    result = await move(source, server, clock=clock)
    assert not result.is_resumed
    assert read_tables(server) == read_tables(source)


@pytest.mark.usefixtures("small_batches")
async def test_a_change_without_news_is_found_when_a_move_goes_on(
    source: Path, server: ServerDatabase, clock: ManualClock
) -> None:
    with pytest.raises(InterruptedMove):
        await move(source, server, clock=clock, report=interrupt_after(40))
    with contextlib.closing(sqlite3.connect(source)) as connection, connection:
        connection.execute("update conversations set name = 'Someone else'")
    with pytest.raises(MoveFailed, match=r"not equal \(conversations\).*anew"):
        await move(source, server, clock=clock)
    await move(source, server, clock=clock)
    assert read_tables(server) == read_tables(source)


@pytest.mark.usefixtures("small_batches")
async def test_another_source_is_refused_while_a_move_is_unfinished(
    source: Path, server: ServerDatabase, clock: ManualClock, tmp_path: Path
) -> None:
    other = tmp_path / "other.db"
    async with Store(other, clock=clock, rng=random.Random(5), owner="other"):
        pass
    with pytest.raises(InterruptedMove):
        await move(source, server, clock=clock, report=interrupt_after(5))
    with pytest.raises(MoveRefused, match=r"contains a part of .*inbox\.db"):
        await move(other, server, clock=clock)
    await move(source, server, clock=clock)
    assert read_tables(server) == read_tables(source)


_KILLED = """
import asyncio, json, os, signal, sys
from pathlib import Path
from tests.store import test_moving
from tui.domain.database import ServerDatabase
from tui.store.moving import file_inbox, inbox_move, server_inbox
inbox_move._BATCH_ROWS = 3
calls = iter(range(1, 10**9))
def die(*arguments):
    if next(calls) == int(sys.argv[4]):
        os.kill(os.getpid(), signal.SIGKILL)
report = die if sys.argv[3] == "between" else lambda *a: None
if sys.argv[3] == "marked":
    inbox_move.drop_marks = die  # the source has its mark, and the target is not open yet
if sys.argv[3] == "within":
    for kind in (file_inbox.FileInbox, server_inbox.ServerInbox):
        def add_rows(self, table, rows, add=kind.add_rows):
            add(self, table, rows)
            die()
        kind.add_rows = add_rows
def name(text):
    return ServerDatabase(text, text) if "dbname" in text else Path(text)
asyncio.run(test_moving.move(name(sys.argv[1]), name(sys.argv[2]), report=report))
"""


@pytest.mark.parametrize("way", ["file to server", "server to file"])
async def test_a_killed_move_goes_on_and_ends_equal(
    source: Path, server: ServerDatabase, tmp_path: Path, clock: ManualClock, way: str
) -> None:
    whole = read_tables(source)
    named = ServerDatabase(server.address, server.address)
    pair: tuple[Database, Database] = (source, named)
    if way == "server to file":
        await move(source, named, clock=clock)
        pair = (named, tmp_path / "back.db")
    places = [getattr(one, "address", str(one)) for one in pair]
    for moment, number in (("within", 1), ("between", 9), ("within", 14), ("between", 2)):
        ran = subprocess.run(
            [sys.executable, "-c", _KILLED, *places, moment, str(number)],
            cwd=_ROOT,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert ran.returncode == -9, ran.stderr
    assert (await move(*pair, clock=clock)).is_resumed
    assert read_tables(pair[1]) == whole


@pytest.mark.parametrize("way", ["file to server", "server to file"])
async def test_a_move_killed_between_mark_and_opening_leaves_none_usable_and_is_ended(
    source: Path, server: ServerDatabase, tmp_path: Path, clock: ManualClock, way: str
) -> None:
    whole = read_tables(source)
    named = ServerDatabase(server.address, server.address)
    pair: tuple[Database, Database] = (source, named)
    if way == "server to file":
        await move(source, named, clock=clock)
        pair = (named, tmp_path / "back.db")
    places = [getattr(one, "address", str(one)) for one in pair]
    ran = subprocess.run(
        [sys.executable, "-c", _KILLED, *places, "marked", "1"],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert ran.returncode == -9, ran.stderr
    await check_closed(pair[0], MovedAway)
    await check_closed(pair[1], UnfinishedMove)
    with pytest.raises(MovedAway, match=re.escape(places[1])):
        await move(pair[0], tmp_path / "other.db", clock=clock)
    assert not (tmp_path / "other.db").exists()
    with pytest.raises(InterruptedMove):  # once more, before anything is opened
        await move(*pair, clock=clock, report=interrupt_after(1))
    await check_closed(pair[0], MovedAway)
    await check_closed(pair[1], UnfinishedMove)
    assert (await move(*pair, clock=clock)).is_resumed
    await check_closed(pair[0], MovedAway)
    assert read_tables(pair[1]) == whole


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("way", ["file to server", "server to file"])
async def test_a_cut_connection_is_one_clear_error_and_the_move_goes_on(
    source: Path, server: ServerDatabase, tmp_path: Path, clock: ManualClock, way: str
) -> None:
    pair: tuple[Database, Database] = (source, server)
    if way == "server to file":
        await move(source, server, clock=clock)
        pair = (server, tmp_path / "back.db")

    def cut(task: str, done: int, total: int) -> None:
        """End the connections of the move at its first batch."""
        with psycopg.connect(server.address, autocommit=True) as connection:
            connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )

    with pytest.raises(StoreError, match=r"closed the connection|is stopping|cannot be reached"):
        await move(*pair, clock=clock, report=cut)
    await move(*pair, clock=clock)
    assert read_tables(pair[1]) == read_tables(source)


async def test_a_difference_is_found_and_no_desk_opens_the_target(
    source: Path, server: ServerDatabase, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_rows = ServerInbox.add_rows

    def change_text(self: ServerInbox, table: Table, rows: Any) -> None:
        """Store another text than the one that was read."""
        if table.name == "templates":
            rows = [(*row[:1], f"{row[1]}!", *row[2:]) for row in rows]
        add_rows(self, table, rows)

    with monkeypatch.context() as patch:
        patch.setattr(ServerInbox, "add_rows", change_text)
        with pytest.raises(MoveFailed, match=r"not equal \(templates\)"):
            await move(source, server, clock=clock)
    with pytest.raises(NotADatabase, match="smsdesk import"):
        async with Store(server, clock=clock, rng=random.Random(), owner="early"):
            pass
    await move(source, server, clock=clock)
    assert read_tables(server) == read_tables(source)


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("ends", [True, False])
async def test_the_later_of_two_moves_into_one_target_wins(
    source: Path, server: ServerDatabase, clock: ManualClock, tmp_path: Path, ends: bool
) -> None:
    target = tmp_path / "back.db"
    await move(source, server, clock=clock)
    calls = iter(range(1_000_000))

    def begin_another(task: str, done: int, total: int) -> None:
        """Run the same move in the middle of the first one."""
        if next(calls) != 4:
            return
        report = ignore_progress if ends else interrupt_after(2)
        with (
            contextlib.closing(open_source(server, target, clock)) as inbox,
            contextlib.closing(open_target(target, clock)) as place,
            contextlib.suppress(InterruptedMove),
        ):
            InboxMove(inbox, place, "later", report).run()

    with pytest.raises(MoveFailed, match="another `smsdesk import`"):
        await move(server, target, clock=clock, report=begin_another)
    if not ends:
        await move(server, target, clock=clock)
    assert read_tables(target) == read_tables(source)


# What the server cannot store ---------------------------------------------------------------


@contextlib.contextmanager
def edit_file(path: Path) -> Iterator[sqlite3.Connection]:
    """Yield a connection whose changes are kept."""
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        yield connection


async def test_values_that_the_server_cannot_store_are_repaired_and_listed(
    source: Path, server: ServerDatabase, clock: ManualClock
) -> None:
    long = "".join(random.Random(3).choices("abcdefgh0123456789", k=9_000))
    with edit_file(source) as connection:
        ids = [row[0] for row in connection.execute("select id from messages order by id limit 6")]
        changes = [
            ("body = ?", "a\0b"),
            ("provider_key = ?", long),
            ("body = cast(? as text)", b"caf\xe9"),
            ("reason = ?", b"bytes"),
            ("parts = ?", "2.0 parts"[:3]),
            ("price = ?", ""),
        ]
        for identity, (change, value) in zip(ids, changes, strict=True):
            connection.execute(f"update messages set {change} where id = ?", (value, identity))
        connection.execute("update templates set name = name || ?", (long,))
    result = await move(source, server, clock=clock)
    lines = "\n".join(result.repairs.lines)
    assert f"messages {ids[0]}: body had NUL" in lines
    assert f"messages {ids[1]}: provider_key of 9,000 bytes was shortened" in lines
    assert f"messages {ids[2]}: body was not valid UTF-8" in lines
    assert f"messages {ids[3]}: reason had another type" in lines
    assert "templates" in lines
    with psycopg.connect(server.address) as connection:
        found: dict[int, str] = dict(connection.execute("select id, body from messages").fetchall())
        keys = connection.execute("select length(name) from templates").fetchall()
    assert (found[ids[0]], found[ids[2]]) == ("a\ufffdb", "caf\ufffd")
    assert all(length <= 600 for (length,) in keys)


async def test_a_very_long_text_is_moved_whole_and_found_by_its_beginning(
    source: Path, server: ServerDatabase, clock: ManualClock
) -> None:
    words = " ".join(f"word{n:06}" for n in range(150_000))
    with edit_file(source) as connection:
        identity = connection.execute("select max(id) from messages").fetchone()[0]
        connection.execute("update messages set body = ? where id = ?", (words, identity))
    result = await move(source, server, clock=clock)
    assert result.repairs.lines == [
        f"messages {identity}: the search finds only the words of its beginning"
    ]
    async with Store(server, clock=clock, rng=random.Random(), owner="after") as store:
        assert [m.id for m in await store.messages.search_text("word000007")] == [identity]


async def test_a_value_that_no_column_takes_ends_the_move_and_is_named(
    source: Path, server: ServerDatabase, clock: ManualClock
) -> None:
    with edit_file(source) as connection:
        identity = connection.execute("select max(id) from messages").fetchone()[0]
        connection.execute("update messages set parts = 'many' where id = ?", (identity,))
    with pytest.raises(MoveFailed, match=f"messages .{identity}.: parts contains str"):
        await move(source, server, clock=clock)
