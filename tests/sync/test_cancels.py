"""Taking scheduled messages back."""

import pytest

from tests.sync.conftest import Queue
from tests.sync.doubles import PAGES, Scripted
from tui.clock import HOUR, ManualClock
from tui.domain.events import Reply
from tui.domain.message import Message
from tui.domain.status import Status
from tui.providers.errors import Unavailable
from tui.sandbox.sandbox import Sandbox
from tui.store.settling import SendRecord
from tui.sync.backoff import PollPace
from tui.sync.context import ServedAccount, SyncContext
from tui.sync.outbox import Canceller, OutboxSender
from tui.sync.poller import Poller


async def scheduled(
    account: ServedAccount, hands: SyncContext, queue: Queue, clock: ManualClock
) -> Message:
    """A message that waits at the provider for an hour."""
    message = await queue(scheduled_at=clock.now() + HOUR)
    await OutboxSender(account, hands).run_round()
    return message


async def now(hands: SyncContext, message: Message) -> Message:
    """The message as it is now."""
    found = await hands.store.messages.get(message.id)
    assert found is not None
    return found


def true_status(sandbox: Sandbox) -> list[str]:
    """What the provider knows."""
    return [m.status for m in sandbox.emulators["messagemedia"].ledger.accepted.values()]


async def test_an_agents_wish_is_carried_out(
    account: ServedAccount, hands: SyncContext, queue: Queue, clock: ManualClock, sandbox: Sandbox
) -> None:
    message = await scheduled(account, hands, queue, clock)
    assert await hands.store.intents.request_cancel(message.id, "ann")
    assert (await now(hands, message)).cancel_wanted
    await Canceller(account, hands).run_round()
    assert (await now(hands, message)).status is Status.CANCELLED
    assert true_status(sandbox) == ["cancelled"]


async def test_what_was_not_wished_stays(
    account: ServedAccount, hands: SyncContext, queue: Queue, clock: ManualClock, sandbox: Sandbox
) -> None:
    await scheduled(account, hands, queue, clock)
    assert (await Canceller(account, hands).run_round()).answered is False
    assert true_status(sandbox) == ["scheduled"]


async def test_too_late_is_told_with_where_the_message_is_by_now(
    account: ServedAccount, hands: SyncContext, queue: Queue, clock: ManualClock
) -> None:
    message = await scheduled(account, hands, queue, clock)
    clock.advance(3_700)
    await hands.store.intents.request_cancel(message.id, "ann")
    canceller = Canceller(account, hands)
    await canceller.run_round()
    found = await now(hands, message)
    assert found.status is Status.DELIVERED
    assert not found.cancel_wanted
    assert (await canceller.run_round()).answered is False


async def test_a_refusal_that_tells_nothing_else_leaves_the_reason(
    hands: SyncContext, queue: Queue, clock: ManualClock, account: ServedAccount
) -> None:
    message = await queue(scheduled_at=clock.now() + HOUR)
    await hands.store.outbox.claim_due_messages(hands.store.leases.owner, "mm", 1)
    await hands.store.outbox.settle_message(
        message.id, SendRecord(Status.SCHEDULED, "unknown-there")
    )
    await hands.store.intents.request_cancel(message.id, "ann")
    await Canceller(account, hands).run_round()
    found = await now(hands, message)
    assert (found.status, found.cancel_wanted) == (Status.SCHEDULED, False)
    assert found.reason != ""


async def test_what_is_scheduled_for_a_customer_who_opts_out_is_taken_back(
    account: ServedAccount, hands: SyncContext, queue: Queue, clock: ManualClock, sandbox: Sandbox
) -> None:
    message = await scheduled(account, hands, queue, clock)
    stop = Reply("r1", "+61491570156", "whatever", None, "{}", opted_out=True)
    await hands.store.ingest.store_events("mm", [stop])
    await Canceller(account, hands).run_round()
    assert (await now(hands, message)).status is Status.CANCELLED
    assert true_status(sandbox) == ["cancelled"]
    clock.advance(7_200)
    await Poller(account, hands, PollPace()).run_round()
    assert true_status(sandbox) == ["cancelled"]


async def test_one_that_cannot_be_asked_about_does_not_keep_the_others(
    account: ServedAccount, hands: SyncContext, queue: Queue, clock: ManualClock
) -> None:
    first = await scheduled(account, hands, queue, clock)
    second = await scheduled(account, hands, queue, clock)
    for message in (first, second):
        await hands.store.intents.request_cancel(message.id, "ann")
    stuck = (await now(hands, first)).provider_id

    async def cancel(provider_id: str) -> None:
        if provider_id == stuck:
            raise Unavailable("down")

    canceller = Canceller(ServedAccount("mm", Scripted(PAGES, cancel=cancel)), hands)
    with pytest.raises(Unavailable):
        await canceller.run_round()
    assert (await now(hands, first)).cancel_wanted
    assert (await now(hands, second)).status is Status.CANCELLED


async def test_a_message_that_is_not_scheduled_cannot_be_cancelled(
    hands: SyncContext, queue: Queue
) -> None:
    message = await queue()
    assert not await hands.store.intents.request_cancel(message.id, "ann")
