"""Test resolving all messages that are maybe sent: what is said before, done, and undone."""

import pytest

from tests.contexts import make_context
from tests.desk.test_bulk_retry import add_failed
from tests.store.builders import ACCOUNT, MIA, TOM, get_message, make_receipt, make_reply
from tests.store.consistency import check_counters_and_summaries
from tui.clock import ManualClock
from tui.desk.actions import ConversationActions
from tui.desk.bulk_resolve import (
    UncertainBatch,
    collect_uncertain,
    format_uncertain_batch,
    format_uncertain_reasons,
    list_resolve_choices,
    look_up_all,
    resolve_all_as_sent,
)
from tui.desk.bulk_retry import collect_failed, retry_batch
from tui.desk.context import AppContext
from tui.domain.account import Account
from tui.domain.conversation import View
from tui.domain.ids import to_reference
from tui.domain.message import Message
from tui.domain.status import Status
from tui.providers.catalog import get_capabilities
from tui.store.conversations import FIRST_POSITION
from tui.store.receipt_schedule import ReceiptQuery
from tui.store.store import Store

OTHER = "other"
CUT = "The provider did not answer"


@pytest.fixture
def app_context(clock: ManualClock) -> AppContext:
    """Return the context of Ana, with an account that can be asked and one that cannot."""
    can = get_capabilities("messente", {}), get_capabilities("smartswitch", {})
    return make_context(
        clock,
        agent="ana",
        accounts=(
            Account(ACCOUNT, "messente", capabilities=can[0]),
            Account(OTHER, "smartswitch", capabilities=can[1]),
        ),
    )


@pytest.fixture
def actions(store: Store, app_context: AppContext) -> ConversationActions:
    """Return the actions of Ana."""
    return ConversationActions(store, app_context)


async def add_batch(store: Store, count: int) -> list[Message]:
    """Store messages to two customers that are maybe sent, and one that failed."""
    added = [
        await add_failed(store, (MIA, TOM)[n % 2], f"text {n}", Status.UNCERTAIN, reason=CUT)
        for n in range(count)
    ]
    await add_failed(store, MIA, "failed for certain")
    return added


async def collect(store: Store, app_context: AppContext) -> UncertainBatch:
    """Return the batch of the whole inbox."""
    rows = await store.conversations.list_after(View(failed=True), FIRST_POSITION, 100)
    return await collect_uncertain(store, app_context, rows)


async def read_statuses(store: Store, messages: list[Message]) -> set[Status | None]:
    """Return the statuses of messages as they are now."""
    return {(await get_message(store, one.id)).status for one in messages}


async def test_counts_and_reasons_are_said_before(store: Store, app_context: AppContext) -> None:
    await add_batch(store, 40)
    await add_failed(store, MIA, "x", Status.UNCERTAIN, account=OTHER, reason="cut")
    batch = await collect(store, app_context)
    assert format_uncertain_batch(batch) == "41 texts maybe sent in 2 conversations"
    reasons = format_uncertain_reasons(batch)
    assert reasons == [f"40 through {ACCOUNT}: {CUT}", f"1 through {OTHER}: cut"]
    again = await collect_failed(store, app_context, batch.conversations, uncertain=True)
    choices = list_resolve_choices(batch, again)
    assert choices["went out"].startswith("All 41 were sent.")
    assert choices["again"].startswith("None was sent: send 41 again.")


async def test_all_are_resolved_as_sent_and_that_is_undone(
    store: Store, app_context: AppContext, actions: ConversationActions
) -> None:
    messages = await add_batch(store, 40)
    batch = await collect(store, app_context)
    text = await resolve_all_as_sent(store, "ana", batch, actions.remember_undo)
    assert text.startswith("Resolved: 40 texts counted as sent")
    assert await read_statuses(store, messages) == {Status.ACCEPTED}
    assert (await collect(store, app_context)).messages == ()
    await check_counters_and_summaries(store)
    # A receipt that comes before the undo holds.
    receipt = make_receipt(Status.DELIVERED, "p-1", reference=to_reference(messages[0].id))
    await store.ingest.store_events(ACCOUNT, [receipt])
    undone = await actions.undo_last()
    assert "39 texts maybe sent again; about 1 the provider has reported" in undone
    assert await read_statuses(store, messages) == {Status.UNCERTAIN, Status.DELIVERED}
    assert len((await collect(store, app_context)).messages) == 39
    await check_counters_and_summaries(store)


async def test_what_was_reported_meanwhile_is_left_as_it_is(
    store: Store, app_context: AppContext, actions: ConversationActions
) -> None:
    messages = await add_batch(store, 3)
    batch = await collect(store, app_context)
    await store.intents.resolve_uncertain(messages[0].id, "bo", went_out=False)
    text = await resolve_all_as_sent(store, "ana", batch, actions.remember_undo)
    assert "2 texts counted as sent; the provider has reported about 1 meanwhile" in text
    assert (await get_message(store, messages[0].id)).status is Status.FAILED


async def test_none_was_sent_sends_only_those_again(
    store: Store, app_context: AppContext, actions: ConversationActions
) -> None:
    await add_batch(store, 40)
    await store.ingest.store_events(ACCOUNT, [make_reply("What?", TOM)])
    batch = await collect(store, app_context)
    again = await collect_failed(store, app_context, batch.conversations, uncertain=True)
    assert "20 wrote since" in list_resolve_choices(batch, again)["again"]
    outcome = await retry_batch(store, app_context, actions, again, lambda done, total: None)
    assert len(outcome.sent) == 20
    assert {message.retry_of for message in outcome.sent} <= {one.id for one in batch.messages}
    assert len((await collect(store, app_context)).messages) == 20
    second = await retry_batch(store, app_context, actions, again, lambda done, total: None)
    assert second.sent == ()


async def test_only_those_are_looked_up_that_the_provider_can_be_asked_about(
    store: Store, app_context: AppContext, clock: ManualClock
) -> None:
    ours = await add_failed(store, MIA, "x", Status.UNCERTAIN, account=ACCOUNT)
    await store.database.write(
        lambda t: t.connection.execute(
            "update messages set provider_id = 'p1', provider_key = 'p1' where id = :id",
            {"id": ours.id},
        )
    )
    await store.receipt_schedule.save_schedule([(ours.id, 8, clock.now() + 900_000)])
    await add_failed(store, MIA, "y", Status.UNCERTAIN, account=OTHER)
    batch = await collect(store, app_context)
    assert [message.id for message in batch.answerable] == [ours.id]
    text = await look_up_all(store, batch)
    assert text == "Asking about 1 text: the badges show the answers · 1 cannot be looked up"
    due = await store.receipt_schedule.list_due(ReceiptQuery(ACCOUNT, 0, True, True), 10)
    assert [message.id for message, _ in due] == [ours.id]
    assert set(await store.accounts.get_retry_requests()) == {ACCOUNT}
