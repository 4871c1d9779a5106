"""The inbox files that are measured, made once and used again, and the changes made to them."""

import asyncio
import hashlib
import random
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tui.clock import SystemClock
from tui.domain.change import Subject
from tui.domain.conversation import State, View
from tui.domain.status import Status
from tui.store import migrations
from tui.store.conversations import FIRST_POSITION
from tui.store.database import Transaction
from tui.store.sample_data import write_sample_data
from tui.store.store import Store

_FOLDER = Path(tempfile.gettempdir()) / "smsdesk-bench"
_OPEN = 100
"""Conversations opened again in each file."""
SMALL, BIG, LONG = (100, 1_000), (100_000, 1_000_000), (12, 120_000)
"""Conversations and messages; in `LONG` a conversation has 10,000."""


def inbox_file(size: tuple[int, int]) -> Path:
    """A file of so many conversations and messages; big ones take a minute to make once."""
    path = _FOLDER / f"{size[0]}-{size[1]}-{_schema()}.db"
    if not path.exists():
        _FOLDER.mkdir(exist_ok=True)
        asyncio.run(_make(path, *size))
    return path


async def _reopen(store: Store, count: int) -> None:
    """See to it that so many conversations are open, however long ago the last word was said."""
    for state in (State.CLOSED, State.SNOOZED):
        found = await store.conversations.list_after(View(state=state), FIRST_POSITION, count)
        await store.triage.reopen_conversations(
            [conversation.id for conversation in found], "bench"
        )


def _schema() -> str:
    """A word for the schema: files of another one are not used again."""
    scripts = b"".join(script.read_bytes() for _, script in migrations.list_migrations())
    return hashlib.sha256(scripts).hexdigest()[:8]


async def _make(path: Path, threads: int, messages: int) -> None:
    """Fill it under another name, so that what is there is whole."""
    unfinished = path.with_suffix(".new")
    clock = SystemClock()
    async with opened(unfinished) as store:
        rng = random.Random(1)
        await write_sample_data(store, threads=threads, messages=messages, now=clock.now(), rng=rng)
        await _reopen(store, min(threads, _OPEN))
    unfinished.rename(path)


def opened(path: Path) -> Store:
    """A store of this process, as a colleague's."""
    return Store(path, clock=SystemClock(), rng=random.Random(), owner="bench")


def first_ids(path: Path, count: int) -> list[int]:
    """The conversations on top of the list."""
    return [int(row[0]) for row in _ask(path, "id", count)]


def first_title(path: Path) -> str:
    """What the list shows first."""
    return str(_ask(path, "coalesce(nullif(name, ''), address)", 1)[0][0])


def _ask(path: Path, columns: str, count: int) -> list[tuple[str, ...]]:
    """Columns of the conversations on top of the list."""
    connection = sqlite3.connect(path)
    query = f"select {columns} from conversations where state = 'open' order by rank, id limit ?"
    try:
        return connection.execute(query, (count,)).fetchall()
    finally:
        connection.close()


async def rename(store: Store, conversation_id: int, name: str) -> float:
    """Give a customer another name; the moment when that was on disk."""

    def work(transaction: Transaction) -> None:
        statement = "update conversations set name = ? where id = ?"
        transaction.connection.execute(statement, (name, conversation_id))
        transaction.mark_changed(Subject.CONVERSATION, conversation_id, conversation_id)

    await store.database.write(work)
    return time.perf_counter()


def newest_sent(path: Path, conversation_id: int, count: int) -> list[int]:
    """The newest outgoing messages of a conversation."""
    connection = sqlite3.connect(path)
    query = (
        "select id from messages where conversation_id = ? and direction = 'out'"
        " order by id desc limit ?"
    )
    try:
        return [row[0] for row in connection.execute(query, (conversation_id, count))]
    finally:
        connection.close()


async def change_badges(store: Store, conversation_id: int, messages: Sequence[int]) -> float:
    """Turn badges from delivered to submitted or back; the moment when that was on disk."""

    def work(transaction: Transaction) -> None:
        for message in messages:
            transaction.connection.execute(
                "update messages set status = case status when ? then ? else ? end where id = ?",
                (Status.DELIVERED, Status.SUBMITTED, Status.DELIVERED, message),
            )
            transaction.mark_changed(Subject.MESSAGE, message, conversation_id)

    await store.database.write(work)
    return time.perf_counter()
