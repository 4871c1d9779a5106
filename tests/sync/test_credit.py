"""Test the wait for credit: it lasts, whatever else happens, until a send or a balance ends it."""

import random
from collections.abc import Sequence
from dataclasses import replace

import httpx
import pytest

from tests.conftest import OpenStore
from tests.sync.conftest import Queue
from tests.sync.doubles import PAGES, PUSH_ONLY, ScriptedProvider
from tests.sync.test_service import create_service, find_state_with_health, read_state, run_clock
from tests.waiting import wait_until
from tui.clock import MINUTE, ManualClock
from tui.domain.account import Health
from tui.domain.events import Balance
from tui.domain.message import Message
from tui.domain.status import Status
from tui.providers.errors import OutOfCredit, RateLimited, Unavailable
from tui.providers.messageport import MessagePort
from tui.providers.protocol import Outgoing, SendAccepted, SendOutcome, SendRefused
from tui.sandbox import API_KEY, API_SECRET
from tui.sandbox.app import create_app
from tui.sandbox.messageport.emulator import MessagePort as MessagePortEmulator
from tui.sandbox.state import Sandbox
from tui.store.store import Store
from tui.sync.backoff import PollPace
from tui.sync.context import ServedAccount, SyncContext
from tui.sync.worker import AccountWorker

POLLED_WITH_BALANCE = replace(PAGES, has_balance=True, batch=1)


class Wallet:
    """A provider's account that has credit or has none, and counts what it is asked."""

    def __init__(self, amount: float | None = 0.0, *, price: float = 1.0) -> None:
        """Create the wallet.

        Args:
            amount: Credit; None if the provider gives no number.
            price: Price of a message.
        """
        self.amount = amount
        self.price = price
        self.can_pay = False
        self.sent: list[str] = []
        self.questions = 0

    async def send(self, messages: Sequence[Outgoing]) -> list[SendOutcome]:
        """Accept what can be paid."""
        self.sent += [message.text for message in messages]
        paid = self.can_pay if self.amount is None else self.amount >= self.price
        if not paid:
            raise OutOfCredit("The account cannot pay (HTTP 402)")
        return [SendAccepted(f"id-{message.reference}") for message in messages]

    async def balance(self) -> Balance:
        """Return the credit."""
        self.questions += 1
        return Balance("some" if self.amount is None else f"EUR {self.amount}", self.amount)

    def connect(self, capabilities: object = POLLED_WITH_BALANCE) -> ServedAccount:
        """Return an account that pays with this wallet."""
        return ServedAccount(
            "s",
            ScriptedProvider(capabilities, send=self.send, balance=self.balance),  # type: ignore[arg-type]
        )


async def reload(store: Store, message: Message) -> Message:
    """Return the message as it is stored now."""
    found = await store.messages.get(message.id)
    assert found is not None
    return found


async def is_stopped(store: Store) -> bool:
    """Return whether the account is shown as stopped for want of credit."""
    state = await read_state(store, "s")
    return state.health is Health.STOPPED and state.credit_out_at > 0


async def test_polls_that_succeed_do_not_end_the_wait(
    store: Store, clock: ManualClock, queue: Queue
) -> None:
    wallet = Wallet()
    account = wallet.connect()
    message = await queue(account="s")
    async with create_service(store, clock, account), run_clock(clock, 2.0):
        await wait_until(lambda: is_stopped(store))
        provider = account.provider
        assert isinstance(provider, ScriptedProvider)
        polls = len(provider.list_calls("replies"))
        await wait_until(lambda: len(provider.list_calls("replies")) > polls + 5)
        assert await is_stopped(store)
        shown = await read_state(store, "s")
        assert "HTTP 402" in shown.line and "top up the account" in shown.line
        assert (await reload(store, message)).status is Status.QUEUED
    assert len(wallet.sent) == 1


async def test_the_wait_survives_a_restart_and_is_shown_before_anything_is_sent(
    open_store: OpenStore, store: Store, clock: ManualClock, queue: Queue
) -> None:
    wallet = Wallet()
    await queue(account="s")
    async with create_service(store, clock, wallet.connect()):
        await wait_until(lambda: is_stopped(store))
    clock.advance(7_200)
    other = await open_store(owner="later", seed=4)
    assert await is_stopped(other)
    sent = len(wallet.sent)
    asked = wallet.questions
    async with create_service(other, clock, wallet.connect()):
        await wait_until(lambda: wallet.questions > asked)
        await wait_until(lambda: is_stopped(other))
    assert len(wallet.sent) == sent


async def test_a_cancelled_message_does_not_end_the_wait(
    store: Store, clock: ManualClock, queue: Queue
) -> None:
    message = await queue(account="s")
    async with create_service(store, clock, Wallet().connect()), run_clock(clock, 1.0):
        await wait_until(lambda: is_stopped(store))
        await store.intents.cancel_queued(message.id, "ann")
        then = clock.now()
        await wait_until(lambda: clock.now() > then + 2 * MINUTE)
        assert await is_stopped(store)


async def test_a_balance_above_zero_ends_the_wait_and_sends_everything(
    store: Store, clock: ManualClock, queue: Queue
) -> None:
    wallet = Wallet()
    messages = [await queue(account="s", body=f"text {n}") for n in range(3)]
    async with create_service(store, clock, wallet.connect()), run_clock(clock, 1.0):
        await wait_until(lambda: is_stopped(store))
        wallet.amount = 50.0
        began = clock.now()

        async def are_sent() -> bool:
            found = [await reload(store, message) for message in messages]
            return all(message.status is Status.ACCEPTED for message in found)

        await wait_until(are_sent)
        assert clock.now() - began < 16 * MINUTE
        await wait_until(lambda: find_state_with_health(store, "s", Health.OK))
    assert (await store.credit_waits.get_wait("s")).is_waiting is False


async def test_a_balance_that_does_not_suffice_ends_the_wait_only_once(
    store: Store, clock: ManualClock, queue: Queue
) -> None:
    wallet = Wallet(0.03)
    await queue(account="s")
    async with create_service(store, clock, wallet.connect()), run_clock(clock, 5.0):
        await wait_until(lambda: len(wallet.sent) == 2)
        began = clock.now()
        await wait_until(lambda: clock.now() > began + 60 * MINUTE)
        assert len(wallet.sent) <= 6
        assert await is_stopped(store)
        wallet.amount = 20.0
        began = clock.now()
        await wait_until(lambda: find_state_with_health(store, "s", Health.OK))
        assert clock.now() - began < 16 * MINUTE


@pytest.mark.parametrize("has_balance", [True, False])
async def test_a_message_that_is_too_dear_does_not_hold_up_the_others_for_long(
    store: Store, clock: ManualClock, queue: Queue, has_balance: bool
) -> None:
    tried: list[str] = []

    async def send(messages: Sequence[Outgoing]) -> list[SendOutcome]:
        tried.append(messages[0].text)
        if messages[0].text == "dear":
            raise OutOfCredit("Too dear")
        return [SendAccepted(f"id-{messages[0].reference}")]

    async def balance() -> Balance:
        return Balance("EUR 0.05", 0.05)

    capabilities = replace(PAGES, has_balance=has_balance, batch=1)
    provider = ScriptedProvider(capabilities, send=send, balance=balance)
    dear = await queue(account="s", body="dear")
    async with create_service(store, clock, ServedAccount("s", provider)), run_clock(clock, 1.0):
        await wait_until(lambda: tried)
        for number in range(6):
            cheap = await queue(account="s", body=f"cheap {number}")
            began = clock.now()

            async def is_accepted(message: Message = cheap) -> bool:
                return (await reload(store, message)).status is Status.ACCEPTED

            await wait_until(is_accepted)
            assert clock.now() - began < 31 * MINUTE
            clock.advance(600)
    assert (await reload(store, dear)).status is Status.QUEUED
    assert tried.count("dear") <= 8


async def test_the_balance_is_read_less_and_less_often(
    store: Store, clock: ManualClock, queue: Queue
) -> None:
    wallet = Wallet()
    await queue(account="s")
    async with create_service(store, clock, wallet.connect()), run_clock(clock, 5.0):
        await wait_until(lambda: is_stopped(store))
        began, asked = clock.now(), wallet.questions
        await wait_until(lambda: clock.now() > began + 60 * MINUTE)
    assert 4 <= wallet.questions - asked <= 10
    assert len(wallet.sent) == 1


async def test_without_a_balance_one_message_is_tried_at_long_intervals(
    store: Store, clock: ManualClock, queue: Queue
) -> None:
    wallet = Wallet(None)
    for number in range(20):
        await queue(account="s", body=f"text {number}")
    account = wallet.connect(replace(PUSH_ONLY, batch=10))
    async with create_service(store, clock, account), run_clock(clock, 5.0):
        await wait_until(lambda: is_stopped(store))
        began = clock.now()
        await wait_until(lambda: clock.now() > began + 60 * MINUTE)
        # Ten messages in the first request, then single ones: at once, after 5, 10, 20 minutes.
        assert 3 <= len(wallet.sent) - 10 <= 5
        wallet.can_pay = True

        async def are_sent() -> bool:
            due = await store.outbox.get_next_due_time("s")
            return due is None

        await wait_until(are_sent)
        await wait_until(lambda: find_state_with_health(store, "s", Health.OK))
    assert len(set(wallet.sent)) == 20


async def test_every_waiting_message_shows_the_reason_and_what_ends_the_wait(
    store: Store, clock: ManualClock, queue: Queue
) -> None:
    wallet = Wallet()
    first = await queue(account="s")
    async with create_service(store, clock, wallet.connect()), run_clock(clock):
        await wait_until(lambda: is_stopped(store))
        later = await queue(account="s")
        for message in (first, later):

            async def is_explained(message: Message = message) -> bool:
                return "topped up" in (await reload(store, message)).reason

            await wait_until(is_explained)
            found = await reload(store, message)
            assert found.reason.startswith("The account cannot pay (HTTP 402)")
            assert found.status is Status.QUEUED
        assert (await store.failures.count_delayed_messages())["s"] == 2


async def test_a_message_for_another_time_is_not_explained(
    store: Store, clock: ManualClock, queue: Queue
) -> None:
    message = await queue(account="s", scheduled_at=clock.now() + 600 * MINUTE)
    await store.credit_waits.explain_waiting_messages("s", "no credit")
    assert (await reload(store, message)).reason == ""


async def test_an_agent_can_have_it_tried_at_once(
    store: Store, clock: ManualClock, queue: Queue
) -> None:
    wallet = Wallet(None)
    await queue(account="s")
    async with create_service(store, clock, wallet.connect(PUSH_ONLY)):
        await wait_until(lambda: is_stopped(store))
        wallet.can_pay = True
        await store.accounts.request_retry("s")
        await wait_until(lambda: find_state_with_health(store, "s", Health.OK))
    assert len(wallet.sent) == 2


@pytest.mark.parametrize(
    ("codes", "waits"),
    [("xx", True), ("ax", True), ("xa", False), ("aa", False), ("axa", False), ("aax", True)],
)
async def test_a_batch_shows_by_its_last_answer_whether_there_is_credit(
    store: Store, clock: ManualClock, queue: Queue, codes: str, waits: bool
) -> None:
    async def send(messages: Sequence[Outgoing]) -> list[SendOutcome]:
        return [
            SendAccepted(f"id-{message.reference}")
            if code == "a"
            else SendRefused(OutOfCredit("no credit"))
            for message, code in zip(messages, codes, strict=True)
        ]

    for _ in codes:
        await queue(account="s")
    provider = ScriptedProvider(replace(PUSH_ONLY, batch=len(codes)), send=send)
    worker = AccountWorker(
        ServedAccount("s", provider), SyncContext(store, clock, random.Random(1)), PollPace()
    )
    summary = await worker.run_once()
    assert (await store.credit_waits.get_wait("s")).is_waiting is waits
    assert bool(summary.problems) is waits


@pytest.mark.parametrize("error", [RateLimited("slow"), Unavailable("down")])
async def test_another_error_neither_starts_nor_ends_a_wait(
    store: Store, clock: ManualClock, queue: Queue, error: Exception
) -> None:
    async def send(messages: Sequence[Outgoing]) -> list[SendOutcome]:
        raise error

    await queue(account="s")
    context = SyncContext(store, clock, random.Random(1))
    account = ServedAccount("s", ScriptedProvider(PUSH_ONLY, send=send))
    await AccountWorker(account, context, PollPace()).run_once()
    assert not (await store.credit_waits.get_wait("s")).is_waiting
    await store.credit_waits.start_wait("s", "no credit", clock.now())
    await AccountWorker(account, context, PollPace()).run_once()
    assert (await store.credit_waits.get_wait("s")).is_waiting


async def test_a_single_round_reads_the_balance_before_it_gives_up(
    store: Store, clock: ManualClock, queue: Queue
) -> None:
    wallet = Wallet()
    await queue(account="s")
    context = SyncContext(store, clock, random.Random(1))
    first = await AccountWorker(wallet.connect(), context, PollPace()).run_once()
    assert "cannot pay" in first.problems[0]
    clock.advance(3_600)
    wallet.amount = 10.0
    second = await AccountWorker(wallet.connect(), context, PollPace()).run_once()
    assert (second.sent, second.problems) == (1, ())


async def test_at_the_sandbox_it_waits_until_the_credits_are_there_again(
    store: Store, clock: ManualClock, queue: Queue
) -> None:
    emulator_class = MessagePortEmulator
    sandbox = Sandbox(clock=clock, rng=random.Random(7), emulators=[emulator_class])
    emulator = sandbox.emulators["messageport"]
    assert isinstance(emulator, emulator_class)
    emulator.credits = 0
    provider = MessagePort(
        base_url="http://box/messageport/rest/v1",
        api_key=API_KEY,
        api_secret=API_SECRET,
        clock=clock,
        transport=httpx.ASGITransport(create_app(sandbox)),
    )
    message = await queue(account="s", to="+61491570156")
    account = ServedAccount("s", provider)
    async with create_service(store, clock, account), run_clock(clock, 2.0):
        await wait_until(lambda: is_stopped(store))
    assert (await read_state(store, "s")).balance_amount == 0
    async with create_service(store, clock, account), run_clock(clock, 2.0):
        began = clock.now()
        await wait_until(lambda: clock.now() > began + 30 * MINUTE)
        assert await is_stopped(store)
        emulator.credits = 100
        await wait_until(lambda: find_state_with_health(store, "s", Health.OK))
    assert (await reload(store, message)).status is not Status.QUEUED
    await provider.aclose()
