"""Test merging two conversations of one person, and separating them again."""

import asyncio
import contextlib
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.conftest import OpenStore
from tests.store.builders import (
    ACCOUNT,
    MIA,
    TOM,
    get_conversation,
    make_outgoing,
    make_receipt,
    make_reply,
    store_sent,
)
from tests.store.consistency import check_counters_and_summaries
from tests.store.temporary import temporary_store
from tui.clock import HOUR, SECOND, ManualClock
from tui.domain.change import RELOAD
from tui.domain.consent import Verdict
from tui.domain.conversation import Conversation, State, View
from tui.domain.events import OptOut
from tui.domain.phone import parse_address
from tui.domain.status import Status
from tui.store.conversations import FIRST_POSITION
from tui.store.engine import Transaction
from tui.store.errors import OptedOut, StoreError
from tui.store.messages import NEWEST
from tui.store.progress_report import ignore_progress
from tui.store.sqlite.file_connection import FileConnection
from tui.store.sqlite.index_rebuild import rebuild_index
from tui.store.store import Store

SUE = "+48500600700"
BOB = "+37251990011"


async def receive(store: Store, text: str, party: str, **fields: Any) -> None:
    """Store a text of a customer."""
    await store.ingest.store_events(ACCOUNT, [make_reply(text, party, **fields)])


async def merge(store: Store, kept: str = MIA, gone: str = TOM) -> int:
    """Merge the conversations of two parties and return the id of the merge."""
    first, second = await get_conversation(store, kept), await get_conversation(store, gone)
    return await store.merges.merge_conversations(first.id, second.id, "ana")


async def list_texts(store: Store, party: str) -> list[str]:
    """Return the texts of a conversation, oldest first."""
    conversation = await get_conversation(store, party)
    return [m.body for m in await store.messages.list_before(conversation.id, NEWEST, 100)]


async def test_a_merged_conversation_has_the_messages_of_both_in_order(
    store: Store, clock: ManualClock
) -> None:
    for text, party in (("One", MIA), ("Two", TOM), ("Three", MIA)):
        await receive(store, text, party)
        clock.advance(60)
    tom = await get_conversation(store, TOM)
    await store.messages.add_note(tom.id, "ana", "Same person", ["bo"])
    await merge(store)
    mia = await get_conversation(store)
    assert await list_texts(store, MIA) == ["One", "Two", "Three", "Same person"]
    assert (mia.preview, mia.unread) == ("Same person", 3)
    assert [m.body for m in await store.messages.search_text("two", conversation_id=mia.id)]
    assert await store.conversations.count_conversations(View(mentions_of="bo")) == 1
    assert len(await store.conversations.list_after(View(), FIRST_POSITION, 10)) == 1
    await check_counters_and_summaries(store)


async def test_both_numbers_and_both_ids_lead_to_the_merged_conversation(
    store: Store, clock: ManualClock
) -> None:
    await receive(store, "Hello", MIA)
    await receive(store, "Hello from the other phone", TOM)
    mia, tom = await get_conversation(store, MIA), await get_conversation(store, TOM)
    await merge(store)
    for party in (MIA, TOM):
        assert (await get_conversation(store, party)).id == mia.id
    for identity in (mia.id, tom.id):
        found = await store.conversations.get(identity)
        assert found is not None
        assert found.id == mia.id
    clock.advance(60)
    await receive(store, "Again", TOM)
    await receive(store, "And again", MIA)
    assert (await get_conversation(store)).unread == 4
    created = await store.conversations.get_or_create(parse_address(TOM), ACCOUNT)
    assert created.id == mia.id
    await check_counters_and_summaries(store)


@pytest.mark.only_engine("sqlite")
async def test_an_index_that_is_built_anew_finds_every_number(store: Store) -> None:
    await receive(store, "Hello", MIA)
    await receive(store, "Hello", TOM)
    await merge(store)

    def build_anew(transaction: Transaction) -> None:
        empty = "insert into messages_fts (messages_fts) values ('delete-all')"
        transaction.connection.execute(empty)
        assert isinstance(transaction.connection, FileConnection)
        rebuild_index(transaction.connection, ignore_progress)

    await store.database.write(build_anew)
    for party in (MIA, TOM):
        found = await store.conversations.list_after(View(text=party), FIRST_POSITION, 10)
        assert len(found) == 1
    await check_counters_and_summaries(store)


async def test_answers_go_to_the_number_of_the_newest_text(
    store: Store, clock: ManualClock
) -> None:
    await receive(store, "Hello", MIA)
    clock.advance(60)
    await receive(store, "Hello", TOM)
    await merge(store)

    async def send_answer() -> str:
        mia = await get_conversation(store)
        await store.intents.queue_message(make_outgoing(to=mia.address))
        return (await store.outbox.claim_due_messages("a", ACCOUNT, 10))[-1].to

    assert await send_answer() == TOM
    clock.advance(60)
    await receive(store, "Now from here", MIA)
    assert await send_answer() == MIA
    # It arrives late: the customer has written from the other number since.
    await receive(store, "An old text", TOM, received_at=clock.now() - 30 * SECOND)
    assert await send_answer() == MIA


async def test_a_message_goes_to_the_number_that_was_shown_when_it_was_written(
    store: Store, clock: ManualClock
) -> None:
    await receive(store, "Hello", MIA)
    await receive(store, "Hello", TOM)
    await store.intents.queue_message(make_outgoing("To Mia", MIA))
    await merge(store)
    clock.advance(60)
    await receive(store, "Hello again", TOM)
    (claimed,) = await store.outbox.claim_due_messages("a", ACCOUNT, 10)
    assert (claimed.message.body, claimed.to) == ("To Mia", MIA)


async def test_a_number_that_is_named_is_texted_although_the_other_one_wrote_last(
    store: Store,
) -> None:
    await receive(store, "Hello", TOM)
    await receive(store, "Hello", MIA)
    await merge(store)
    await store.intents.queue_message(make_outgoing(to=TOM))
    (claimed,) = await store.outbox.claim_due_messages("a", ACCOUNT, 10)
    assert claimed.to == TOM


async def test_a_name_that_cannot_be_answered_never_becomes_the_address(store: Store) -> None:
    await receive(store, "Hello", MIA)
    await receive(store, "Your code is 1", "Shop")
    await merge(store, MIA, "Shop")
    await receive(store, "Your code is 2", "Shop")
    assert (await get_conversation(store, "Shop")).address == MIA


async def test_nothing_that_needs_work_is_hidden(store: Store, clock: ManualClock) -> None:
    await receive(store, "Where is it?", MIA)
    clock.advance(60)
    await receive(store, "Hello?", TOM)
    mia, tom = await get_conversation(store, MIA), await get_conversation(store, TOM)
    await store.triage.close_conversations([mia.id], "ana")
    await store.triage.set_star([tom.id], "ana", on=True)
    await store.triage.set_labels([mia.id], "ana", {"vip": True})
    await store.triage.set_labels([tom.id], "ana", {"billing": True, "vip": True})
    await store.triage.assign_conversations([tom.id], "ana", "bo")
    await store.contacts.rename_contact(tom.id, "Tom", "Has two phones", "ana")
    await merge(store)
    merged = await get_conversation(store)
    assert (merged.state, merged.waiting_since) == (State.OPEN, tom.waiting_since)
    assert (merged.labels, merged.starred, merged.assignee) == (("billing", "vip"), True, "bo")
    assert (merged.name, merged.other_addresses) == ("Tom", (MIA,))
    contact = await store.contacts.get_contact(merged.party)
    assert contact is not None
    assert (contact.name, contact.note) == ("Tom", "Has two phones")
    for text in ("tom", MIA[1:], TOM[-6:]):
        found = await store.conversations.list_after(View(text=text), FIRST_POSITION, 10)
        assert [row.id for row in found] == [mia.id]
    await check_counters_and_summaries(store)


async def test_a_snooze_ends_at_the_earlier_time(store: Store, clock: ManualClock) -> None:
    await receive(store, "Hello", MIA)
    await receive(store, "Hello", TOM)
    mia, tom = await get_conversation(store, MIA), await get_conversation(store, TOM)
    await store.triage.snooze_conversations([mia.id], "ana", None)
    await store.triage.snooze_conversations([tom.id], "ana", clock.now() + HOUR)
    await merge(store)
    merged = await get_conversation(store)
    assert (merged.state, merged.snoozed_until) == (State.SNOOZED, clock.now() + HOUR)


@pytest.mark.parametrize(("kept", "gone"), [(MIA, TOM), (TOM, MIA)])
async def test_the_stricter_consent_holds_for_both_numbers(
    store: Store, kept: str, gone: str
) -> None:
    await receive(store, "Hello", MIA)
    await receive(store, "Hello", TOM)
    await store.ingest.store_events(ACCOUNT, [OptOut("stop-1", TOM, None, "STOP")])
    merge_id = await merge(store, kept, gone)
    for party in (MIA, TOM):
        with pytest.raises(OptedOut):
            await store.intents.queue_message(make_outgoing(to=party))
    consent = await store.consent.get_consent((await get_conversation(store)).party)
    assert consent is not None
    assert (consent.opted_out, consent.evidence) == (True, "STOP")
    await store.merges.undo_merge(merge_id, "ana")
    assert not (await get_conversation(store, MIA)).opted_out
    assert (await get_conversation(store, TOM)).opted_out
    await check_counters_and_summaries(store)


async def test_an_opt_out_since_the_merge_holds_for_both_after_the_undo(store: Store) -> None:
    await receive(store, "Hello", MIA)
    await receive(store, "Hello", TOM)
    merge_id = await merge(store)
    await store.ingest.store_events(ACCOUNT, [OptOut("stop-1", MIA, None, "STOP")])
    await store.merges.undo_merge(merge_id, "ana")
    for party in (MIA, TOM):
        with pytest.raises(OptedOut):
            await store.intents.queue_message(make_outgoing(to=party))


@pytest.mark.parametrize(("stops", "starts"), [(MIA, TOM), (TOM, MIA)])
@pytest.mark.parametrize("stops_before", [True, False])
async def test_an_opt_in_since_the_merge_holds_for_its_writer_alone_after_the_undo(
    open_store: OpenStore, clock: ManualClock, stops: str, starts: str, stops_before: bool
) -> None:
    verdicts = {"STOP": Verdict.STOP, "START": Verdict.START}
    store = await open_store(classify=lambda text, _: verdicts.get(text, Verdict.NONE))
    await receive(store, "Hello", MIA)
    await receive(store, "Hello", TOM)
    if stops_before:
        await receive(store, "STOP", stops)
    clock.advance(60)
    merge_id = await merge(store)
    if not stops_before:
        await receive(store, "STOP", stops)
    clock.advance(60)
    await receive(store, "START", starts)
    await store.intents.queue_message(make_outgoing(to=stops))
    await store.merges.undo_merge(merge_id, "ana")
    with pytest.raises(OptedOut):
        await store.intents.queue_message(make_outgoing(to=stops))
    await store.intents.queue_message(make_outgoing(to=starts))
    await check_counters_and_summaries(store)


async def save_draft(store: Store, party: str, body: str, agent: str = "ana") -> int:
    """Save a draft and return the id of its conversation."""
    conversation = await get_conversation(store, party)
    await store.drafts.save_draft(conversation.id, agent, body, began_at=1)
    return conversation.id


async def read_draft(store: Store, party: str, agent: str = "ana") -> str:
    """Return the text of a draft; empty for none."""
    conversation = await get_conversation(store, party)
    draft = await store.drafts.get_draft(conversation.id, agent)
    return draft.body if draft else ""


async def test_drafts_and_notes_keep_all_words_and_return(store: Store) -> None:
    await receive(store, "Hello", MIA)
    await receive(store, "Hello", TOM)
    await save_draft(store, MIA, "Dear Mia")
    tom = await save_draft(store, TOM, "Dear Tom")
    await save_draft(store, TOM, "From Bo", "bo")
    await store.drafts.save_note_draft(tom, "ana", "A note")
    merge_id = await merge(store)
    assert await read_draft(store, MIA) == "Dear Mia\nDear Tom"
    assert await read_draft(store, MIA, "bo") == "From Bo"
    mia = await get_conversation(store)
    assert await store.drafts.get_note_draft(mia.id, "ana") == "A note"
    await store.merges.undo_merge(merge_id, "ana")
    assert (await read_draft(store, MIA), await read_draft(store, TOM)) == ("Dear Mia", "Dear Tom")
    assert (await read_draft(store, MIA, "bo"), await read_draft(store, TOM, "bo")) == (
        "",
        "From Bo",
    )
    assert await store.drafts.get_note_draft(tom, "ana") == "A note"


@pytest.mark.parametrize("planned", [MIA, TOM])
async def test_joined_drafts_keep_the_time_that_one_was_planned_for(
    store: Store, planned: str
) -> None:
    for party in (MIA, TOM):
        await receive(store, "Hello", party)
        conversation = await get_conversation(store, party)
        send_at = 9_000 if party == planned else None
        await store.drafts.save_draft(
            conversation.id, "ana", "Dear", began_at=1, send_at=send_at, cancel_on_reply=True
        )
    await merge(store)
    draft = await store.drafts.get_draft((await get_conversation(store)).id, "ana")
    assert draft is not None and (draft.send_at, draft.cancel_on_reply) == (9_000, True)


async def test_a_draft_that_changed_since_the_merge_loses_no_words(store: Store) -> None:
    await receive(store, "Hello", MIA)
    await receive(store, "Hello", TOM)
    await save_draft(store, MIA, "Dear Mia")
    await save_draft(store, TOM, "Dear Tom")
    merge_id = await merge(store)
    await save_draft(store, MIA, "Dear both")
    await store.merges.undo_merge(merge_id, "ana")
    assert (await read_draft(store, MIA), await read_draft(store, TOM)) == ("Dear both", "Dear Tom")


async def test_a_draft_that_was_sent_does_not_return(store: Store) -> None:
    await receive(store, "Hello", MIA)
    await receive(store, "Hello", TOM)
    await save_draft(store, TOM, "Dear Tom")
    merge_id = await merge(store)
    await store.intents.queue_message(make_outgoing("Dear Tom", MIA))
    await store.merges.undo_merge(merge_id, "ana")
    assert (await read_draft(store, MIA), await read_draft(store, TOM)) == ("", "")


async def test_typing_goes_on_in_a_conversation_that_a_colleague_merges(store: Store) -> None:
    await receive(store, "Hello", MIA)
    await receive(store, "Hello", TOM)
    await save_draft(store, MIA, "Dear Mia", "bo")
    tom = await save_draft(store, TOM, "Dear", "bo")
    await merge(store)
    # Bo's screen still shows the conversation that is gone.
    for typed in ("Dear", "Dear T", "Dear Tom"):
        await store.drafts.save_draft(tom, "bo", typed, began_at=1)
        assert await read_draft(store, MIA, "bo") == f"Dear Mia\n{typed}"
    await store.drafts.save_note_draft(tom, "bo", "A note")
    await store.drafts.save_note_draft(tom, "bo", "A note for Ana")
    mia = await get_conversation(store)
    assert await store.drafts.get_note_draft(mia.id, "bo") == "A note for Ana"
    await store.drafts.save_draft(tom, "bo", "", began_at=1)
    assert await read_draft(store, MIA, "bo") == "Dear Mia"


async def test_notes_and_markers_of_a_vanished_conversation_reach_the_merged_one(
    store: Store,
) -> None:
    await receive(store, "Hello", MIA)
    await receive(store, "Hello", TOM)
    tom = await get_conversation(store, TOM)
    await merge(store)
    note = await store.messages.add_note(tom.id, "bo", "From an old screen")
    await store.conversations.set_read_marker(tom.id, "bo", note)
    mia = await get_conversation(store)
    assert (mia.preview, mia.unread) == ("From an old screen", 0)
    assert await store.conversations.get_read_marker(mia.id, "bo") == note


async def test_what_an_agent_has_not_seen_stays_new(store: Store, clock: ManualClock) -> None:
    await receive(store, "One", TOM)
    clock.advance(60)
    await receive(store, "Two", MIA)
    clock.advance(60)
    await receive(store, "Three", TOM)
    mia, tom = await get_conversation(store, MIA), await get_conversation(store, TOM)
    first = (await store.messages.list_before(tom.id, NEWEST, 10))[0]
    await store.conversations.set_read_marker(mia.id, "ana", mia.last_id)
    await store.conversations.set_read_marker(tom.id, "bo", first.id)
    await store.conversations.set_read_marker(mia.id, "bo", mia.last_id)
    await merge(store)
    # Ana never opened the other conversation, where a colleague has read the first text.
    for agent in ("ana", "bo"):
        assert mia.last_id <= await store.conversations.get_read_marker(mia.id, agent)
        assert await store.conversations.get_read_marker(mia.id, agent) < tom.last_id
    assert (await get_conversation(store)).unread == 1


async def test_the_undo_restores_both_conversations(store: Store, clock: ManualClock) -> None:
    await receive(store, "Where is it?", MIA)
    clock.advance(60)
    await store_sent(store, "p-1", to=TOM)
    await receive(store, "Thanks", TOM)
    before = [await get_conversation(store, party) for party in (MIA, TOM)]
    await store.triage.set_labels([before[1].id], "ana", {"vip": True})
    await store.triage.close_conversations([before[1].id], "ana")
    await store.consent.record_decision(before[1].id, "ana", opted_out=True, evidence="said")
    await store.contacts.rename_contact(before[1].id, "Tom", "A note", "ana")
    before = [await get_conversation(store, party) for party in (MIA, TOM)]
    texts = [await list_texts(store, party) for party in (MIA, TOM)]
    merge_id = await merge(store)
    assert await store.merges.undo_merge(merge_id, "ana")
    assert [await get_conversation(store, party) for party in (MIA, TOM)] == before
    assert [await list_texts(store, party) for party in (MIA, TOM)] == texts
    assert not await store.merges.undo_merge(merge_id, "ana")
    await check_counters_and_summaries(store)


async def test_messages_since_the_merge_go_to_the_conversation_of_their_number(
    store: Store, clock: ManualClock
) -> None:
    await receive(store, "Mia 1", MIA)
    await receive(store, "Tom 1", TOM)
    merge_id = await merge(store)
    clock.advance(60)
    await receive(store, "Tom 2", TOM)
    await store.intents.queue_message(make_outgoing("To Tom", TOM))
    await receive(store, "Mia 2", MIA)
    await store.intents.queue_message(make_outgoing("To Mia", MIA))
    await store.messages.add_note((await get_conversation(store)).id, "ana", "A note")
    await store.merges.undo_merge(merge_id, "ana")
    assert await list_texts(store, TOM) == ["Tom 1", "Tom 2", "To Tom"]
    assert await list_texts(store, MIA) == ["Mia 1", "Mia 2", "To Mia", "A note"]
    assert (await get_conversation(store, TOM)).waiting_since is None
    await check_counters_and_summaries(store)
    # A receipt finds its message where it is now.
    (first, _) = await store.outbox.claim_due_messages("a", ACCOUNT, 10)
    assert first.to == TOM


async def test_merges_can_be_undone_in_any_order(store: Store, clock: ManualClock) -> None:
    parties = (MIA, TOM, SUE)
    for party in parties:
        await receive(store, f"From {party}", party)
        clock.advance(60)
    first = await merge(store, TOM, SUE)
    second = await merge(store, MIA, TOM)
    assert len(await list_texts(store, SUE)) == 3
    await store.merges.undo_merge(first, "ana")
    assert await list_texts(store, SUE) == [f"From {SUE}"]
    assert await list_texts(store, TOM) == await list_texts(store, MIA)
    await store.merges.undo_merge(second, "ana")
    for party in parties:
        assert await list_texts(store, party) == [f"From {party}"]
    await check_counters_and_summaries(store)


async def test_a_conversation_cannot_be_merged_with_itself(store: Store) -> None:
    await receive(store, "Hello", MIA)
    await receive(store, "Hello", TOM)
    await merge(store)
    with pytest.raises(StoreError, match="one conversation already"):
        await merge(store)


async def test_an_undo_of_an_earlier_action_leaves_the_merged_conversation(store: Store) -> None:
    await receive(store, "Hello", MIA)
    await receive(store, "Hello", TOM)
    tom = await get_conversation(store, TOM)
    mia = await get_conversation(store, MIA)
    await store.triage.set_labels([mia.id], "ana", {"vip": True})
    starred = await store.triage.set_star([tom.id], "ana", on=True)
    await merge(store)
    await store.triage.undo_changes(starred, "ana")
    assert (await get_conversation(store)).labels == ("vip",)


async def test_a_colleague_who_writes_keeps_the_compose_lock(
    store: Store, open_store: OpenStore
) -> None:
    await receive(store, "Hello", MIA)
    await receive(store, "Hello", TOM)
    tom = await get_conversation(store, TOM)
    other = await open_store(owner="bo-1", seed=2)
    assert await other.compose_locks.acquire_lock(tom.id, "bo") == ""
    await merge(store)
    mia = await get_conversation(store)
    assert await store.compose_locks.acquire_lock(mia.id, "ana") == "bo"
    assert await other.compose_locks.renew_lock(mia.id)


async def test_the_history_of_both_is_one_history(store: Store) -> None:
    await receive(store, "Hello", MIA)
    await receive(store, "Hello", TOM)
    tom = await get_conversation(store, TOM)
    await store.triage.set_star([tom.id], "bo", on=True)
    merge_id = await merge(store)
    mia = await get_conversation(store)
    actions = {(e.agent, e.action) for e in await store.triage.get_audit_trail(mia.id)}
    assert actions == {("bo", "star"), ("ana", "merge")}
    await store.merges.undo_merge(merge_id, "ana")
    actions = {(e.agent, e.action) for e in await store.triage.get_audit_trail(tom.id)}
    assert actions == {("bo", "star"), ("ana", "merge"), ("ana", "undo merge")}


async def test_other_processes_read_everything_again(store: Store) -> None:
    await receive(store, "Hello", MIA)
    await receive(store, "Hello", TOM)
    number = await store.feed.get_last_number()
    await merge(store)
    changes = store.feed.watch_changes(after=number)
    batch = await anext(changes)
    await changes.aclose()
    assert RELOAD in batch


async def test_importing_contacts_renames_by_either_number(store: Store) -> None:
    from tui.store.contacts import Contact

    await receive(store, "Hello", MIA)
    await receive(store, "Hello", TOM)
    await merge(store)
    result = await store.contacts.import_contacts([Contact(TOM, "Tom")])
    assert result.renamed == 1
    assert (await get_conversation(store)).name == "Tom"


@pytest.mark.parametrize("has_both", [True, False])
async def test_a_national_number_keeps_its_history_when_the_country_becomes_known(
    store: Store, clock: ManualClock, has_both: bool
) -> None:
    await receive(store, "Before", "0491570156")
    old = await get_conversation(store, "0491570156")
    await store.contacts.rename_contact(old.id, "Tom", "", "ana")
    await store.consent.record_decision(old.id, "ana", opted_out=True, evidence="said")
    clock.advance(60)
    if has_both:
        await receive(store, "Beside", TOM)
    clock.advance(60)
    await store.ingest.store_events(ACCOUNT, [make_reply("After", "0491570156")], "AU")
    (row,) = await store.conversations.list_after(View(), FIRST_POSITION, 10)
    assert (row.party, row.address, row.other_addresses) == (TOM, TOM, ())
    assert (row.name, row.opted_out) == ("Tom", True)
    expected = ["Before", *(["Beside"] if has_both else []), "After"]
    assert await list_texts(store, TOM) == expected
    assert await store.conversations.get(old.id) == row
    await check_counters_and_summaries(store)


async def test_the_same_digits_of_another_account_are_another_customer(store: Store) -> None:
    await store.ingest.store_events("other", [make_reply("Elsewhere", "0491570156")])
    await store.ingest.store_events(ACCOUNT, [make_reply("Here", "0491570156")], "AU")
    assert await list_texts(store, TOM) == ["Here"]
    assert await list_texts(store, "0491570156") == ["Elsewhere"]


@pytest.mark.parametrize("odd", ["My\nShop", "#*!", "0491\n570 156", "\x1b[2J"])
async def test_odd_addresses_are_merged_and_separated(
    store: Store, clock: ManualClock, odd: str
) -> None:
    await receive(store, "Hello", odd)
    clock.advance(60)
    await receive(store, "Hello", MIA)
    before = await get_conversation(store, odd)
    merge_id = await merge(store, MIA, odd)
    await check_counters_and_summaries(store)
    await receive(store, "Again", odd)
    assert (await get_conversation(store, odd)).id == (await get_conversation(store)).id
    await store.merges.undo_merge(merge_id, "ana")
    after = await get_conversation(store, odd)
    assert (after.id, after.address, after.unread) == (before.id, odd, 2)
    await check_counters_and_summaries(store)


@pytest.mark.parametrize(
    ("first", "second", "answered"),
    [
        ("+5215512345678", "+525512345678", "+525512345678"),
        ("+525512345678", "+5215512345678", "+525512345678"),
        ("+5491123456789", "+541123456789", "+541123456789"),
        ("+541123456789", "+5491123456789", "+5491123456789"),
        ("+2290197123456", "+22997123456", "+2290197123456"),
        ("+5511987654321", "+551187654321", "+5511987654321"),
        ("+22507123456", "+2250707123456", "+2250707123456"),
        ("+3903351234567", "+393351234567", "+393351234567"),
    ],
)
async def test_two_forms_of_a_mobile_are_one_conversation(
    store: Store, clock: ManualClock, first: str, second: str, answered: str
) -> None:
    for text, party in (("One", first), ("Two", second)):
        await receive(store, text, party)
        clock.advance(60)
    (row,) = await store.conversations.list_after(View(), FIRST_POSITION, 10)
    assert (row.unread, row.address, row.other_addresses) == (2, answered, ())
    await store.consent.record_decision(row.id, "ana", opted_out=True, evidence="said")
    for party in (first, second):
        with pytest.raises(OptedOut):
            await store.intents.queue_message(make_outgoing(to=party))
    await store.consent.record_decision(row.id, "ana", opted_out=False, evidence="said")
    await store.intents.queue_message(make_outgoing(to=first))
    (claimed,) = await store.outbox.claim_due_messages("a", ACCOUNT, 10)
    assert claimed.to == answered
    await check_counters_and_summaries(store)


PARTIES = st.sampled_from([MIA, TOM, SUE, BOB, "Shop"])
PICK = st.integers(0, 1_000)


class MergingDesk(RuleBasedStateMachine):
    """Let agents merge and separate conversations while everything else goes on."""

    @initialize()
    def open_inbox(self) -> None:
        """Create an inbox with four conversations."""
        self.loop = asyncio.new_event_loop()
        self.clock = ManualClock()
        self.stack = contextlib.AsyncExitStack()
        inbox = self.stack.enter_async_context(temporary_store(self.clock))
        self.store = self.loop.run_until_complete(inbox)
        self.merges: list[int] = []
        for party in (MIA, TOM, SUE, "Shop"):
            self.receive_text(party, "hello", 0)

    def run_work(self, work: Any) -> Any:
        """Run a coroutine to its end."""
        return self.loop.run_until_complete(work)

    def pick(self, pick: int) -> Conversation:
        """Return one of the conversations."""
        view = View(state=None)
        rows = self.run_work(self.store.conversations.list_after(view, FIRST_POSITION, 100))
        return sorted(rows, key=lambda row: row.id)[pick % len(rows)]  # type: ignore[no-any-return]

    @rule(party=PARTIES, text=st.sampled_from(["hello", "when?"]), age=st.integers(0, HOUR))
    def receive_text(self, party: str, text: str, age: int) -> None:
        """Let a customer write."""
        self.clock.advance(1)
        at = self.clock.now() - age
        self.run_work(receive(self.store, text, party, received_at=at))

    @rule(party=PARTIES)
    def receive_opt_out(self, party: str) -> None:
        """Let the provider report an opt-out."""
        opt_out = OptOut(f"out-{self.clock.now()}-{party}", party, None, "{}")
        self.run_work(self.store.ingest.store_events(ACCOUNT, [opt_out]))

    @rule(pick=PICK, opted_out=st.booleans())
    def decide_consent(self, pick: int, opted_out: bool) -> None:
        """Let an agent record or lift an opt-out."""
        here = self.pick(pick).id
        self.run_work(
            self.store.consent.record_decision(here, "ana", opted_out=opted_out, evidence="said")
        )

    @rule(party=PARTIES, failed=st.booleans())
    def send_message(self, party: str, failed: bool) -> None:
        """Send a message that may fail."""
        self.clock.advance(1)
        with contextlib.suppress(OptedOut):
            sent = self.run_work(store_sent(self.store, f"p{self.clock.now()}", to=party))
            status = Status.FAILED if failed else Status.DELIVERED
            receipt = make_receipt(status, sent.provider_id)
            self.run_work(self.store.ingest.store_events(ACCOUNT, [receipt]))

    @rule(pick=PICK, agent=st.sampled_from(["ana", "bo"]), body=st.sampled_from(["", "a", "b"]))
    def write_draft(self, pick: int, agent: str, body: str) -> None:
        """Write a draft and a note."""
        here = self.pick(pick).id
        self.run_work(self.store.drafts.save_draft(here, agent, body, began_at=1))
        self.run_work(self.store.drafts.save_note_draft(here, agent, body))
        if body:
            self.run_work(self.store.messages.add_note(here, agent, body, ["bo"]))

    @rule(pick=PICK, on=st.booleans(), label=st.sampled_from(["vip", "billing"]))
    def mark(self, pick: int, on: bool, label: str) -> None:
        """Set label, star, assignee, name and read marker."""
        row = self.pick(pick)
        self.run_work(self.store.triage.set_label([row.id], "ana", label, on))
        self.run_work(self.store.triage.set_star([row.id], "ana", on))
        self.run_work(self.store.triage.assign_conversations([row.id], "ana", "bo" if on else ""))
        self.run_work(self.store.contacts.rename_contact(row.id, label, "", "ana"))
        self.run_work(self.store.conversations.set_read_marker(row.id, "ana", row.last_id))

    @rule(pick=PICK, until=st.none() | st.integers(1, HOUR))
    def put_away(self, pick: int, until: int | None) -> None:
        """Snooze or close a conversation."""
        row = self.pick(pick)
        if until is None:
            self.run_work(self.store.triage.close_conversations([row.id], "ana"))
        else:
            end = self.clock.now() + until
            self.run_work(self.store.triage.snooze_conversations([row.id], "ana", end))

    @rule(pick=PICK, other=PICK)
    def merge(self, pick: int, other: int) -> None:
        """Merge two conversations."""
        kept, gone = self.pick(pick), self.pick(other)
        if kept.id != gone.id:
            merging = self.store.merges.merge_conversations(kept.id, gone.id, "ana")
            self.merges.append(self.run_work(merging))

    @rule(pick=PICK)
    def undo(self, pick: int) -> None:
        """Undo one of the merges, not always the newest."""
        if self.merges:
            merge_id = self.merges.pop(pick % len(self.merges))
            assert self.run_work(self.store.merges.undo_merge(merge_id, "ana"))

    @rule()
    def undo_all(self) -> None:
        """Undo every merge: each party has its own messages, and only these."""
        while self.merges:
            self.undo(-1)
        for party in (MIA, TOM, SUE, "Shop"):
            here = self.run_work(get_conversation(self.store, party))
            found = self.run_work(self.store.messages.list_before(here.id, NEWEST, 1_000))
            senders = {m.sender for m in found if m.direction == "in"}
            assert senders <= {party}

    @invariant()
    def check_sums(self) -> None:
        """Check that counters, summaries, keys and addresses match the rows."""
        self.run_work(check_counters_and_summaries(self.store))

    def teardown(self) -> None:
        """Close the inbox."""
        if hasattr(self, "loop"):
            self.run_work(self.stack.aclose())
            self.loop.close()


TestMergingDesk = MergingDesk.TestCase
TestMergingDesk.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


async def test_the_numbers_that_a_draft_was_begun_for_are_known_after_merges(
    store: Store, clock: ManualClock
) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply("hi", party) for party in (MIA, TOM, SUE)])
    ids = {party: (await get_conversation(store, party)).id for party in (MIA, TOM, SUE)}
    began_at = clock.now()
    await store.drafts.save_draft(ids[SUE], "ana", "Dear Sue", began_at=began_at)
    clock.advance(60)
    first = await store.merges.merge_conversations(ids[TOM], ids[SUE], "bo")
    second = await store.merges.merge_conversations(ids[MIA], ids[TOM], "bo")
    find = store.merges.list_former_recipients
    assert SUE in await find(ids[MIA], "ana") and SUE in await find(ids[SUE], "ana")
    assert await find(ids[MIA], "bo") == frozenset()
    clock.advance(60)
    await store.drafts.save_draft(ids[MIA], "ana", "Dear Sue!", began_at=clock.now())
    assert SUE in await find(ids[MIA], "ana")
    await store.drafts.save_draft(ids[MIA], "ana", "", began_at=clock.now())
    await store.drafts.save_draft(ids[MIA], "ana", "Dear Mia", began_at=clock.now())
    assert await find(ids[MIA], "ana") == frozenset()
    await store.merges.undo_merge(second, "bo")
    await store.merges.undo_merge(first, "bo")
    assert await find(ids[SUE], "ana") == frozenset()


async def test_a_draft_that_was_not_stored_before_a_merge_has_an_unknown_number(
    store: Store, clock: ManualClock
) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply("hi", party) for party in (MIA, TOM)])
    began_at, gone = clock.now(), (await get_conversation(store, TOM)).id
    clock.advance(1)
    await merge(store)
    await store.drafts.save_draft(gone, "ana", "Dear Tom", began_at=began_at)
    assert await store.merges.list_former_recipients(gone, "ana") == {""}
