"""Test that processes which are killed during a text to many send none twice and lose none."""

import asyncio
import contextlib
import os
import random
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.slow_cases import slow_case
from tests.waiting import wait_until
from tui.clock import SystemClock
from tui.domain.bulk_text import BulkRecipient, BulkState, BulkText, Outcome
from tui.domain.database import Database
from tui.domain.phone import parse_address
from tui.domain.status import Status
from tui.sandbox.app import create_app
from tui.sandbox.messagemedia.emulator import MessageMedia as Emulator
from tui.sandbox.server import run_server
from tui.sandbox.state import Sandbox
from tui.store.store import Store

_PROCESS_SCRIPT = Path(__file__).with_name("bulk_process.py")


@pytest.fixture
def home(engine_name: str, tmp_path: Path, request: pytest.FixtureRequest) -> Database:
    """Return where the inbox of this test is stored."""
    if engine_name == "postgres":
        inbox: Database = request.getfixturevalue("database_server").get_empty_inbox()
        return inbox
    return tmp_path / "inbox.db"


@contextlib.asynccontextmanager
async def run_killed_process(
    home: Database, url: str, owner: str, kind: str
) -> AsyncIterator[None]:
    """Run a process that serves for the time of the block, and then kill it."""
    place = str(home) if isinstance(home, Path) else home.address
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(_PROCESS_SCRIPT), place, url, owner, kind),
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


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("people", "kinds"), [(60, "ds"), slow_case(5_000, "dsss", name="many")])
async def test_each_gets_at_most_one_and_the_rest_go_on(
    home: Database, people: int, kinds: str
) -> None:
    rng, clock = random.Random(11), SystemClock()
    sandbox = Sandbox(pace=0.01, emulators=[Emulator])
    ledger = sandbox.emulators["messagemedia"].ledger
    numbers = [f"+6149{n:07}" for n in range(1_570_000, 1_570_000 + people)]
    recipients = [
        BulkRecipient(parse_address(one).conversation_key, one, account="mm", body=f"To {one}")
        for one in numbers
    ]
    async with (
        run_server(create_app(sandbox)) as url,
        Store(home, clock=clock, rng=random.Random(2), owner="agent") as store,
    ):
        bulk = await store.bulk_texts.start(BulkText("ann", "To all", 6_000, 0), recipients)

        async def is_over() -> bool:
            current = await store.bulk_texts.get(bulk.id)
            assert current is not None
            return current.state is BulkState.DONE and await count_queued(store) == 0

        for place, kind in enumerate(kinds):
            kind_name = {"d": "desk", "s": "service"}[kind]
            async with run_killed_process(home, url, f"process {place}", kind_name):
                if place == len(kinds) - 1:
                    await wait_until(is_over, timeout=800, what="all handed on")
                else:
                    share = rng.uniform(0.2, 0.4) * people * (place + 1) / (len(kinds) - 1)
                    await wait_until(
                        lambda share=share: len(ledger.accepted) >= share,  # type: ignore[misc]
                        timeout=120,
                        what="some were sent",
                    )
        listed = await store.bulk_texts.list_recipients(bulk.id)
    sent = Counter(message.text for message in ledger.accepted.values())
    assert set(sent.values()) == {1}
    assert len(listed) == people
    # What was being sent when a process was killed is listed as such, or as maybe sent.
    missing = [one for one in listed if f"To {one.address}" not in sent]
    assert {one.status for one in missing} <= {Status.SENDING, Status.UNCERTAIN}
    assert {one.outcome for one in listed} <= {Outcome.SENT, Outcome.SENDING, Outcome.FAILED}


async def count_queued(store: Store) -> int:
    """Return how many messages wait to be sent."""
    query = "select count(*) from messages where status = 'queued'"
    found = await store.database.read(lambda c: c.execute(query).fetchall())
    return int(found[0][0])
