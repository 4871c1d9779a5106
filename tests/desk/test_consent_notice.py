"""Test what stands at the lock about texts that were planned before the customer opted out."""

import pytest

from tests.contexts import make_context
from tests.store.builders import ACCOUNT, MIA, get_conversation, make_outgoing
from tui.clock import DAY, ManualClock
from tui.desk.consent import format_opt_out, read_consent_status
from tui.domain.account import Account
from tui.domain.message import Message
from tui.domain.status import Status
from tui.providers.catalog import get_capabilities
from tui.store.event_rows import SendRecord
from tui.store.store import Store

KEYS = {"consent": "!", "resolve": "M"}


async def schedule_text(store: Store, clock: ManualClock, result: SendRecord) -> Message:
    """Schedule a text for tomorrow, with a result of the provider, and opt the customer out."""
    planned = make_outgoing(to=MIA, scheduled_at=clock.now() + DAY)
    queued = await store.intents.queue_message(planned)
    await store.outbox.claim_due_messages("a", ACCOUNT, 1)
    await store.outbox.settle_message(queued.id, result)
    identity = queued.conversation_id
    await store.consent.record_decision(identity, "ana", opted_out=True, evidence="phone call")
    return queued


async def read_notice(store: Store, clock: ManualClock, provider: str = "messagemedia") -> str:
    """Return the line above the composer of a customer who has opted out."""
    account = Account(ACCOUNT, provider, capabilities=get_capabilities(provider, {}))
    context = make_context(clock, agent="ana", accounts=(account,))
    status = await read_consent_status(store, await get_conversation(store))
    return format_opt_out(status, context, KEYS)


async def test_a_text_with_a_lost_answer_may_still_go_out(store: Store, clock: ManualClock) -> None:
    await schedule_text(store, clock, SendRecord(Status.UNCERTAIN, reason="cut"))
    notice = await read_notice(store, clock)
    assert notice.startswith("OPTED OUT: nothing can be sent · the text for ")
    assert "may still go out: the provider's answer was lost" in notice
    assert "M resolves it" in notice


async def test_each_step_of_the_cancellation_is_said(store: Store, clock: ManualClock) -> None:
    queued = await schedule_text(store, clock, SendRecord(Status.SCHEDULED, "p-1"))
    assert "is being cancelled at the provider" in await read_notice(store, clock)
    await store.outbox.record_cancel_refused(queued.id, "Too late")
    assert "could not be cancelled: Too late" in await read_notice(store, clock)
    await store.outbox.record_cancelled(queued.id)
    assert "is cancelled" in await read_notice(store, clock)


@pytest.mark.parametrize("status", [Status.SCHEDULED, Status.UNCERTAIN])
async def test_a_provider_that_cannot_cancel_is_named(
    store: Store, clock: ManualClock, status: Status
) -> None:
    await schedule_text(store, clock, SendRecord(status, "p-1"))
    notice = await read_notice(store, clock, "smartswitch")
    assert "may still go out: cancel it in the panel of " in notice


async def test_nothing_is_said_when_its_time_is_over(store: Store, clock: ManualClock) -> None:
    await schedule_text(store, clock, SendRecord(Status.UNCERTAIN, reason="cut"))
    clock.advance(2 * 86_400)
    assert "may still go out" not in await read_notice(store, clock)
