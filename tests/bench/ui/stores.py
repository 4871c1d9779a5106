"""Create the measured inbox files once, reuse them, and change them."""

import asyncio
import hashlib
import os
import random
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tui.clock import SystemClock
from tui.domain.change import Subject
from tui.domain.conversation import State, View
from tui.domain.phone import format_phone_number
from tui.domain.status import Status
from tui.store.conversations import FIRST_POSITION
from tui.store.engine import Transaction
from tui.store.sample_data import write_sample_data
from tui.store.sqlite import migrations
from tui.store.store import Store

FOLDER = Path(tempfile.gettempdir()) / "smsdesk-bench"
"""Where the measured files are; a big one is made once."""
_OPEN = 100
"""Conversations that are reopened in each file."""
SMALL, BIG, LONG = (100, 1_000), (100_000, 1_000_000), (12, 120_000)
"""Conversations and messages; in `LONG` a conversation has 10,000."""


def prepare_inbox_file(size: tuple[int, int]) -> Path:
    """Return a file of this size; creating a big one takes a minute once."""
    path = FOLDER / f"{size[0]}-{size[1]}-{_get_schema_name()}.db"
    if not path.exists():
        FOLDER.mkdir(exist_ok=True)
        asyncio.run(_fill_file(path, *size))
    return path


async def _reopen_conversations(store: Store, count: int) -> None:
    """Reopen that many conversations however old their last message is."""
    for state in (State.CLOSED, State.SNOOZED):
        found = await store.conversations.list_after(View(state=state), FIRST_POSITION, count)
        await store.triage.reopen_conversations(
            [conversation.id for conversation in found], "bench"
        )


def _get_schema_name() -> str:
    """Return a name for the schema, so that files with another schema are not reused."""
    scripts = b"".join(script.read_bytes() for _, script in migrations.list_migrations())
    return hashlib.sha256(scripts).hexdigest()[:8]


async def _fill_file(path: Path, threads: int, messages: int) -> None:
    """Fill the file under a temporary name, so that an existing file is complete."""
    unfinished = path.with_suffix(f".{os.getpid()}.new")
    clock = SystemClock()
    async with open_store(unfinished) as store:
        rng = random.Random(1)
        await write_sample_data(store, threads=threads, messages=messages, now=clock.now(), rng=rng)
        await _reopen_conversations(store, min(threads, _OPEN))
    unfinished.rename(path)


def open_store(path: Path) -> Store:
    """Yield an open store of this process, as a colleague has one."""
    return Store(path, clock=SystemClock(), rng=random.Random(), owner="bench")


def read_first_ids(path: Path, count: int) -> list[int]:
    """Return the ids of the conversations at the top of the list."""
    return [int(row[0]) for row in _read_columns(path, "id", count)]


def read_first_title(path: Path) -> str:
    """Return the first title in the list, as it is shown."""
    name, address = _read_columns(path, "name, address", 1)[0]
    return name or format_phone_number(address)


def _read_columns(path: Path, columns: str, count: int) -> list[tuple[str, ...]]:
    """Return columns of the conversations at the top of the list."""
    connection = sqlite3.connect(path)
    query = f"select {columns} from conversations where state = 'open' order by rank, id limit ?"
    try:
        return connection.execute(query, (count,)).fetchall()
    finally:
        connection.close()


async def rename_customer(store: Store, conversation_id: int, name: str) -> float:
    """Rename a customer and return the moment of the commit."""

    def work(transaction: Transaction) -> None:
        statement = "update conversations set name = :name where id = :id"
        transaction.connection.execute(statement, {"name": name, "id": conversation_id})
        transaction.mark_changed(Subject.CONVERSATION, conversation_id, conversation_id)

    await store.database.write(work)
    return time.perf_counter()


def read_newest_sent(path: Path, conversation_id: int, count: int) -> list[int]:
    """Return the newest outgoing messages of a conversation."""
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
    """Toggle statuses between delivered and submitted; return the moment of the commit."""

    def work(transaction: Transaction) -> None:
        for message in messages:
            transaction.connection.execute(
                "update messages set status = case status when :old then :new else :old end"
                " where id = :id",
                {"old": Status.DELIVERED, "new": Status.SUBMITTED, "id": message},
            )
            transaction.mark_changed(Subject.MESSAGE, message, conversation_id)

    await store.database.write(work)
    return time.perf_counter()
