"""Test sending: every message at most once, and none forgotten."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from tests.sync.conftest import Queue
from tests.sync.doubles import PAGES, PUSH_ONLY, ScriptedProvider
from tests.waiting import wait_until
from tui.clock import HOUR, ManualClock
from tui.domain.capabilities import Capabilities, ReceiptChannel, ReplyChannel
from tui.domain.events import Reply
from tui.domain.ids import to_reference
from tui.domain.message import Message
from tui.domain.status import Status
from tui.providers.errors import (
    MessageInvalid,
    OutOfCredit,
    RateLimited,
    RecipientOptedOut,
    Unavailable,
    Uncertain,
)
from tui.providers.protocol import Outgoing, SendAccepted, SendOutcome, SendRefused
from tui.sandbox.state import Sandbox
from tui.store.errors import Busy, Unreachable
from tui.store.event_rows import SendRecord
from tui.store.store import Store
from tui.sync.backoff import PollPace
from tui.sync.context import ServedAccount, SyncContext
from tui.sync.outbox import OutboxSender
from tui.sync.poller import Poller

CUSTOMER = "+61491570156"


async def reload_message(store: Store, message: Message) -> Message:
    """Return the current message."""
    found = await store.messages.get(message.id)
    assert found is not None
    return found


def create_provider(*outcomes: SendOutcome | Exception, batch: int = 100) -> ScriptedProvider:
    """Return a provider that gives these results to a batch, or raises."""
    waiting = list(outcomes)

    async def send(messages: Sequence[Outgoing]) -> list[SendOutcome]:
        given = [waiting.pop(0) for _ in messages]
        if isinstance(given[0], Exception):
            raise given[0]
        return [outcome for outcome in given if not isinstance(outcome, Exception)]

    abilities = Capabilities("S", ReplyChannel.PUSH, ReceiptChannel.NONE, batch=batch)
    return ScriptedProvider(abilities, send=send)


async def test_a_queued_message_is_sent_with_its_own_reference(
    account: ServedAccount, context: SyncContext, queue: Queue, sandbox: Sandbox
) -> None:
    message = await queue(body="Your parcel is here")
    rest = await OutboxSender(account, context).run_round()
    (accepted,) = sandbox.emulators["messagemedia"].ledger.accepted.values()
    assert (accepted.text, accepted.reference) == ("Your parcel is here", to_reference(message.id))
    now = await reload_message(context.store, message)
    assert (now.status, now.provider_id) == (Status.ACCEPTED, accepted.id)
    assert (rest.pause, rest.answered) == (None, True)


async def test_a_batch_is_as_large_as_the_provider_accepts(
    context: SyncContext, queue: Queue
) -> None:
    for number in range(250):
        await queue(body=f"{number}", account="s")
    provider = ScriptedProvider(PAGES)
    await OutboxSender(ServedAccount("s", provider), context).run_round()
    assert [len(batch) for (batch,) in provider.list_calls("send")] == [100, 100, 50]


async def test_each_message_of_a_batch_has_its_own_result(
    context: SyncContext, queue: Queue
) -> None:
    messages = [await queue(body=f"{n}", account="s") for n in range(4)]
    provider = create_provider(
        SendAccepted("id-0"),
        SendRefused(MessageInvalid("Not a mobile number", field="to")),
        SendRefused(Uncertain("no answer")),
        SendRefused(Unavailable("not this time")),
    )
    await OutboxSender(ServedAccount("s", provider), context).run_round()
    found = [await reload_message(context.store, message) for message in messages]
    assert [m.status for m in found] == [
        Status.ACCEPTED,
        Status.REJECTED,
        Status.UNCERTAIN,
        Status.QUEUED,
    ]
    assert [m.reason for m in found[1:]] == [
        "Not a mobile number (to)",
        "no answer; it may or may not have been sent",
        "not this time",
    ]


async def test_a_lost_response_makes_the_whole_batch_uncertain_without_resending(
    context: SyncContext, queue: Queue, clock: ManualClock
) -> None:
    messages = [await queue(body=f"{n}", account="s") for n in range(3)]
    provider = create_provider(*[Uncertain("cut")] * 3)
    sender = OutboxSender(ServedAccount("s", provider), context)
    await sender.run_round()
    clock.advance(86_400)
    assert (await sender.run_round()).pause is None
    assert len(provider.list_calls("send")) == 1
    assert {(await reload_message(context.store, m)).status for m in messages} == {Status.UNCERTAIN}


@pytest.mark.parametrize(
    "error", [OutOfCredit("empty"), RateLimited("slow", retry_after=30.0), Unavailable("down")]
)
async def test_temporarily_unsendable_messages_stay_queued_with_the_reason(
    context: SyncContext, queue: Queue, clock: ManualClock, error: Exception
) -> None:
    message = await queue(account="s")
    sender = OutboxSender(ServedAccount("s", create_provider(error, SendAccepted("id-1"))), context)
    with pytest.raises(type(error)):
        await sender.run_round()
    waiting = await reload_message(context.store, message)
    assert (waiting.status, waiting.reason) == (Status.QUEUED, str(error))
    rest = await sender.run_round()
    assert rest.pause is not None and rest.pause > 0
    clock.advance(rest.pause + 1)
    await sender.run_round()
    sent = await reload_message(context.store, message)
    assert (sent.status, sent.reason) == (Status.ACCEPTED, "")


async def test_a_requested_pause_is_respected_to_the_second(
    context: SyncContext, queue: Queue, clock: ManualClock
) -> None:
    await queue(account="s")
    provider = create_provider(RateLimited("slow", retry_after=30.0), SendAccepted("id"))
    sender = OutboxSender(ServedAccount("s", provider), context)
    with pytest.raises(RateLimited):
        await sender.run_round()
    clock.advance(29.9)
    await sender.run_round()
    assert len(provider.list_calls("send")) == 1
    clock.advance(1.0)
    await sender.run_round()
    assert len(provider.list_calls("send")) == 2


async def test_one_unsendable_message_does_not_block_the_others(
    context: SyncContext, queue: Queue
) -> None:
    dear, cheap = await queue(body="dear", account="s"), await queue(body="cheap", account="s")
    provider = create_provider(OutOfCredit("too dear"), SendAccepted("id-1"), batch=1)
    sender = OutboxSender(ServedAccount("s", provider), context)
    with pytest.raises(OutOfCredit):
        await sender.run_round()
    await sender.run_round()
    assert (await reload_message(context.store, dear)).status is Status.QUEUED
    assert (await reload_message(context.store, cheap)).status is Status.ACCEPTED


async def test_an_opt_out_at_the_provider_is_recorded(context: SyncContext, queue: Queue) -> None:
    first, second = await queue(account="s"), await queue(account="s")
    provider = create_provider(SendRefused(RecipientOptedOut("out")), batch=1)
    await OutboxSender(ServedAccount("s", provider), context).run_round()
    assert len(provider.list_calls("send")) == 1
    assert (await reload_message(context.store, first)).status is Status.REJECTED
    assert (await reload_message(context.store, second)).status is Status.REJECTED
    conversation = await context.store.conversations.get(first.conversation_id)
    assert conversation is not None and conversation.opted_out


async def test_a_queued_message_is_not_sent_after_an_opt_out(
    context: SyncContext, queue: Queue
) -> None:
    message = await queue(account="s")
    stop = Reply("r1", CUSTOMER, "whatever", None, "{}", opted_out=True)
    await context.store.ingest.store_events("s", [stop])
    provider = ScriptedProvider()
    await OutboxSender(ServedAccount("s", provider), context).run_round()
    assert provider.list_calls("send") == []
    assert (await reload_message(context.store, message)).status is Status.REJECTED


async def test_a_message_waits_for_the_grace_period(
    context: SyncContext, queue: Queue, clock: ManualClock
) -> None:
    await queue(account="s", hold_until=clock.now() + 5_000)
    provider = ScriptedProvider()
    sender = OutboxSender(ServedAccount("s", provider), context)
    assert (await sender.run_round()).pause == 5.0
    clock.advance(5)
    await sender.run_round()
    assert len(provider.list_calls("send")) == 1


async def test_a_scheduled_message_is_sent_with_its_time(
    account: ServedAccount, context: SyncContext, queue: Queue, clock: ManualClock
) -> None:
    message = await queue(scheduled_at=clock.now() + HOUR)
    await OutboxSender(account, context).run_round()
    assert (await reload_message(context.store, message)).status is Status.SCHEDULED


async def test_a_past_time_means_now(
    context: SyncContext, queue: Queue, clock: ManualClock
) -> None:
    await queue(account="s", scheduled_at=clock.now() - 1)
    provider = ScriptedProvider(PUSH_ONLY)
    await OutboxSender(ServedAccount("s", provider), context).run_round()
    (((outgoing,),),) = provider.list_calls("send")
    assert outgoing.scheduled_at is None


async def test_a_message_the_provider_cannot_schedule_is_held_locally(
    context: SyncContext, queue: Queue, clock: ManualClock
) -> None:
    later = await queue(account="s", scheduled_at=clock.now() + HOUR)
    now = await queue(account="s", body="now")
    provider = ScriptedProvider(PAGES)
    sender = OutboxSender(ServedAccount("s", provider), context)
    assert (await sender.run_round()).pause == 3600.0
    assert (await reload_message(context.store, later)).status is Status.QUEUED
    assert (await reload_message(context.store, now)).status is Status.ACCEPTED
    clock.advance(3600)
    await sender.run_round()
    assert (await reload_message(context.store, later)).status is Status.ACCEPTED


async def test_the_sender_of_the_message_has_priority_over_that_of_the_account(
    context: SyncContext, queue: Queue
) -> None:
    await queue(account="s", sender="Desk")
    await queue(account="s")
    provider = ScriptedProvider(PAGES)
    served = ServedAccount("s", provider, sender="+61400000000", callback_url="https://d/h/s/x/")
    await OutboxSender(served, context).run_round()
    ((batch,),) = provider.list_calls("send")
    assert [outgoing.sender for outgoing in batch] == ["Desk", "+61400000000"]
    assert batch[0].callback_url == f"https://d/h/s/x/{batch[0].reference}"


async def test_a_receipt_before_the_send_result_is_not_lost(
    account: ServedAccount, context: SyncContext, queue: Queue, clock: ManualClock
) -> None:
    early = Poller(account, context, PollPace())

    async def send(messages: Sequence[Outgoing]) -> list[SendOutcome]:
        outcomes = await account.provider.send_messages(messages)
        clock.advance(5)
        assert (await early.run_round()).new_events == 3
        return outcomes

    message = await queue()
    slow = ServedAccount("mm", ScriptedProvider(PAGES, send=send))
    await OutboxSender(slow, context).run_round()
    now = await reload_message(context.store, message)
    assert (now.status, now.provider_id != "") == (Status.DELIVERED, True)


async def test_a_result_is_stored_as_soon_as_the_database_is_free(
    context: SyncContext, queue: Queue, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = await queue(account="s")
    settle, troubles = context.store.outbox.settle_messages, [Busy("locked"), Unreachable("away")]

    async def locked(outcomes: Sequence[tuple[int, SendRecord]], **options: Any) -> None:
        if troubles:
            raise troubles.pop()
        await settle(outcomes, **options)

    monkeypatch.setattr(context.store.outbox, "settle_messages", locked)
    sending = asyncio.create_task(
        OutboxSender(ServedAccount("s", ScriptedProvider()), context).run_round()
    )

    async def done() -> bool:
        clock.advance(1)
        return sending.done()

    await wait_until(done)
    assert (await reload_message(context.store, message)).status is Status.ACCEPTED


async def test_an_unexpected_exception_leaves_the_message_uncertain(
    context: SyncContext, queue: Queue
) -> None:
    async def broken(messages: Sequence[Outgoing]) -> list[SendOutcome]:
        raise KeyError("status")

    message = await queue(account="s")
    with pytest.raises(KeyError):
        await OutboxSender(ServedAccount("s", ScriptedProvider(send=broken)), context).run_round()
    assert (await reload_message(context.store, message)).status is Status.UNCERTAIN


async def test_a_message_without_result_in_a_batch_is_uncertain(
    context: SyncContext, queue: Queue
) -> None:
    async def forgetful(messages: Sequence[Outgoing]) -> list[SendOutcome]:
        return [SendAccepted("id-0")]

    first, second = await queue(account="s"), await queue(account="s")
    await OutboxSender(
        ServedAccount("s", ScriptedProvider(PAGES, send=forgetful)), context
    ).run_round()
    assert (await reload_message(context.store, first)).status is Status.ACCEPTED
    assert (await reload_message(context.store, second)).status is Status.UNCERTAIN


async def test_the_end_of_sync_waits_for_a_running_request(
    context: SyncContext, queue: Queue
) -> None:
    asked, answered = asyncio.Event(), asyncio.Event()

    async def slow(messages: Sequence[Outgoing]) -> list[SendOutcome]:
        asked.set()
        await answered.wait()
        return [SendAccepted("id-0")]

    message = await queue(account="s")
    sending = asyncio.create_task(
        OutboxSender(ServedAccount("s", ScriptedProvider(send=slow)), context).run_round()
    )
    await asked.wait()
    sending.cancel()
    await asyncio.sleep(0)
    answered.set()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert (await reload_message(context.store, message)).status is Status.ACCEPTED


async def test_a_request_too_slow_at_the_end_of_sync_is_uncertain(
    context: SyncContext, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asyncio.Event()

    async def endless(messages: Sequence[Outgoing]) -> list[SendOutcome]:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr("tui.sync.outbox.GRACE", 0.01)
    message = await queue(account="s")
    sender = OutboxSender(ServedAccount("s", ScriptedProvider(send=endless)), context)
    sending = asyncio.create_task(sender.run_round())
    await asked.wait()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    now = await reload_message(context.store, message)
    assert now.status is Status.UNCERTAIN
    assert "stopped while this was being sent" in now.reason


async def test_messages_are_sent_in_the_order_of_queueing(
    context: SyncContext, queue: Queue, clock: ManualClock
) -> None:
    for number in range(5):
        await queue(account="s", body=f"{number}")
        clock.advance(0.001)
    provider = ScriptedProvider(PAGES)
    await OutboxSender(ServedAccount("s", provider), context).run_round()
    ((batch,),) = provider.list_calls("send")
    assert [outgoing.text for outgoing in batch] == ["0", "1", "2", "3", "4"]
