"""Test sending many failed messages again: each one is checked as if it were alone."""

from dataclasses import replace

import pytest

from tests.contexts import change_context, make_context
from tests.store.builders import ACCOUNT, MIA, TOM, get_conversation, make_outgoing, make_reply
from tui.clock import HOUR, SECOND, ManualClock
from tui.desk.actions import ConversationActions
from tui.desk.bulk_retry import (
    RetryBatch,
    RetryResult,
    collect_failed,
    format_batch,
    format_quiet_hours,
    format_reasons,
    format_result,
    retry_batch,
)
from tui.desk.context import AppContext
from tui.desk.undo_stack import format_undo_question
from tui.domain.account import Account
from tui.domain.conversation import View
from tui.domain.message import Advice, Format, Message, SendOptions
from tui.domain.status import Status
from tui.store.conversations import FIRST_POSITION
from tui.store.event_rows import SendRecord
from tui.store.store import Store

SUE = "+447700900001"
WARSAW_PARTY = "+48500600700"
OTHER = "other"


@pytest.fixture
def app_context(clock: ManualClock) -> AppContext:
    """Return the context of Ana, with two accounts."""
    return make_context(
        clock,
        agent="ana",
        accounts=(Account(ACCOUNT, "messagemedia"), Account(OTHER, "serwersms")),
    )


async def add_failed(
    store: Store,
    to: str = MIA,
    body: str = "Your parcel is here",
    status: Status = Status.FAILED,
    advice: Advice = Advice.NONE,
    account: str = ACCOUNT,
    reason: str = "",
) -> Message:
    """Store a message that was not sent, and return it as it was queued."""
    queued = await store.intents.queue_message(
        make_outgoing(body, to, account=account, sender="Shop")
    )
    await store.outbox.claim_due_messages("a", account, 100)
    await store.outbox.settle_message(queued.id, SendRecord(status, reason=reason, advice=advice))
    return queued


async def collect_all_failed(store: Store, app_context: AppContext) -> RetryBatch:
    """Return the failed messages of the whole inbox."""
    rows = await store.conversations.list_after(View(failed=True), FIRST_POSITION, 100)
    return await collect_failed(store, app_context, rows)


async def retry_all(store: Store, app_context: AppContext, batch: RetryBatch) -> RetryResult:
    """Send the messages of a batch again."""
    actions = ConversationActions(store, app_context)
    return await retry_batch(store, app_context, actions, batch, lambda done, total: None)


async def test_all_are_sent_again_by_their_old_route_oldest_first(
    store: Store, app_context: AppContext, clock: ManualClock
) -> None:
    texts = [
        await add_failed(store, MIA, "one"),
        await add_failed(store, MIA, "two"),
        await add_failed(store, TOM, "three", account=OTHER),
    ]
    batch = await collect_all_failed(store, app_context)
    assert format_batch(batch) == "3 failed texts in 2 conversations"
    clock.advance(60)
    outcome = await retry_all(store, app_context, batch)
    sent = {message.retry_of: message for message in outcome.sent}
    for text in texts:
        new = sent[text.id]
        assert (new.body, new.account, new.sender) == (text.body, text.account, "Shop")
        assert new.status is Status.QUEUED
    assert [m.body for m in outcome.sent if m.body != "three"] == ["one", "two"]
    assert (await store.conversations.get_counts()).failed == 0
    assert format_result(outcome, "M") == "Sent 3 texts again"


async def test_an_unassigned_conversation_stays_unassigned(
    store: Store, app_context: AppContext
) -> None:
    await add_failed(store)
    await retry_all(store, app_context, await collect_all_failed(store, app_context))
    assert (await get_conversation(store)).assignee == ""


async def test_messages_that_must_not_be_sent_are_left_out_with_the_reason(
    store: Store, app_context: AppContext
) -> None:
    await add_failed(store, MIA)
    await store.consent.record_decision(
        (await get_conversation(store)).id, "ana", opted_out=True, evidence=""
    )
    await add_failed(store, TOM, status=Status.UNCERTAIN)
    await add_failed(store, TOM, advice=Advice.FIX_NUMBER)
    await add_failed(store, SUE)
    await store.ingest.store_events(ACCOUNT, [make_reply("Never mind", SUE)])
    batch = await collect_all_failed(store, app_context)
    assert batch.to_retry == ()
    assert batch.failed_count == 4
    assert set(batch.left_out.items()) == {
        ("opted out", 1),
        ("maybe sent", 1),
        ("needs another number or text", 1),
        ("wrote since and waits for an answer", 1),
    }


async def test_changes_made_while_the_question_is_open_are_respected(
    store: Store, app_context: AppContext, clock: ManualClock
) -> None:
    await add_failed(store, MIA)
    handled = await add_failed(store, TOM)
    await add_failed(store, SUE)
    await add_failed(store, "+447700900002", "still wanted")
    batch = await collect_all_failed(store, app_context)
    assert len(batch.to_retry) == 4
    clock.advance(60)
    mia = await get_conversation(store, MIA)
    await store.consent.record_decision(mia.id, "ana", opted_out=True, evidence="")
    await store.intents.set_handled(handled.id, "ana")
    await store.messages.add_note((await get_conversation(store, SUE)).id, "bo", "not this one")
    outcome = await retry_all(store, app_context, batch)
    assert [message.body for message in outcome.sent] == ["still wanted"]
    assert outcome.left_out == {"opted out": 1, "resolved meanwhile": 2}
    assert format_result(outcome, "M") == (
        "Sent 1 text again · left out: 1 opted out · 2 resolved meanwhile"
    )


async def test_two_agents_who_retry_the_same_message_send_it_once(
    store: Store, app_context: AppContext, clock: ManualClock
) -> None:
    await add_failed(store)
    batch = await collect_all_failed(store, app_context)
    clock.advance(60)
    assert len((await retry_all(store, app_context, batch)).sent) == 1
    outcome = await retry_all(store, app_context, batch)
    assert outcome.sent == ()
    assert outcome.left_out == {"resolved meanwhile": 1}


async def test_a_removed_account_is_replaced_by_the_default_route(
    store: Store, app_context: AppContext, clock: ManualClock
) -> None:
    await add_failed(store, account="gone")
    (sent,) = (
        await retry_all(store, app_context, await collect_all_failed(store, app_context))
    ).sent
    assert sent.account == ACCOUNT
    without = change_context(app_context, accounts=())
    await add_failed(store, TOM)
    assert (await collect_all_failed(store, without)).left_out == {"without an account": 1}


async def test_cancelling_the_batch_restores_its_texts_as_drafts(
    store: Store, app_context: AppContext
) -> None:
    await add_failed(store, MIA, "one")
    await add_failed(store, TOM, "two")
    actions = ConversationActions(store, app_context)
    batch = await collect_all_failed(store, app_context)
    outcome = await retry_batch(store, app_context, actions, batch, lambda done, total: None)
    actions.outgoing.register_batch_undo(outcome.sent)
    assert await actions.undo_last() == "Cancelled: 2 not sent, the texts are drafts again"
    for party, body in ((MIA, "one"), (TOM, "two")):
        thread = await get_conversation(store, party)
        draft = await store.drafts.get_draft(thread.id, "ana")
        assert draft is not None and draft.body == body
        assert thread.last_status is Status.CANCELLED


async def send_some(
    store: Store, clock: ManualClock, app_context: AppContext, count: int, *statuses: Status
) -> ConversationActions:
    """Send failed texts again, settle the first of them, and return the actions that undo it."""
    for number in range(count):
        await add_failed(store, TOM if number % 2 else MIA, f"text {number}")
    actions = ConversationActions(store, app_context)
    batch = await collect_all_failed(store, app_context)
    outcome = await retry_batch(store, app_context, actions, batch, lambda done, total: None)
    actions.outgoing.register_batch_undo(outcome.sent)
    clock.advance(HOUR // SECOND)
    claimed = await store.outbox.claim_due_messages("a", ACCOUNT, len(statuses)) if statuses else []
    for one, status in zip(claimed, statuses, strict=True):
        if status is not Status.SENDING:
            await store.outbox.settle_message(one.message.id, SendRecord(status))
    return actions


@pytest.mark.parametrize(
    ("statuses", "question"),
    [
        ([], "cancels 5 texts to 2 conversations, queued 1 h ago"),
        (
            [Status.ACCEPTED] * 3,
            "cancels 2 of 5; 3 are sent · texts to 2 conversations, queued 1 h ago",
        ),
        (
            [Status.ACCEPTED, Status.REJECTED, Status.SENDING],
            "cancels 2 of 5; 1 is sent, 1 is being sent, 1 has failed"
            " · texts to 2 conversations, queued 1 h ago",
        ),
    ],
)
async def test_the_question_before_undo_counts_what_can_be_cancelled(
    store: Store,
    clock: ManualClock,
    app_context: AppContext,
    statuses: list[Status],
    question: str,
) -> None:
    actions = await send_some(store, clock, app_context, 5, *statuses)
    entry = actions.newest_undo
    assert entry is not None and not await entry.is_too_late()
    assert await format_undo_question(store, entry, app_context.clock.now()) == question
    late = f", {len(statuses)} too late" if statuses else ""
    undone = f"Cancelled: {5 - len(statuses)} not sent{late}, the texts are drafts again"
    assert await actions.undo_last() == undone


async def test_undo_after_all_were_sent_says_so(
    store: Store, clock: ManualClock, app_context: AppContext
) -> None:
    actions = await send_some(store, clock, app_context, 2, Status.ACCEPTED, Status.ACCEPTED)
    assert actions.newest_undo is not None and await actions.newest_undo.is_too_late()
    assert await actions.undo_last() == "Too late to cancel: 2 are sent"


async def test_the_most_frequent_reasons_are_named_and_the_rest_counted(
    store: Store, app_context: AppContext
) -> None:
    for reason in ["no credit", "no credit", "off", "far", "full", "odd", "rare"]:
        await add_failed(store, reason=reason)
    lines = format_reasons(await collect_all_failed(store, app_context))
    assert lines[0] == "2 through support: no credit"
    assert len(lines) == 5
    assert lines[-1] == "2 for other reasons"


async def test_a_retry_keeps_format_validity_and_metadata(
    store: Store, app_context: AppContext, clock: ManualClock
) -> None:
    options = SendOptions(valid_for=HOUR, metadata=(("ticket", "7"),))
    queued = await store.intents.queue_message(make_outgoing(format=Format.TTS, options=options))
    await store.outbox.claim_due_messages("a", ACCOUNT, 100)
    await store.outbox.settle_message(queued.id, SendRecord(Status.FAILED))
    clock.advance(60)
    result = await retry_all(store, app_context, await collect_all_failed(store, app_context))
    (sent,) = result.sent
    assert (sent.format, sent.options) == (Format.TTS, options)


async def test_a_batch_that_was_confirmed_by_day_is_not_sent_by_night(
    store: Store, app_context: AppContext, clock: ManualClock
) -> None:
    by_day = change_context(app_context, quiet_hours=(20, 8))
    await add_failed(store, WARSAW_PARTY, "one")
    clock.advance(2 * 3600)
    batch = await collect_all_failed(store, by_day)
    assert (batch.asleep, format_quiet_hours(batch)) == (frozenset(), "")
    clock.advance(12 * 3600)
    outcome = await retry_all(store, by_day, batch)
    assert format_result(outcome, "M") == "Sent 0 texts again · left out: 1 in quiet hours by now"
    batch = await collect_all_failed(store, by_day)
    assert format_quiet_hours(batch) == "It is night for 1 customer of these"
    assert len((await retry_all(store, by_day, batch)).sent) == 1


async def test_a_failed_message_for_tomorrow_is_sent_again_for_tomorrow(
    store: Store, app_context: AppContext, clock: ManualClock
) -> None:
    at = clock.now() + 24 * HOUR
    queued = await store.intents.queue_message(
        replace(make_outgoing("See you", MIA, account=ACCOUNT), scheduled_at=at)
    )
    await store.outbox.claim_due_messages("a", ACCOUNT, 100)
    await store.outbox.settle_message(queued.id, SendRecord(Status.FAILED))
    (again,) = (
        await retry_all(store, app_context, await collect_all_failed(store, app_context))
    ).sent
    assert (again.retry_of, again.scheduled_at) == (queued.id, at)
