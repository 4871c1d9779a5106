"""Asking for receipts by message: the youngest first, ever more rarely, and not for ever."""

import itertools
from collections.abc import Sequence

import pytest

from tests.sync.conftest import Queue
from tests.sync.doubles import ASKED, PAGES, PUSH_ONLY, Scripted
from tui.clock import DAY, HOUR, ManualClock
from tui.domain.events import Receipt
from tui.domain.ids import to_reference
from tui.domain.message import Message
from tui.domain.status import Status
from tui.providers.errors import NotFound, Unavailable, Uncertain
from tui.providers.protocol import Outgoing, SendAccepted, SendOutcome
from tui.store.settling import SendRecord
from tui.sync.context import ServedAccount, SyncContext
from tui.sync.outbox import OutboxSender
from tui.sync.receipt_polling import ReceiptPoller


def receipt(provider_id: str, status: Status, *, ends: bool = False) -> Receipt:
    """News of a message."""
    event_id = f"{provider_id} {status}"
    return Receipt(event_id, status, status.value, None, "{}", provider_id, is_last_report=ends)


async def sent(hands: SyncContext, queue: Queue, clock: ManualClock, count: int) -> list[str]:
    """That many messages, a second apart, each with an id of the provider; the ids."""
    ids: list[str] = []

    async def send(messages: Sequence[Outgoing]) -> list[SendOutcome]:
        ids.extend(f"id-{len(ids) + n}" for n in range(len(messages)))
        return [SendAccepted(ids[-1])]

    for number in range(count):
        await queue(account="s", body=f"{number}")
        await OutboxSender(ServedAccount("s", Scripted(send=send)), hands).run_round()
        clock.advance(1)
    return ids


async def status_of(hands: SyncContext, message: Message) -> Status | None:
    """Where it is now."""
    found = await hands.store.messages.get(message.id)
    return found.status if found else None


async def test_the_youngest_are_asked_about_first_in_batches(
    hands: SyncContext, queue: Queue, clock: ManualClock
) -> None:
    ids = await sent(hands, queue, clock, 5)
    clock.advance(2)
    provider = Scripted(ASKED)
    await ReceiptPoller(ServedAccount("s", provider), hands).run_round()
    assert provider.called("ask_receipts") == [(ids[:2:-1],), (ids[2:0:-1],), (ids[:1],)]


async def test_a_message_is_asked_about_more_rarely_as_it_ages(
    hands: SyncContext, queue: Queue, clock: ManualClock
) -> None:
    await sent(hands, queue, clock, 1)
    provider = Scripted(ASKED)
    asker = ReceiptPoller(ServedAccount("s", provider), hands)
    asked: list[float] = []
    while (rest := await asker.run_round()).pause is not None:
        if len(provider.calls) > len(asked):
            asked.append(clock.monotonic())
        clock.advance(rest.pause)
    gaps = [round(b - a) for a, b in itertools.pairwise(asked)]
    assert asked[0] == 2.0
    assert gaps[:8] == [5, 10, 20, 40, 120, 300, 900, 900]
    assert set(gaps[8:]) == {900}
    assert asked[-1] <= 72 * 3600 + 1


async def test_asking_stops_when_the_provider_says_that_reports_end(
    hands: SyncContext, queue: Queue, clock: ManualClock
) -> None:
    await sent(hands, queue, clock, 1)
    clock.advance(2)

    async def ended(ids: list[str]) -> list[Receipt]:
        return [receipt("ID-0", Status.SUBMITTED, ends=True)]

    asker = ReceiptPoller(ServedAccount("s", Scripted(ASKED, ask_receipts=ended)), hands)
    await asker.run_round()
    assert (await asker.run_round()).pause is None


async def test_news_move_the_message_and_a_final_one_ends_the_asking(
    hands: SyncContext, queue: Queue, clock: ManualClock
) -> None:
    await sent(hands, queue, clock, 1)
    clock.advance(2)

    async def delivered(ids: list[str]) -> list[Receipt]:
        return [receipt(ids[0], Status.DELIVERED)]

    asker = ReceiptPoller(ServedAccount("s", Scripted(ASKED, ask_receipts=delivered)), hands)
    rest = await asker.run_round()
    assert (rest.new_events, rest.pause) == (1, None)


async def test_trouble_slows_the_asking_down_too(
    hands: SyncContext, queue: Queue, clock: ManualClock
) -> None:
    await sent(hands, queue, clock, 1)
    clock.advance(2)

    async def down(ids: list[str]) -> list[Receipt]:
        raise Unavailable("down")

    provider = Scripted(ASKED, ask_receipts=down)
    asker = ReceiptPoller(ServedAccount("s", provider), hands)
    with pytest.raises(Unavailable):
        await asker.run_round()
    await asker.run_round()
    assert len(provider.called("ask_receipts")) == 1


async def test_a_scheduled_message_is_not_asked_about_before_its_time(
    hands: SyncContext, queue: Queue, clock: ManualClock
) -> None:
    message = await queue(account="s", scheduled_at=clock.now() + HOUR)
    await hands.store.outbox.claim_due_messages(hands.store.leases.owner, "s", 1)
    await hands.store.outbox.settle_message(message.id, SendRecord(Status.SCHEDULED, "id-0"))
    provider = Scripted(ASKED)
    rest = await ReceiptPoller(ServedAccount("s", provider), hands).run_round()
    assert provider.calls == []
    assert rest.pause == 3602.0


async def test_a_lost_answer_is_cleared_up_by_our_own_reference(
    hands: SyncContext, queue: Queue, clock: ManualClock
) -> None:
    async def lost(messages: Sequence[Outgoing]) -> list[SendOutcome]:
        raise Uncertain("cut")

    async def found(asked: str) -> Receipt:
        return Receipt("r", Status.DELIVERED, "ok", None, "{}", "77", reference=asked)

    message = await queue(account="s")
    provider = Scripted(ASKED, send=lost, look_up=found)
    account = ServedAccount("s", provider)
    await OutboxSender(account, hands).run_round()
    clock.advance(2)
    await ReceiptPoller(account, hands).run_round()
    assert provider.called("look_up") == [(to_reference(message.id),)]
    assert await status_of(hands, message) is Status.DELIVERED


async def test_that_the_provider_does_not_know_a_message_proves_nothing(
    hands: SyncContext, queue: Queue, clock: ManualClock
) -> None:
    async def lost(messages: Sequence[Outgoing]) -> list[SendOutcome]:
        raise Uncertain("cut")

    async def unknown(asked: str) -> Receipt:
        raise NotFound("never heard of it")

    message = await queue(account="s")
    account = ServedAccount("s", Scripted(ASKED, send=lost, look_up=unknown))
    await OutboxSender(account, hands).run_round()
    clock.advance(2)
    rest = await ReceiptPoller(account, hands).run_round()
    assert await status_of(hands, message) is Status.UNCERTAIN
    assert rest.pause == 5.0


async def test_old_messages_are_left_alone(
    hands: SyncContext, queue: Queue, clock: ManualClock
) -> None:
    await sent(hands, queue, clock, 1)
    clock.advance(4 * DAY / 1000)
    provider = Scripted(ASKED)
    assert (await ReceiptPoller(ServedAccount("s", provider), hands).run_round()).pause is None
    assert provider.calls == []


async def test_where_receipts_come_by_the_page_nobody_is_asked_about(
    hands: SyncContext, queue: Queue, clock: ManualClock
) -> None:
    await sent(hands, queue, clock, 2)
    clock.advance(5)
    provider = Scripted(PAGES)
    assert (await ReceiptPoller(ServedAccount("s", provider), hands).run_round()).pause is None
    assert provider.calls == []


def test_a_provider_that_tells_nothing_is_not_asked(hands: SyncContext) -> None:
    assert not ReceiptPoller(ServedAccount("s", Scripted(PUSH_ONLY)), hands).can_query
