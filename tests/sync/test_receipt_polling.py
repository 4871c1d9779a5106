"""Test receipt queries by message: newest first, with growing pauses, for a limited time."""

import itertools
from collections.abc import Sequence

import pytest

from tests.sync.conftest import Queue
from tests.sync.doubles import ASKED, PAGES, PUSH_ONLY, ScriptedProvider
from tui.clock import DAY, HOUR, ManualClock
from tui.domain.events import Receipt
from tui.domain.ids import to_reference
from tui.domain.message import Message
from tui.domain.status import Status
from tui.providers.errors import NotFound, Unavailable, Uncertain
from tui.providers.protocol import Outgoing, SendAccepted, SendOutcome
from tui.store.event_rows import SendRecord
from tui.sync.context import ServedAccount, SyncContext
from tui.sync.outbox import OutboxSender
from tui.sync.receipt_polling import ReceiptPoller


def make_receipt(provider_id: str, status: Status, *, ends: bool = False) -> Receipt:
    """Return a receipt of a message."""
    event_id = f"{provider_id} {status}"
    return Receipt(event_id, status, status.value, None, "{}", provider_id, is_last_report=ends)


async def send_messages(
    context: SyncContext, queue: Queue, clock: ManualClock, count: int
) -> list[str]:
    """Send that many messages, a second apart, and return their provider ids."""
    ids: list[str] = []

    async def send(messages: Sequence[Outgoing]) -> list[SendOutcome]:
        ids.extend(f"id-{len(ids) + n}" for n in range(len(messages)))
        return [SendAccepted(ids[-1])]

    for number in range(count):
        await queue(account="s", body=f"{number}")
        await OutboxSender(ServedAccount("s", ScriptedProvider(send=send)), context).run_round()
        clock.advance(1)
    return ids


async def read_status(context: SyncContext, message: Message) -> Status | None:
    """Return the current status of the message."""
    found = await context.store.messages.get(message.id)
    return found.status if found else None


async def test_the_newest_messages_are_queried_first_in_batches(
    context: SyncContext, queue: Queue, clock: ManualClock
) -> None:
    ids = await send_messages(context, queue, clock, 5)
    clock.advance(2)
    provider = ScriptedProvider(ASKED)
    await ReceiptPoller(ServedAccount("s", provider), context).run_round()
    assert provider.list_calls("ask_receipts") == [(ids[:2:-1],), (ids[2:0:-1],), (ids[:1],)]


async def test_a_message_is_queried_less_often_as_it_ages(
    context: SyncContext, queue: Queue, clock: ManualClock
) -> None:
    await send_messages(context, queue, clock, 1)
    provider = ScriptedProvider(ASKED)
    poller = ReceiptPoller(ServedAccount("s", provider), context)
    asked: list[float] = []
    while (rest := await poller.run_round()).pause is not None:
        if len(provider.calls) > len(asked):
            asked.append(clock.monotonic())
        clock.advance(rest.pause)
    gaps = [round(b - a) for a, b in itertools.pairwise(asked)]
    assert asked[0] == 2.0
    assert gaps[:8] == [5, 10, 20, 40, 120, 300, 900, 900]
    assert set(gaps[8:]) == {900}
    assert asked[-1] <= 72 * 3600 + 1


async def test_queries_stop_when_the_provider_ends_the_reports(
    context: SyncContext, queue: Queue, clock: ManualClock
) -> None:
    await send_messages(context, queue, clock, 1)
    clock.advance(2)

    async def ended(ids: list[str]) -> list[Receipt]:
        return [make_receipt("ID-0", Status.SUBMITTED, ends=True)]

    poller = ReceiptPoller(ServedAccount("s", ScriptedProvider(ASKED, ask_receipts=ended)), context)
    await poller.run_round()
    assert (await poller.run_round()).pause is None


async def test_receipts_change_the_status_and_a_final_one_ends_the_queries(
    context: SyncContext, queue: Queue, clock: ManualClock
) -> None:
    await send_messages(context, queue, clock, 1)
    clock.advance(2)

    async def delivered(ids: list[str]) -> list[Receipt]:
        return [make_receipt(ids[0], Status.DELIVERED)]

    poller = ReceiptPoller(
        ServedAccount("s", ScriptedProvider(ASKED, ask_receipts=delivered)), context
    )
    rest = await poller.run_round()
    assert (rest.new_events, rest.pause) == (1, None)


async def test_errors_slow_down_the_queries(
    context: SyncContext, queue: Queue, clock: ManualClock
) -> None:
    await send_messages(context, queue, clock, 1)
    clock.advance(2)

    async def down(ids: list[str]) -> list[Receipt]:
        raise Unavailable("down")

    provider = ScriptedProvider(ASKED, ask_receipts=down)
    poller = ReceiptPoller(ServedAccount("s", provider), context)
    with pytest.raises(Unavailable):
        await poller.run_round()
    await poller.run_round()
    assert len(provider.list_calls("ask_receipts")) == 1


async def test_a_scheduled_message_is_not_queried_before_its_time(
    context: SyncContext, queue: Queue, clock: ManualClock
) -> None:
    message = await queue(account="s", scheduled_at=clock.now() + HOUR)
    await context.store.outbox.claim_due_messages(context.store.leases.owner, "s", 1)
    await context.store.outbox.settle_message(message.id, SendRecord(Status.SCHEDULED, "id-0"))
    provider = ScriptedProvider(ASKED)
    rest = await ReceiptPoller(ServedAccount("s", provider), context).run_round()
    assert provider.calls == []
    assert rest.pause == 3602.0


async def test_an_uncertain_message_is_resolved_by_our_own_reference(
    context: SyncContext, queue: Queue, clock: ManualClock
) -> None:
    async def lost(messages: Sequence[Outgoing]) -> list[SendOutcome]:
        raise Uncertain("cut")

    async def found(asked: str) -> Receipt:
        return Receipt("r", Status.DELIVERED, "ok", None, "{}", "77", reference=asked)

    message = await queue(account="s")
    provider = ScriptedProvider(ASKED, send=lost, look_up=found)
    account = ServedAccount("s", provider)
    await OutboxSender(account, context).run_round()
    clock.advance(2)
    await ReceiptPoller(account, context).run_round()
    assert provider.list_calls("look_up") == [(to_reference(message.id),)]
    assert await read_status(context, message) is Status.DELIVERED


async def test_an_unknown_message_stays_uncertain(
    context: SyncContext, queue: Queue, clock: ManualClock
) -> None:
    async def lost(messages: Sequence[Outgoing]) -> list[SendOutcome]:
        raise Uncertain("cut")

    async def unknown(asked: str) -> Receipt:
        raise NotFound("never heard of it")

    message = await queue(account="s")
    account = ServedAccount("s", ScriptedProvider(ASKED, send=lost, look_up=unknown))
    await OutboxSender(account, context).run_round()
    clock.advance(2)
    rest = await ReceiptPoller(account, context).run_round()
    assert await read_status(context, message) is Status.UNCERTAIN
    assert rest.pause == 5.0


async def test_old_messages_are_not_queried(
    context: SyncContext, queue: Queue, clock: ManualClock
) -> None:
    await send_messages(context, queue, clock, 1)
    clock.advance(4 * DAY / 1000)
    provider = ScriptedProvider(ASKED)
    assert (await ReceiptPoller(ServedAccount("s", provider), context).run_round()).pause is None
    assert provider.calls == []


async def test_messages_are_not_queried_if_receipts_are_polled_by_page(
    context: SyncContext, queue: Queue, clock: ManualClock
) -> None:
    await send_messages(context, queue, clock, 2)
    clock.advance(5)
    provider = ScriptedProvider(PAGES)
    assert (await ReceiptPoller(ServedAccount("s", provider), context).run_round()).pause is None
    assert provider.calls == []


def test_a_provider_without_receipt_queries_is_not_queried(context: SyncContext) -> None:
    assert not ReceiptPoller(ServedAccount("s", ScriptedProvider(PUSH_ONLY)), context).can_query
