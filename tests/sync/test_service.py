"""Test sync as a whole: parallel accounts, errors on screen, requests of other processes."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.conftest import OpenStore
from tests.sync.conftest import Queue
from tests.sync.doubles import PAGES, PUSH_ONLY, ScriptedProvider
from tests.waiting import wait_until
from tui.clock import ManualClock
from tui.domain.account import AccountState, Health
from tui.domain.events import Balance, EventPage, Reply
from tui.domain.message import Message
from tui.domain.status import Status
from tui.providers.errors import CredentialsRefused, OutOfCredit, RateLimited, Unavailable
from tui.providers.protocol import Outgoing, SendAccepted, SendOutcome
from tui.sandbox.state import Sandbox
from tui.store.sqlite.file_engine import FileEngine
from tui.store.store import Store
from tui.sync.context import ServedAccount
from tui.sync.service import SyncService

CUSTOMER = "+61491570156"


def create_service(
    store: Store, clock: ManualClock, *accounts: ServedAccount, **more: object
) -> SyncService:
    """Return the sync service of one process."""
    options: dict[str, object] = {"kind": "desk", "agent": "ann", **more}
    return SyncService(store, accounts, clock, random.Random(1), **options)  # type: ignore[arg-type]


@contextlib.asynccontextmanager
async def run_clock(clock: ManualClock, step: float = 0.2) -> AsyncIterator[None]:
    """Let the clock run for the time of the block."""
    running = 0
    run_work = FileEngine._run_work

    async def counted(*arguments: Any) -> Any:
        nonlocal running
        running += 1
        try:
            return await run_work(*arguments)
        finally:
            running -= 1

    async def advance_clock() -> None:
        while True:
            for _ in range(_TURNS_OF_A_STEP):
                await wait_until(lambda: not running)
                await asyncio.sleep(0)
            clock.advance(step)
            await asyncio.sleep(0.001)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FileEngine, "_run_work", counted)
        task = asyncio.create_task(advance_clock())
        yield
        task.cancel()


_TURNS_OF_A_STEP = 50
"""Turns of the event loop in which all that a step has woken gets to its next pause."""


async def read_state(store: Store, name: str) -> AccountState:
    """Return the state of an account that the screen shows."""
    return (await store.accounts.get_states()).get(name) or AccountState(name)


async def find_state_with_health(store: Store, name: str, health: Health) -> AccountState | None:
    """Return the state of the account if its health is this one."""
    found = await read_state(store, name)
    return found if found.health is health else None


async def has_status(store: Store, message: Message, status: Status) -> bool:
    """Return whether the message has this status."""
    found = await store.messages.get(message.id)
    return found is not None and found.status is status


async def test_a_message_is_sent_delivered_and_answered(
    account: ServedAccount, store: Store, clock: ManualClock, queue: Queue
) -> None:
    async with create_service(store, clock, account), run_clock(clock):
        message = await queue(to="+61491570191", body="How are you?")
        await wait_until(lambda: has_status(store, message, Status.DELIVERED))

        async def answered() -> bool:
            found = await store.conversations.get(message.conversation_id)
            return found is not None and found.unread == 1

        await wait_until(answered)
    shown = await read_state(store, "mm")
    assert (shown.health, shown.line, shown.holder) == (Health.OK, "", "a")
    assert shown.balance != ""


async def test_a_message_that_another_process_queues_is_sent_at_once(
    account: ServedAccount, open_store: OpenStore, store: Store, clock: ManualClock, queue: Queue
) -> None:
    serving = await open_store(owner="service", seed=2)
    async with create_service(serving, clock, account, kind="service") as running:
        await wait_until(lambda: running.served_accounts)
        message = await queue()
        await wait_until(lambda: has_status(store, message, Status.ACCEPTED))


async def test_an_error_of_one_account_never_delays_another(
    account: ServedAccount,
    store: Store,
    clock: ManualClock,
    queue: Queue,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tui.sync.outbox.GRACE", 0.01)

    async def never(messages: Sequence[Outgoing]) -> list[SendOutcome]:
        await asyncio.Event().wait()
        raise AssertionError

    async def refused(cursor: str) -> EventPage:
        raise CredentialsRefused("The key is not accepted")

    frozen = ServedAccount("frozen", ScriptedProvider(PAGES, send=never))
    locked = ServedAccount("locked", ScriptedProvider(PAGES, replies=refused))
    await queue(account="frozen")
    message = await queue(to="+61491570157")
    async with create_service(store, clock, frozen, locked, account), run_clock(clock):
        await wait_until(lambda: has_status(store, message, Status.DELIVERED))
        stopped = await wait_until(lambda: find_state_with_health(store, "locked", Health.STOPPED))
    assert "correct the account's key" in stopped.line
    assert (await read_state(store, "mm")).health is Health.OK


async def test_refused_credentials_are_retried_after_five_minutes(
    store: Store, clock: ManualClock
) -> None:
    tried: list[float] = []

    async def refused(cursor: str) -> EventPage:
        tried.append(clock.monotonic())
        raise CredentialsRefused("no")

    locked = ServedAccount("s", ScriptedProvider(PAGES, replies=refused))
    async with create_service(store, clock, locked), run_clock(clock, 1.0):
        await wait_until(lambda: len(tried) == 2)
    assert 300 <= tried[1] - tried[0] <= 303


async def test_a_retry_request_of_any_process_ends_every_pause(
    open_store: OpenStore, store: Store, clock: ManualClock, queue: Queue
) -> None:
    empty = [OutOfCredit("No credit left")]

    async def send(messages: Sequence[Outgoing]) -> list[SendOutcome]:
        if empty:
            raise empty[0]
        return [SendAccepted("id") for _ in messages]

    provider = ScriptedProvider(PAGES, send=send)
    other = await open_store(owner="another desk", seed=2)
    message = await queue(account="s")
    async with create_service(store, clock, ServedAccount("s", provider)):
        stopped = await wait_until(lambda: find_state_with_health(store, "s", Health.STOPPED))
        assert "top up the account" in stopped.line
        empty.clear()
        await other.accounts.request_retry("s")
        await wait_until(lambda: has_status(store, message, Status.ACCEPTED))
        await wait_until(lambda: find_state_with_health(store, "s", Health.OK))


async def test_the_balance_is_read_when_the_credit_is_used_up(
    store: Store, clock: ManualClock, queue: Queue
) -> None:
    left = ["10 credits", "0 credits"]

    async def balance() -> Balance:
        return Balance(left.pop(0))

    async def send(messages: Sequence[Outgoing]) -> list[SendOutcome]:
        raise OutOfCredit("No credit left")

    provider = ScriptedProvider(replace(PUSH_ONLY, has_balance=True), send=send, balance=balance)
    async with create_service(store, clock, ServedAccount("s", provider)):

        async def shows_ten() -> bool:
            return (await read_state(store, "s")).balance == "10 credits"

        await wait_until(shows_ten)
        await queue(account="s")

        async def shows_none() -> bool:
            return (await read_state(store, "s")).balance == "0 credits"

        await wait_until(shows_none)


async def test_an_error_shows_the_next_attempt_and_clears_after_success(
    store: Store, clock: ManualClock
) -> None:
    troubles = [Unavailable("The provider is not available"), RateLimited("slow", retry_after=40)]

    async def replies(cursor: str) -> EventPage:
        if troubles:
            raise troubles.pop()
        return EventPage()

    async with create_service(
        store, clock, ServedAccount("s", ScriptedProvider(PAGES, replies=replies))
    ):
        retrying = await wait_until(lambda: find_state_with_health(store, "s", Health.RETRYING))
        assert retrying.retry_at is not None
        assert 39_000 <= retrying.retry_at - clock.now() <= 41_000
        async with run_clock(clock):
            await wait_until(lambda: find_state_with_health(store, "s", Health.OK))


async def test_an_unexpected_exception_is_shown_and_logged_and_sync_continues(
    store: Store, clock: ManualClock
) -> None:
    troubles = [KeyError("secret-key-of-the-account")]
    logged: list[dict[str, object]] = []

    async def replies(cursor: str) -> EventPage:
        if troubles:
            raise troubles.pop()
        return EventPage((Reply("r1", CUSTOMER, "Hello?", None, "{}"),))

    def log(event: str, **details: object) -> None:
        logged.append({"event": event, **details})

    provider = ScriptedProvider(PAGES, replies=replies)
    async with create_service(store, clock, ServedAccount("s", provider), log=log):
        broken = await wait_until(lambda: find_state_with_health(store, "s", Health.RETRYING))
        assert "smsdesk itself failed here (KeyError)" in broken.line
        assert "secret" not in broken.line
        async with run_clock(clock):
            await wait_until(lambda: find_state_with_health(store, "s", Health.OK))
    assert any(isinstance(entry.get("exc_info"), KeyError) for entry in logged)
    counts = await store.conversations.get_counts()
    assert counts.waiting == 1


async def test_sync_begins_after_the_death_of_the_lease_holder(
    open_store: OpenStore, clock: ManualClock
) -> None:
    one, two = await open_store(owner="one"), await open_store(owner="two", seed=2)
    first, second = ScriptedProvider(PAGES), ScriptedProvider(PAGES)
    dying = create_service(one, clock, ServedAccount("s", first))
    waiting = create_service(two, clock, ServedAccount("s", second))
    task = asyncio.create_task(dying.run_forever())
    await wait_until(lambda: first.list_calls("replies"))
    one.leases.end_process = _skip_release  # type: ignore[method-assign]
    task.cancel()
    await asyncio.wait([task])
    async with waiting:
        began = clock.monotonic()
        async with run_clock(clock):
            await wait_until(lambda: second.list_calls("replies"))
        assert clock.monotonic() - began < 12


async def _skip_release() -> None:
    """Do nothing, as a killed process releases nothing."""


async def test_polling_ends_when_the_lease_is_lost(
    open_store: OpenStore, clock: ManualClock
) -> None:
    desk_store, service_store = await open_store(owner="desk"), await open_store(owner="service")
    polled = ScriptedProvider(PAGES)
    desk = create_service(desk_store, clock, ServedAccount("s", polled))
    preferred = create_service(
        service_store, clock, ServedAccount("s", ScriptedProvider(PAGES)), kind="service", agent=""
    )
    async with desk, run_clock(clock):
        await wait_until(lambda: polled.list_calls("replies"))
        async with preferred:
            await wait_until(lambda: preferred.served_accounts and not desk.served_accounts)
            count, moment = len(polled.calls), clock.monotonic()
            await wait_until(lambda: clock.monotonic() > moment + 60)
            assert len(polled.calls) == count
        await wait_until(lambda: desk.served_accounts)


async def test_stopping_releases_the_leases(open_store: OpenStore, clock: ManualClock) -> None:
    one, two = await open_store(owner="one"), await open_store(owner="two", seed=2)
    async with create_service(one, clock, ServedAccount("s", ScriptedProvider())) as running:
        await wait_until(lambda: running.served_accounts)
    async with create_service(two, clock, ServedAccount("s", ScriptedProvider())) as following:
        await wait_until(lambda: following.served_accounts)


async def test_an_account_that_is_never_polled_is_checked(store: Store, clock: ManualClock) -> None:
    async def refused() -> str:
        raise CredentialsRefused("The key is not accepted")

    well, ill = ScriptedProvider(), ScriptedProvider(check=refused)
    accounts = ServedAccount("well", well), ServedAccount("ill", ill)
    async with create_service(store, clock, *accounts):
        await wait_until(lambda: find_state_with_health(store, "well", Health.OK))
        await wait_until(lambda: find_state_with_health(store, "ill", Health.STOPPED))


async def test_a_quiet_account_does_not_write_at_every_poll(
    store: Store, clock: ManualClock
) -> None:
    provider = ScriptedProvider(PAGES)
    async with create_service(store, clock, ServedAccount("s", provider)), run_clock(clock):
        await wait_until(lambda: len(provider.list_calls("replies")) >= 12)
        changes = await store.database.read(
            lambda c: c.execute("select count(*) from changes where subject = 'account'").fetchone()
        )
    assert changes[0] <= len(provider.list_calls("replies"))


async def test_one_round_does_all_due_work_and_returns_a_summary(
    account: ServedAccount, store: Store, clock: ManualClock, queue: Queue, sandbox: Sandbox
) -> None:
    for number in range(150):
        await queue(body=f"{number}", to=f"+6149157{number % 7:04}")
        sandbox.emulators["messagemedia"].receive_message(CUSTOMER, None, f"in {number}", [])

    async def refused(cursor: str) -> EventPage:
        raise CredentialsRefused("The key is not accepted")

    locked = ServedAccount("locked", ScriptedProvider(PAGES, replies=refused))
    round_of_all = create_service(store, clock, account, locked, kind="service", agent="")
    summary = await round_of_all.run_once()
    assert (summary.sent, summary.events) == (150, 150)
    assert len(summary.problems) == 1
    assert summary.problems[0].startswith("locked: The key is not accepted")
    assert (await round_of_all.run_once()).sent == 0


@pytest.mark.parametrize("kind", ["desk", "service"])
async def test_stopping_is_fast(store: Store, clock: ManualClock, kind: str) -> None:
    async with create_service(
        store, clock, ServedAccount("s", ScriptedProvider(PAGES)), kind=kind
    ) as running:
        await wait_until(lambda: running.served_accounts)
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    assert [task.get_name() for task in others if not task.done()] == []


async def test_a_message_that_stopped_the_account_does_not_block_new_ones(
    store: Store, clock: ManualClock, queue: Queue
) -> None:
    async def send(messages: Sequence[Outgoing]) -> list[SendOutcome]:
        if messages[0].text == "dear":
            raise OutOfCredit("Too dear")
        return [SendAccepted("id")]

    async with (
        create_service(store, clock, ServedAccount("s", ScriptedProvider(send=send))),
        run_clock(clock),
    ):
        dear = await queue(account="s", body="dear")
        await wait_until(lambda: find_state_with_health(store, "s", Health.STOPPED))
        cheap = await queue(account="s", body="cheap")
        began = clock.monotonic()
        await wait_until(lambda: has_status(store, cheap, Status.ACCEPTED))
        assert clock.monotonic() - began < 60
        assert await has_status(store, dear, Status.QUEUED)


async def test_a_running_send_is_finished_when_another_process_takes_over(
    open_store: OpenStore, store: Store, clock: ManualClock, queue: Queue
) -> None:
    asked, answer = asyncio.Event(), asyncio.Event()

    async def slow(messages: Sequence[Outgoing]) -> list[SendOutcome]:
        asked.set()
        await answer.wait()
        return [SendAccepted("id")]

    other = await open_store(owner="service", seed=2)
    served = ServedAccount("s", ScriptedProvider(send=slow))
    message = await queue(account="s")
    desk = create_service(store, clock, served)
    preferred = create_service(
        other, clock, ServedAccount("s", ScriptedProvider()), kind="service", agent=""
    )
    async with desk, run_clock(clock):
        await asked.wait()
        async with preferred:
            await wait_until(lambda: preferred.served_accounts and not desk.served_accounts)
            answer.set()
            await wait_until(lambda: has_status(store, message, Status.ACCEPTED))
