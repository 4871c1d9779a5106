"""Test the cancelling of scheduled messages."""

import pytest

from tests.sync.conftest import Queue
from tests.sync.doubles import PAGES, ScriptedProvider
from tui.clock import HOUR, ManualClock
from tui.domain.events import Reply
from tui.domain.message import Message
from tui.domain.status import Status
from tui.providers.errors import Unavailable
from tui.sandbox.state import Sandbox
from tui.store.event_rows import SendRecord
from tui.sync.backoff import PollPace
from tui.sync.context import ServedAccount, SyncContext
from tui.sync.outbox import Canceller, OutboxSender
from tui.sync.poller import Poller


async def send_scheduled(
    account: ServedAccount, context: SyncContext, queue: Queue, clock: ManualClock
) -> Message:
    """Return a message that waits at the provider for an hour."""
    message = await queue(scheduled_at=clock.now() + HOUR)
    await OutboxSender(account, context).run_round()
    return message


async def reload_message(context: SyncContext, message: Message) -> Message:
    """Return the current message."""
    found = await context.store.messages.get(message.id)
    assert found is not None
    return found


def get_provider_status(sandbox: Sandbox) -> list[str]:
    """Return the status at the provider."""
    return [m.status for m in sandbox.emulators["messagemedia"].ledger.accepted.values()]


async def test_a_requested_cancel_is_executed(
    account: ServedAccount, context: SyncContext, queue: Queue, clock: ManualClock, sandbox: Sandbox
) -> None:
    message = await send_scheduled(account, context, queue, clock)
    assert await context.store.intents.request_cancel(message.id, "ann")
    assert (await reload_message(context, message)).cancel_wanted
    await Canceller(account, context).run_round()
    assert (await reload_message(context, message)).status is Status.CANCELLED
    assert get_provider_status(sandbox) == ["cancelled"]


async def test_without_a_request_the_message_stays_scheduled(
    account: ServedAccount, context: SyncContext, queue: Queue, clock: ManualClock, sandbox: Sandbox
) -> None:
    await send_scheduled(account, context, queue, clock)
    assert (await Canceller(account, context).run_round()).answered is False
    assert get_provider_status(sandbox) == ["scheduled"]


async def test_a_late_cancel_reports_the_current_status(
    account: ServedAccount, context: SyncContext, queue: Queue, clock: ManualClock
) -> None:
    message = await send_scheduled(account, context, queue, clock)
    clock.advance(3_700)
    await context.store.intents.request_cancel(message.id, "ann")
    canceller = Canceller(account, context)
    await canceller.run_round()
    found = await reload_message(context, message)
    assert found.status is Status.DELIVERED
    assert not found.cancel_wanted
    assert (await canceller.run_round()).answered is False


async def test_a_refused_cancel_without_status_stores_the_reason(
    context: SyncContext, queue: Queue, clock: ManualClock, account: ServedAccount
) -> None:
    message = await queue(scheduled_at=clock.now() + HOUR)
    await context.store.outbox.claim_due_messages(context.store.leases.owner, "mm", 1)
    await context.store.outbox.settle_message(
        message.id, SendRecord(Status.SCHEDULED, "unknown-there")
    )
    await context.store.intents.request_cancel(message.id, "ann")
    await Canceller(account, context).run_round()
    found = await reload_message(context, message)
    assert (found.status, found.cancel_wanted) == (Status.SCHEDULED, False)
    assert found.reason != ""


async def test_scheduled_messages_to_an_opted_out_customer_are_cancelled(
    account: ServedAccount, context: SyncContext, queue: Queue, clock: ManualClock, sandbox: Sandbox
) -> None:
    message = await send_scheduled(account, context, queue, clock)
    stop = Reply("r1", "+61491570156", "whatever", None, "{}", opted_out=True)
    await context.store.ingest.store_events("mm", [stop])
    await Canceller(account, context).run_round()
    assert (await reload_message(context, message)).status is Status.CANCELLED
    assert get_provider_status(sandbox) == ["cancelled"]
    clock.advance(7_200)
    await Poller(account, context, PollPace()).run_round()
    assert get_provider_status(sandbox) == ["cancelled"]


async def test_an_error_with_one_message_does_not_block_the_others(
    account: ServedAccount, context: SyncContext, queue: Queue, clock: ManualClock
) -> None:
    first = await send_scheduled(account, context, queue, clock)
    second = await send_scheduled(account, context, queue, clock)
    for message in (first, second):
        await context.store.intents.request_cancel(message.id, "ann")
    stuck = (await reload_message(context, first)).provider_id

    async def cancel(provider_id: str) -> None:
        if provider_id == stuck:
            raise Unavailable("down")

    canceller = Canceller(ServedAccount("mm", ScriptedProvider(PAGES, cancel=cancel)), context)
    with pytest.raises(Unavailable):
        await canceller.run_round()
    assert (await reload_message(context, first)).cancel_wanted
    assert (await reload_message(context, second)).status is Status.CANCELLED


async def test_a_message_that_is_not_scheduled_cannot_be_cancelled(
    context: SyncContext, queue: Queue
) -> None:
    message = await queue()
    assert not await context.store.intents.request_cancel(message.id, "ann")
