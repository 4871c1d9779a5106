"""Test a process that dies between any two steps: nothing is lost or sent twice."""

import contextlib
import random
from collections import Counter
from pathlib import Path

import httpx
import pytest

from tests.sync.doubles import Killed, Life, make_process_mortal
from tui.clock import ManualClock
from tui.domain.message import NewMessage
from tui.providers.messagemedia import MessageMedia
from tui.sandbox.app import create_app
from tui.sandbox.ledger import Ledger
from tui.sandbox.messagemedia.emulator import MessageMedia as Emulator
from tui.sandbox.state import Sandbox
from tui.store.store import Store
from tui.sync.context import ServedAccount
from tui.sync.service import SyncService

_STEPS = 42
"""Possible ends of a life: before and after every write and every call of the provider."""
_TEXTS = {"one": "+61491570156", "two": "+61491570157", "three": "+61491570191"}
"""The texts and their recipients; the last recipient replies."""


async def read_rows(store: Store, sql: str) -> list[tuple[object, ...]]:
    """Return the rows of a query."""
    found = await store.database.read(lambda c: c.execute(sql).fetchall())
    return [tuple(row) for row in found]


async def run_process(
    store: Store, transport: httpx.ASGITransport, clock: ManualClock, life: Life
) -> None:
    """Run some rounds of sync as one process, with time passing between them."""
    provider = MessageMedia(
        base_url="http://box/messagemedia",
        api_key="sandbox",
        api_secret="sandbox-secret",
        clock=clock,
        transport=transport,
    )
    make_process_mortal(life, store, provider)
    accounts = [ServedAccount("mm", provider)]
    service = SyncService(store, accounts, clock, random.Random(5), kind="service", agent="")
    try:
        for _ in range(3):
            await service.run_once()
            clock.advance(5)
    finally:
        await provider.aclose()


async def queue_texts(store: Store) -> None:
    """Queue three messages as an agent does."""
    for text, to in _TEXTS.items():
        await store.intents.queue_message(NewMessage(to, text, "mm", agent="ann"))


def count_accepted(ledger: Ledger) -> Counter[str]:
    """Return how often each text was accepted."""
    return Counter(message.text for message in ledger.accepted.values())


async def compare_with_ledger(ledger: Ledger, store: Store) -> None:
    """Check that the provider's ledger and the inbox agree."""
    assert set(count_accepted(ledger).values()) <= {1}, "a message went out twice"
    messages = await read_rows(store, "select body, status from messages where direction = 'out'")
    for text, status in messages:
        assert status == ("delivered" if text in count_accepted(ledger) else "uncertain"), text
    replies = await read_rows(store, "select event_id from events where kind = 'reply'")
    assert sorted(str(event_id) for (event_id,) in replies) == sorted(ledger.replies.confirmed)
    shown = await read_rows(store, "select count(*) from messages where direction = 'in'")
    assert shown == [(len(ledger.replies.confirmed),)]
    assert ledger.replies.unconfirmed_ids == ledger.receipts.unconfirmed_ids == []
    receipts = await read_rows(store, "select event_id from events where kind = 'receipt'")
    assert {str(event_id) for (event_id,) in receipts} == set(ledger.receipts.confirmed)


async def run_until_done(folder: Path, life: Life) -> Ledger:
    """Run a process until its life ends, and then another one in its place."""
    clock = ManualClock()
    sandbox = Sandbox(clock=clock, rng=random.Random(7), emulators=[Emulator])
    transport = httpx.ASGITransport(create_app(sandbox))

    def open_store(owner: str) -> Store:
        return Store(folder / "inbox.db", clock=clock, rng=random.Random(1), owner=owner)

    async with open_store("first") as store:
        await queue_texts(store)
        with contextlib.suppress(Killed):
            await run_process(store, transport, clock, life)
    clock.advance(11)
    async with open_store("second") as store:
        await run_process(store, transport, clock, Life())
        await compare_with_ledger(sandbox.emulators["messagemedia"].ledger, store)
    return sandbox.emulators["messagemedia"].ledger


async def test_an_undisturbed_process_sends_and_receives_everything(tmp_path: Path) -> None:
    life = Life()
    ledger = await run_until_done(tmp_path, life)
    assert count_accepted(ledger) == dict.fromkeys(_TEXTS, 1)
    assert len(ledger.replies.confirmed) == 1
    assert life.steps == _STEPS


@pytest.mark.parametrize("step", range(1, _STEPS + 1))
async def test_a_kill_at_any_step_loses_nothing_and_sends_nothing_twice(
    tmp_path: Path, step: int
) -> None:
    life = Life(ends_at=step)
    ledger = await run_until_done(tmp_path, life)
    assert life.is_over
    assert len(ledger.replies.confirmed) == count_accepted(ledger)["three"]
