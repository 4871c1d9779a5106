"""Asking for receipts by message: the youngest first, ever more rarely, and not for ever."""

import itertools
from collections.abc import Sequence

import pytest

from tests.sync.conftest import Queue
from tests.sync.doubles import ASKED, PAGES, PUSH_ONLY, Scripted
from tui.clock import DAY, HOUR, ManualClock
from tui.domain.events import Receipt
from tui.domain.ids import reference
from tui.domain.message import Message
from tui.domain.status import Status
from tui.providers.errors import NotFound, Unavailable, Uncertain
from tui.providers.protocol import Accepted, Outcome, Outgoing
from tui.store.settling import Settled
from tui.sync.hands import Hands
from tui.sync.outbox import Sender
from tui.sync.receipts import Asker
from tui.sync.served import ServedAccount


def receipt(provider_id: str, status: Status, *, ends: bool = False) -> Receipt:
    """News of a message."""
    event_id = f"{provider_id} {status}"
    return Receipt(event_id, status, status.value, None, "{}", provider_id, ends_reports=ends)


async def sent(hands: Hands, queue: Queue, clock: ManualClock, count: int) -> list[str]:
    """That many messages, a second apart, each with an id of the provider; the ids."""
    ids: list[str] = []

    async def send(messages: Sequence[Outgoing]) -> list[Outcome]:
        ids.extend(f"id-{len(ids) + n}" for n in range(len(messages)))
        return [Accepted(ids[-1])]

    for number in range(count):
        await queue(account="s", body=f"{number}")
        await Sender(ServedAccount("s", Scripted(send=send)), hands).round()
        clock.advance(1)
    return ids


async def status_of(hands: Hands, message: Message) -> Status | None:
    """Where it is now."""
    found = await hands.store.messages.get(message.id)
    return found.status if found else None


async def test_the_youngest_are_asked_about_first_in_batches(
    hands: Hands, queue: Queue, clock: ManualClock
) -> None:
    ids = await sent(hands, queue, clock, 5)
    clock.advance(2)
    provider = Scripted(ASKED)
    await Asker(ServedAccount("s", provider), hands).round()
    assert provider.called("ask_receipts") == [(ids[:2:-1],), (ids[2:0:-1],), (ids[:1],)]


async def test_a_message_is_asked_about_more_rarely_as_it_ages(
    hands: Hands, queue: Queue, clock: ManualClock
) -> None:
    await sent(hands, queue, clock, 1)
    provider = Scripted(ASKED)
    asker = Asker(ServedAccount("s", provider), hands)
    asked: list[float] = []
    while (rest := await asker.round()).pause is not None:
        if len(provider.calls) > len(asked):
            asked.append(clock.monotonic())
        clock.advance(rest.pause)
    gaps = [round(b - a) for a, b in itertools.pairwise(asked)]
    assert asked[0] == 2.0
    assert gaps[:8] == [5, 10, 20, 40, 120, 300, 900, 900]
    assert set(gaps[8:]) == {900}
    assert asked[-1] <= 72 * 3600 + 1


async def test_asking_stops_when_the_provider_says_that_reports_end(
    hands: Hands, queue: Queue, clock: ManualClock
) -> None:
    await sent(hands, queue, clock, 1)
    clock.advance(2)

    async def ended(ids: list[str]) -> list[Receipt]:
        return [receipt("ID-0", Status.SUBMITTED, ends=True)]

    asker = Asker(ServedAccount("s", Scripted(ASKED, ask_receipts=ended)), hands)
    await asker.round()
    assert (await asker.round()).pause is None


async def test_news_move_the_message_and_a_final_one_ends_the_asking(
    hands: Hands, queue: Queue, clock: ManualClock
) -> None:
    await sent(hands, queue, clock, 1)
    clock.advance(2)

    async def delivered(ids: list[str]) -> list[Receipt]:
        return [receipt(ids[0], Status.DELIVERED)]

    asker = Asker(ServedAccount("s", Scripted(ASKED, ask_receipts=delivered)), hands)
    rest = await asker.round()
    assert (rest.news, rest.pause) == (1, None)


async def test_trouble_slows_the_asking_down_too(
    hands: Hands, queue: Queue, clock: ManualClock
) -> None:
    await sent(hands, queue, clock, 1)
    clock.advance(2)

    async def down(ids: list[str]) -> list[Receipt]:
        raise Unavailable("down")

    provider = Scripted(ASKED, ask_receipts=down)
    asker = Asker(ServedAccount("s", provider), hands)
    with pytest.raises(Unavailable):
        await asker.round()
    await asker.round()
    assert len(provider.called("ask_receipts")) == 1


async def test_a_scheduled_message_is_not_asked_about_before_its_time(
    hands: Hands, queue: Queue, clock: ManualClock
) -> None:
    message = await queue(account="s", scheduled_at=clock.now() + HOUR)
    await hands.store.outbox.claim(hands.store.leases.owner, "s", 1)
    await hands.store.outbox.settle(message.id, Settled(Status.SCHEDULED, "id-0"))
    provider = Scripted(ASKED)
    rest = await Asker(ServedAccount("s", provider), hands).round()
    assert provider.calls == []
    assert rest.pause == 3602.0


async def test_a_lost_answer_is_cleared_up_by_our_own_reference(
    hands: Hands, queue: Queue, clock: ManualClock
) -> None:
    async def lost(messages: Sequence[Outgoing]) -> list[Outcome]:
        raise Uncertain("cut")

    async def found(asked: str) -> Receipt:
        return Receipt("r", Status.DELIVERED, "ok", None, "{}", "77", reference=asked)

    message = await queue(account="s")
    provider = Scripted(ASKED, send=lost, look_up=found)
    account = ServedAccount("s", provider)
    await Sender(account, hands).round()
    clock.advance(2)
    await Asker(account, hands).round()
    assert provider.called("look_up") == [(reference(message.id),)]
    assert await status_of(hands, message) is Status.DELIVERED


async def test_that_the_provider_does_not_know_a_message_proves_nothing(
    hands: Hands, queue: Queue, clock: ManualClock
) -> None:
    async def lost(messages: Sequence[Outgoing]) -> list[Outcome]:
        raise Uncertain("cut")

    async def unknown(asked: str) -> Receipt:
        raise NotFound("never heard of it")

    message = await queue(account="s")
    account = ServedAccount("s", Scripted(ASKED, send=lost, look_up=unknown))
    await Sender(account, hands).round()
    clock.advance(2)
    rest = await Asker(account, hands).round()
    assert await status_of(hands, message) is Status.UNCERTAIN
    assert rest.pause == 5.0


async def test_old_messages_are_left_alone(hands: Hands, queue: Queue, clock: ManualClock) -> None:
    await sent(hands, queue, clock, 1)
    clock.advance(4 * DAY / 1000)
    provider = Scripted(ASKED)
    assert (await Asker(ServedAccount("s", provider), hands).round()).pause is None
    assert provider.calls == []


async def test_where_receipts_come_by_the_page_nobody_is_asked_about(
    hands: Hands, queue: Queue, clock: ManualClock
) -> None:
    await sent(hands, queue, clock, 2)
    clock.advance(5)
    provider = Scripted(PAGES)
    assert (await Asker(ServedAccount("s", provider), hands).round()).pause is None
    assert provider.calls == []


def test_a_provider_that_tells_nothing_is_not_asked(hands: Hands) -> None:
    assert not Asker(ServedAccount("s", Scripted(PUSH_ONLY)), hands).asks
