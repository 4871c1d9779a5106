"""Test real processes that are killed during their work: ledger and store stay equal."""

import asyncio
import contextlib
import os
import random
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.waiting import wait_until
from tui.clock import SystemClock
from tui.domain.message import NewMessage
from tui.sandbox.app import create_app
from tui.sandbox.ledger import Ledger
from tui.sandbox.messagemedia.emulator import MessageMedia as Emulator
from tui.sandbox.server import run_server
from tui.sandbox.state import Sandbox
from tui.store.store import Store

_PROCESS_SCRIPT = Path(__file__).with_name("sync_process.py")
_KILLS = 5


@contextlib.asynccontextmanager
async def run_killed_process(database: Path, url: str, owner: str) -> AsyncIterator[None]:
    """Run a sync process for the time of the block and then kill it."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(_PROCESS_SCRIPT), str(database), url, owner),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(_PROCESS_SCRIPT.parents[2]), "NO_PROXY": "127.0.0.1"},
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"serving\n"
    try:
        yield
    finally:
        process.kill()
        await process.wait()
        await process.stdout.read()


async def queue_messages(store: Store, start: int, count: int) -> None:
    """Queue messages to many customers, some of whom reply."""
    for number in range(start, start + count):
        to = f"+614915701{91 if number % 10 == 0 else 10 + number % 80:02}"
        await store.intents.queue_message(NewMessage(to, f"text {number}", "mm", agent="ann"))


async def list_statuses(store: Store) -> dict[str, str]:
    """Return each outgoing text and its status."""
    found = await store.database.read(
        lambda c: c.execute("select body, status from messages where direction = 'out'").fetchall()
    )
    return {row["body"]: row["status"] for row in found}


def is_all_reported(ledger: Ledger, sandbox: Sandbox) -> bool:
    """Return whether the provider has no events left to report."""
    over = all(message.stage.is_final for message in ledger.accepted.values())
    waiting = ledger.replies.unconfirmed_ids or ledger.receipts.unconfirmed_ids
    return over and not waiting and sandbox.agenda.get_next_due() is None


@pytest.mark.timeout(300)
async def test_processes_that_are_killed_lose_nothing_and_send_nothing_twice(
    tmp_path: Path,
) -> None:
    rng, database = random.Random(11), tmp_path / "inbox.db"
    sandbox = Sandbox(pace=0.01, emulators=[Emulator])
    ledger = sandbox.emulators["messagemedia"].ledger
    clock = SystemClock()
    async with (
        run_server(create_app(sandbox)) as url,
        Store(database, clock=clock, rng=random.Random(2), owner="agent") as store,
    ):
        for kill in range(_KILLS):
            await queue_messages(store, kill * 60, 60)
            async with run_killed_process(database, url, f"victim {kill}"):
                await asyncio.sleep(rng.uniform(0.0, 0.4))
        await queue_messages(store, _KILLS * 60, 20)
        async with run_killed_process(database, url, "survivor"):

            async def all_at_rest() -> bool:
                found = await list_statuses(store)
                over = set(found.values()) <= {"delivered", "uncertain"}
                return over and is_all_reported(ledger, sandbox)

            await wait_until(all_at_rest, timeout=60, what="all at rest")
        found = await list_statuses(store)
        replies = await store.database.read(
            lambda c: c.execute("select event_id from events where kind = 'reply'").fetchall()
        )
    sent = Counter(message.text for message in ledger.accepted.values())
    assert set(sent.values()) == {1}
    assert {text for text, status in found.items() if status == "delivered"} == set(sent)
    assert sorted(row[0] for row in replies) == sorted(ledger.replies.confirmed)
    with contextlib.closing(sqlite3.connect(database)) as connection:
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
