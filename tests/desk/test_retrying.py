"""Many failed texts sent again at once: each is guarded as if it were alone."""

import pytest

from tests.contexts import change_context, make_context
from tests.store.builders import ACCOUNT, MIA, TOM, answer, conversation_with, reply
from tui.clock import ManualClock
from tui.desk.actions import ConversationActions
from tui.desk.bulk_retry import (
    RetryBatch,
    RetryResult,
    collect_failed,
    format_batch,
    format_reasons,
    format_result,
    retry_batch,
)
from tui.desk.context import AppContext
from tui.domain.account import Account
from tui.domain.conversation import View
from tui.domain.message import Advice, Message
from tui.domain.status import Status
from tui.store.conversations import FIRST_POSITION
from tui.store.settling import SendRecord
from tui.store.store import Store

SUE = "+447700900001"
OTHER = "other"


@pytest.fixture
def seat(clock: ManualClock) -> AppContext:
    """Ana, with two accounts."""
    return make_context(
        clock,
        agent="ana",
        accounts=(Account(ACCOUNT, "messagemedia"), Account(OTHER, "serwersms")),
    )


async def failed(
    store: Store,
    to: str = MIA,
    body: str = "Your parcel is here",
    status: Status = Status.FAILED,
    advice: Advice = Advice.NONE,
    account: str = ACCOUNT,
    reason: str = "",
) -> Message:
    """A text that did not go out."""
    queued = await store.intents.queue_message(answer(body, to, account=account, sender="Shop"))
    await store.outbox.claim_due_messages("a", account, 100)
    await store.outbox.settle_message(queued.id, SendRecord(status, reason=reason, advice=advice))
    return queued


async def everything(store: Store, seat: AppContext) -> RetryBatch:
    """The failures of the whole desk."""
    rows = await store.conversations.list_after(View(failed=True), FIRST_POSITION, 100)
    return await collect_failed(store, seat, rows)


async def again(store: Store, seat: AppContext, batch: RetryBatch) -> RetryResult:
    """Send them."""
    actions = ConversationActions(store, seat)
    return await retry_batch(store, seat, actions, batch, lambda done, total: None)


async def test_all_go_out_again_the_way_they_went_and_oldest_first(
    store: Store, seat: AppContext, clock: ManualClock
) -> None:
    texts = [
        await failed(store, MIA, "one"),
        await failed(store, MIA, "two"),
        await failed(store, TOM, "three", account=OTHER),
    ]
    batch = await everything(store, seat)
    assert format_batch(batch) == "3 failed texts in 2 conversations"
    clock.advance(60)
    outcome = await again(store, seat, batch)
    sent = {message.retry_of: message for message in outcome.sent}
    for text in texts:
        new = sent[text.id]
        assert (new.body, new.account, new.sender) == (text.body, text.account, "Shop")
        assert new.status is Status.QUEUED
    assert [m.body for m in outcome.sent if m.body != "three"] == ["one", "two"]
    assert (await store.conversations.get_counts()).failed == 0
    assert format_result(outcome) == "Sent 3 texts again"


async def test_nobodys_conversation_stays_nobodys(store: Store, seat: AppContext) -> None:
    await failed(store)
    await again(store, seat, await everything(store, seat))
    assert (await conversation_with(store)).assignee == ""


async def test_what_must_not_or_need_not_go_out_is_left_out_and_named(
    store: Store, seat: AppContext
) -> None:
    await failed(store, MIA)
    await store.consent.record_decision(
        (await conversation_with(store)).id, "ana", opted_out=True, evidence=""
    )
    await failed(store, TOM, status=Status.UNCERTAIN)
    await failed(store, TOM, advice=Advice.FIX_NUMBER)
    await failed(store, SUE)
    await store.ingest.store_events(ACCOUNT, [reply("Never mind", SUE)])
    batch = await everything(store, seat)
    assert batch.to_retry == ()
    assert batch.failed_count == 4
    assert set(batch.left_out.items()) == {
        ("opted out", 1),
        ("maybe sent (M resolves it)", 1),
        ("needs another number or text", 1),
        ("wrote since and waits for an answer", 1),
    }


async def test_what_changes_between_the_question_and_the_answer_counts(
    store: Store, seat: AppContext, clock: ManualClock
) -> None:
    await failed(store, MIA)
    handled = await failed(store, TOM)
    await failed(store, SUE)
    await failed(store, "+447700900002", "still wanted")
    batch = await everything(store, seat)
    assert len(batch.to_retry) == 4
    clock.advance(60)
    mia = await conversation_with(store, MIA)
    await store.consent.record_decision(mia.id, "ana", opted_out=True, evidence="")
    await store.intents.set_handled(handled.id, "ana")
    await store.messages.add_note((await conversation_with(store, SUE)).id, "bo", "not this one")
    outcome = await again(store, seat, batch)
    assert [message.body for message in outcome.sent] == ["still wanted"]
    assert outcome.left_out == {"opted out": 1, "resolved meanwhile": 2}
    assert format_result(outcome) == (
        "Sent 1 text again · left out: 1 opted out · 2 resolved meanwhile"
    )


async def test_two_agents_who_send_the_same_again_send_it_once(
    store: Store, seat: AppContext, clock: ManualClock
) -> None:
    await failed(store)
    batch = await everything(store, seat)
    clock.advance(60)
    assert len((await again(store, seat, batch)).sent) == 1
    outcome = await again(store, seat, batch)
    assert outcome.sent == ()
    assert outcome.left_out == {"resolved meanwhile": 1}


async def test_an_account_that_is_gone_is_replaced_by_the_way_replies_go(
    store: Store, seat: AppContext, clock: ManualClock
) -> None:
    await failed(store, account="gone")
    (sent,) = (await again(store, seat, await everything(store, seat))).sent
    assert sent.account == ACCOUNT
    without = change_context(seat, accounts=())
    await failed(store, TOM)
    assert (await everything(store, without)).left_out == {"without an account": 1}


async def test_taken_back_together_their_texts_are_drafts(store: Store, seat: AppContext) -> None:
    await failed(store, MIA, "one")
    await failed(store, TOM, "two")
    actions = ConversationActions(store, seat)
    batch = await everything(store, seat)
    outcome = await retry_batch(store, seat, actions, batch, lambda done, total: None)
    actions.outgoing.register_batch_undo(outcome.sent)
    assert await actions.undo_last() == "Taken back: 2 not sent, the texts are drafts again"
    for party, body in ((MIA, "one"), (TOM, "two")):
        thread = await conversation_with(store, party)
        draft = await store.drafts.get_draft(thread.id, "ana")
        assert draft is not None and draft.body == body
        assert thread.last_status is Status.CANCELLED


async def test_the_most_frequent_reasons_are_named_and_the_rest_counted(
    store: Store, seat: AppContext
) -> None:
    for reason in ["no credit", "no credit", "off", "far", "full", "odd", "rare"]:
        await failed(store, reason=reason)
    lines = format_reasons(await everything(store, seat))
    assert lines[0] == "2 through support: no credit"
    assert len(lines) == 5
    assert lines[-1] == "2 for other reasons"
