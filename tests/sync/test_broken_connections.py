"""Test connections that break before, during or after the response, on a real socket."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import UTC
from pathlib import Path

import httpx
import pytest

from tests.sync.conftest import Connect
from tests.waiting import wait_until
from tui.clock import SystemClock
from tui.desk.format import format_account_health
from tui.domain.account import SLOW_ANSWER_MS, Account, Health
from tui.domain.attention import AttentionKind, list_attentions
from tui.domain.message import Message, NewMessage
from tui.domain.status import Status
from tui.sandbox.app import create_app
from tui.sandbox.faults import Fault
from tui.sandbox.messagemedia.emulator import MessageMedia as Emulator
from tui.sandbox.server import run_server
from tui.sandbox.state import Sandbox
from tui.store.store import Store
from tui.sync.backoff import PollPace
from tui.sync.context import ServedAccount
from tui.sync.service import SyncService

PACE = PollPace(0.02, 0.05)


@pytest.fixture
def sandbox() -> Sandbox:
    """Return a sandbox in real time with handsets a hundred times faster."""
    return Sandbox(pace=0.01, emulators=[Emulator])


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """Return an inbox in real time."""
    clock = SystemClock()
    async with Store(tmp_path / "inbox.db", clock=clock, rng=random.Random(), owner="a") as store:
        yield store


@pytest.fixture
async def account(
    sandbox: Sandbox, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[ServedAccount]:
    """Return an account over a real socket with a timeout of two seconds."""
    monkeypatch.setattr("tui.providers.http._TIMEOUT", httpx.Timeout(1.8))
    async with run_server(create_app(sandbox)) as url:
        provider = connect(url, SystemClock(), real=True)
        yield ServedAccount("mm", provider)
        await provider.aclose()


async def queue_text(store: Store, body: str) -> Message:
    """Queue a message as an agent does."""
    return await store.intents.queue_message(NewMessage("+61491570156", body, "mm", agent="ann"))


def list_accepted(sandbox: Sandbox) -> list[str]:
    """Return the texts that the provider accepted, with repetitions."""
    return [m.text for m in sandbox.emulators["messagemedia"].ledger.accepted.values()]


def create_service(store: Store, account: ServedAccount) -> SyncService:
    """Return a sync service with short intervals."""
    rng = random.Random(1)
    return SyncService(store, [account], SystemClock(), rng, kind="desk", agent="ann", pace=PACE)


async def read_status(store: Store, message: Message) -> Status | None:
    """Return the current status of the message."""
    found = await store.messages.get(message.id)
    return found.status if found else None


@pytest.mark.parametrize(
    ("fault", "taken", "end"),
    [
        (Fault.REFUSE, False, Status.UNCERTAIN),
        (Fault.TIMEOUT, False, Status.UNCERTAIN),
        (Fault.HTTP_500, False, Status.UNCERTAIN),
        (Fault.DROP_AFTER_ACCEPT, True, Status.DELIVERED),
        (Fault.MALFORMED_JSON, True, Status.DELIVERED),
        (Fault.SLOW, True, Status.DELIVERED),
        (Fault.HTTP_429, True, Status.DELIVERED),
    ],
)
async def test_a_message_is_never_sent_twice_and_receipts_resolve_uncertain_ones(
    store: Store, account: ServedAccount, sandbox: Sandbox, fault: Fault, taken: bool, end: Status
) -> None:
    sandbox.faults["messagemedia"].add(fault, 1)
    service = create_service(store, account)
    doubtful = await queue_text(store, "in doubt")
    await service.run_once()
    later = await queue_text(store, "later")
    async with service:

        async def both_are_settled() -> bool:
            return [await read_status(store, doubtful), await read_status(store, later)] == [
                end,
                Status.DELIVERED,
            ]

        await wait_until(both_are_settled, what=f"{end} after {fault}")
    expected = ["in doubt", "later"] if taken else ["later"]
    assert sorted(list_accepted(sandbox)) == expected


async def test_an_answer_that_drips_ends_within_the_limit_and_the_queue_goes_on(
    store: Store, account: ServedAccount, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.providers.http._TIMEOUT", httpx.Timeout(20.0))
    monkeypatch.setattr("tui.sandbox.faults.DRIP_SECONDS", 0.05)
    monkeypatch.setattr("tui.providers.http.REQUEST_SECONDS", 1.0)
    sandbox.faults["messagemedia"].add(Fault.DRIP, 1)
    dripping = await queue_text(store, "drips")
    service = create_service(store, account)
    async with asyncio.timeout(8):
        summary = await service.run_once()
    results = await store.database.read(
        lambda c: c.execute("select status, reason from events where kind = 'send'").fetchall()
    )
    assert [row["status"] for row in results] == [Status.UNCERTAIN]
    assert "did not answer completely within 1 seconds" in results[0]["reason"]
    # The receipt shows that the provider had accepted it.
    assert await read_status(store, dripping) is Status.DELIVERED
    assert summary.sent == 0
    later = await queue_text(store, "later")
    await service.run_once()
    assert await read_status(store, later) in (Status.ACCEPTED, Status.SUBMITTED, Status.DELIVERED)
    assert sorted(list_accepted(sandbox)) == ["drips", "later"]


async def test_a_poll_that_drips_becomes_a_pause_of_the_account(
    store: Store, account: ServedAccount, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.sandbox.faults.DRIP_SECONDS", 0.05)
    monkeypatch.setattr("tui.providers.http.REQUEST_SECONDS", 0.5)
    sandbox.faults["messagemedia"].add(Fault.DRIP, -1)
    async with asyncio.timeout(8):
        summary = await create_service(store, account).run_once()
    assert any("did not answer completely" in problem for problem in summary.problems)
    state = (await store.accounts.get_states())["mm"]
    assert state.health is Health.RETRYING and "did not answer completely" in state.line


async def test_a_message_without_an_answer_shows_since_when_it_is_being_sent(
    store: Store, account: ServedAccount, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.sync.outbox.SLOW_ANSWER_MS", 200)
    monkeypatch.setattr("tui.sandbox.faults.DRIP_SECONDS", 0.05)
    monkeypatch.setattr("tui.providers.http.REQUEST_SECONDS", 3.0)
    sandbox.faults["messagemedia"].add(Fault.DRIP, 1)
    await queue_text(store, "drips")
    began = await store.feed.get_last_number()
    running = asyncio.create_task(create_service(store, account).run_once())

    async def is_announced() -> bool:
        subjects = await store.database.read(
            lambda c: c.execute(
                "select subject from changes where seq > :began", {"began": began}
            ).fetchall()
        )
        return "account" in {row[0] for row in subjects}

    await wait_until(is_announced)
    state = (await store.accounts.get_states())["mm"]
    assert state.sending_since is not None
    shown = Account("mm", "messagemedia")
    later = state.sending_since + SLOW_ANSWER_MS
    kinds = [found.kind for found in list_attentions(shown, state, later)]
    assert kinds == [AttentionKind.NO_ANSWER]
    _, text, _ = format_account_health(shown, state, later, zone=UTC)
    assert "sending since" in text and text.endswith("without an answer")
    await running
    assert (await store.accounts.get_states())["mm"].sending_since is None


async def test_a_cut_while_polling_loses_and_duplicates_nothing(
    store: Store, account: ServedAccount, sandbox: Sandbox
) -> None:
    ledger = sandbox.emulators["messagemedia"].ledger
    for fault in (Fault.REFUSE, Fault.DROP_AFTER_ACCEPT, Fault.MALFORMED_JSON, Fault.HTTP_500) * 3:
        sandbox.faults["messagemedia"].add(fault, 1)
    for number in range(20):
        sandbox.emulators["messagemedia"].receive_message("+61491570156", None, f"{number}", [])
    async with create_service(store, account) as service:

        async def all_confirmed() -> bool:
            await service.request_retry("mm")
            return len(ledger.replies.confirmed) == 20 and not ledger.replies.unconfirmed_ids

        await wait_until(all_confirmed)
    found = await store.database.read(
        lambda c: c.execute("select body from messages order by id").fetchall()
    )
    assert sorted(int(row[0]) for row in found) == list(range(20))
