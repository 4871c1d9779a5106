"""Test triage: actions on one or many conversations, and undo."""

from collections.abc import Awaitable, Callable

import pytest

from tests.store.builders import ACCOUNT, MIA, TOM, get_conversation, make_reply
from tests.store.consistency import check_counters_and_summaries
from tui.clock import DAY, HOUR, ManualClock
from tui.domain.action_list import ConversationChange
from tui.domain.conversation import Conversation, State
from tui.domain.message import NewMessage
from tui.domain.phone import parse_address
from tui.store.applied_actions import AppliedChange
from tui.store.audit import read_audit_trail
from tui.store.store import Store
from tui.store.triage import Triage


@pytest.fixture
async def two_ids(store: Store) -> list[int]:
    """Return the ids of two waiting conversations."""
    await store.ingest.store_events(ACCOUNT, [make_reply(), make_reply(party=TOM)])
    return [(await get_conversation(store, party)).id for party in (MIA, TOM)]


async def get_conversations(store: Store, ids: list[int]) -> list[Conversation]:
    """Return the current conversations."""
    found = [await store.conversations.get(identity) for identity in ids]
    return [conversation for conversation in found if conversation is not None]


async def test_closing_many_and_undoing_it(store: Store, two_ids: list[int]) -> None:
    was = await get_conversations(store, two_ids)
    before = await store.triage.close_conversations(two_ids, "ana")
    assert [c.state for c in await get_conversations(store, two_ids)] == [State.CLOSED] * 2
    counts = await store.conversations.get_counts()
    assert (counts.open, counts.waiting, counts.unread, counts.closed) == (0, 0, 0, 2)
    await store.triage.undo_changes(before, "ana")
    assert await get_conversations(store, two_ids) == was
    await check_counters_and_summaries(store)


async def test_undo_keeps_messages_that_came_meanwhile(store: Store, two_ids: list[int]) -> None:
    await store.triage.close_conversations(two_ids, "ana")
    changes = await store.triage.reopen_conversations(two_ids, "ana")
    changes += await store.triage.set_star(two_ids, "ana", True)
    await store.ingest.store_events(ACCOUNT, [make_reply("news")])
    await store.triage.undo_changes(changes, "ana")
    mia, tom = await get_conversations(store, two_ids)
    assert (mia.state, mia.unread, mia.starred) == (State.OPEN, 1, False)
    assert mia.waiting_since is not None
    assert (tom.state, tom.starred) == (State.CLOSED, False)
    await check_counters_and_summaries(store)


Act = Callable[[Triage, list[int], str], Awaitable[list[AppliedChange]]]
ACTS: dict[str, Act] = {
    "close": lambda triage, ids, agent: triage.close_conversations(ids, agent),
    "snooze": lambda triage, ids, agent: triage.snooze_conversations(ids, agent, None),
    "assign": lambda triage, ids, agent: triage.assign_conversations(ids, agent, agent),
    "star": lambda triage, ids, agent: triage.set_star(ids, agent, True),
    "label": lambda triage, ids, agent: triage.set_label(ids, agent, f"by {agent}", True),
    "read": lambda triage, ids, agent: triage.set_unread(ids, agent, False),
}


@pytest.mark.only_engine("sqlite")
@pytest.mark.parametrize("theirs", ACTS)
@pytest.mark.parametrize("mine", ACTS)
async def test_undo_leaves_what_a_colleague_has_done_since(
    store: Store, two_ids: list[int], mine: str, theirs: str
) -> None:
    before = await ACTS[mine](store.triage, two_ids[:1], "ana")
    await ACTS[theirs](store.triage, two_ids[:1], "tom")
    await ACTS[theirs](store.triage, two_ids[1:], "tom")
    await store.triage.undo_changes(before, "ana")
    ours, other = await get_conversations(store, two_ids)
    if (mine == theirs and mine not in ("label", "assign")) or (mine, theirs) == ("close", "read"):
        return  # both did the same: whose it was cannot be seen
    changed = {
        "close": ("state", "waiting_since", "unread"),
        "snooze": ("state", "snoozed_until"),
        "assign": ("assignee",),
        "star": ("starred",),
        "label": ("labels",),
        "read": ("unread",),
    }[theirs]
    assert [getattr(ours, name) for name in changed] == [getattr(other, name) for name in changed]
    await check_counters_and_summaries(store)


async def test_undoing_a_label_does_not_reopen_the_wait_that_a_colleague_has_closed(
    store: Store, two_ids: list[int], clock: ManualClock
) -> None:
    clock.advance(120)
    before = await store.triage.set_label(two_ids, "ana", "vip", True)
    await store.triage.close_conversations(two_ids, "tom")
    await store.triage.undo_changes(before, "ana")
    clock.advance(60)
    await store.ingest.store_events(ACCOUNT, [make_reply("thanks", received_at=clock.now())])
    sent = await store.intents.queue_message(NewMessage(MIA, "Bye", ACCOUNT, "", agent="ana"))
    assert await store.intents.cancel_queued(sent.id, "ana")
    assert await get_wait(store) == clock.now()


async def test_undo_passes_over_a_customer_who_was_forgotten(
    store: Store, two_ids: list[int]
) -> None:
    before = await store.triage.close_conversations(two_ids, "ana")
    await store.forgetting.forget(parse_address(MIA), "ana")
    await store.triage.undo_changes(before, "ana")
    (tom,) = await get_conversations(store, two_ids)
    assert tom.state is State.OPEN


MINE: dict[str, ConversationChange] = {
    "label": ConversationChange(labels=(("vip", True),)),
    "unlabel": ConversationChange(labels=(("new", False),)),
    "assign": ConversationChange(assignee="ana"),
    "star": ConversationChange(starred=True),
    "close": ConversationChange(state=State.CLOSED),
    "snooze": ConversationChange(state=State.SNOOZED),
}
THEIRS: dict[str, ConversationChange] = {
    "label": ConversationChange(labels=(("urgent", True),)),
    "assign": ConversationChange(assignee="bo"),
    "snooze": ConversationChange(state=State.SNOOZED, snoozed_until=2 * DAY),
}
SAME_PART = {("assign", "assign"), ("close", "snooze"), ("snooze", "snooze")}


@pytest.mark.parametrize("mine", MINE)
@pytest.mark.parametrize("theirs", THEIRS)
async def test_undo_leaves_what_a_colleague_has_changed_since(
    store: Store, two_ids: list[int], mine: str, theirs: str
) -> None:
    """After undo it is as if only the colleague had acted."""
    here, elsewhere = two_ids[:1], two_ids[1:]
    await store.triage.set_label(two_ids, "ana", "new", True)
    changes = await store.triage.change_together(here, "ana", MINE[mine])
    await store.triage.change_together(here, "bo", THEIRS[theirs])
    await store.triage.change_together(elsewhere, "bo", THEIRS[theirs])
    outcome = await store.triage.undo_changes(changes, "ana")
    assert outcome == ((0, 1) if (mine, theirs) in SAME_PART else (1, 0))
    undone, expected = [
        (c.labels, c.assignee, c.starred, c.state, c.snoozed_until)
        for c in await get_conversations(store, two_ids)
    ]
    assert undone == expected
    await check_counters_and_summaries(store)


async def test_undo_of_a_label_keeps_the_conversation_read(
    store: Store, two_ids: list[int]
) -> None:
    changes = await store.triage.set_label(two_ids, "ana", "vip", True)
    await store.triage.set_unread(two_ids, "bo", unread=False)
    await store.triage.undo_changes(changes, "ana")
    assert [(c.unread, c.labels) for c in await get_conversations(store, two_ids)] == [(0, ())] * 2
    await check_counters_and_summaries(store)


async def test_a_snoozed_conversation_returns_at_its_time(
    store: Store, two_ids: list[int], clock: ManualClock
) -> None:
    await store.triage.snooze_conversations(two_ids[:1], "ana", clock.now() + HOUR)
    await store.triage.snooze_conversations(two_ids[1:], "ana", None)
    assert (await store.conversations.get_counts()).snoozed == 2
    assert await store.triage.reopen_due_conversations() == 0
    clock.advance(3600)
    assert await store.triage.reopen_due_conversations() == 1
    mia, tom = await get_conversations(store, two_ids)
    assert (mia.state, mia.snoozed_until) == (State.OPEN, None)
    assert tom.state is State.SNOOZED
    await check_counters_and_summaries(store)


async def test_reopening_clears_the_snooze_time(
    store: Store, two_ids: list[int], clock: ManualClock
) -> None:
    await store.triage.snooze_conversations(two_ids, "ana", clock.now() + HOUR)
    await store.triage.reopen_conversations(two_ids, "ana")
    assert [c.snoozed_until for c in await get_conversations(store, two_ids)] == [None, None]


async def test_assigning_is_counted_by_agent(store: Store, two_ids: list[int]) -> None:
    await store.triage.assign_conversations(two_ids, "ana", "tom")
    await store.triage.assign_conversations(two_ids[:1], "ana", "")
    counters = await store.conversations.get_counters()
    assert (counters["assignee:"], counters["assignee:tom"]) == (1, 1)


async def test_labels_are_added_removed_and_counted(store: Store, two_ids: list[int]) -> None:
    before = await store.triage.set_label(two_ids, "ana", " vip\ncustomer ", True)
    await store.triage.set_label(two_ids, "ana", "billing", True)
    assert (await get_conversations(store, two_ids))[0].labels == ("billing", "vip customer")
    assert await store.conversations.list_labels() == [("billing", 2), ("vip customer", 2)]
    await store.triage.set_label(two_ids[:1], "ana", "billing", False)
    assert await store.conversations.list_labels() == [("billing", 1), ("vip customer", 2)]
    await store.triage.undo_changes(before, "ana")
    assert await store.conversations.list_labels() == [("billing", 1)]
    await check_counters_and_summaries(store)


async def test_reading_keeps_later_messages_unread(store: Store, two_ids: list[int]) -> None:
    seen = (await get_conversations(store, two_ids))[0].last_id
    await store.ingest.store_events(ACCOUNT, [make_reply("unseen")])
    await store.conversations.set_read_marker(two_ids[0], "ana", seen)
    assert (await get_conversations(store, two_ids))[0].unread == 1
    assert await store.conversations.get_read_marker(two_ids[0], "ana") == seen
    newest = (await get_conversations(store, two_ids))[0].last_id
    await store.conversations.set_read_marker(two_ids[0], "ana", newest)
    await store.conversations.set_read_marker(two_ids[0], "ana", seen)
    assert (await get_conversations(store, two_ids))[0].unread == 0
    assert await store.conversations.get_read_marker(two_ids[0], "ana") == newest
    assert await store.conversations.get_read_marker(two_ids[0], "tom") == 0


async def test_marking_unread_and_read(store: Store, two_ids: list[int]) -> None:
    await store.triage.set_unread(two_ids, "ana", unread=False)
    assert (await store.conversations.get_counts()).unread == 0
    await store.triage.set_unread(two_ids, "ana", unread=True)
    assert (await store.conversations.get_counts()).unread == 2


async def test_a_name_is_stored_for_the_number_and_found_by_the_filter(
    store: Store, two_ids: list[int]
) -> None:
    await store.contacts.rename_contact(two_ids[0], "Mía \ud83d", "prefers mornings", "ana")
    renamed = (await get_conversations(store, two_ids))[0]
    assert renamed.name == "Mía \ufffd"
    assert renamed.title == renamed.name
    await check_counters_and_summaries(store)


async def test_a_note_is_part_of_the_conversation_and_needs_no_answer(
    store: Store, two_ids: list[int]
) -> None:
    note = await store.messages.add_note(two_ids[0], "ana", "called \ud83d back")
    conversation = (await get_conversations(store, two_ids))[0]
    assert (conversation.last_id, conversation.preview) == (note, "called \ufffd back")
    assert conversation.waiting_since is not None
    assert [m.id for m in await store.messages.search_text("called")] == [note]
    await check_counters_and_summaries(store)


async def test_every_action_is_in_the_audit_trail_even_of_many_at_once(
    store: Store, two_ids: list[int]
) -> None:
    await store.triage.set_unread(two_ids * 500, "ana", unread=True)
    entries = await read_audit_trail(store.database, two_ids[0])
    assert len(entries) == 200
    assert {(entry.agent, entry.action) for entry in entries} == {("ana", "mark unread")}
    await store.triage.set_star(two_ids * 2, "ana", True)  # it is recorded once
    entries = await read_audit_trail(store.database, two_ids[0])
    assert [entry.action for entry in entries[:2]] == ["star", "mark unread"]
    await store.triage.close_conversations(two_ids, "tom")
    assert (await read_audit_trail(store.database, two_ids[0]))[0].action == "close"


async def get_wait(store: Store, party: str = MIA) -> int | None:
    """Return since when a customer has waited."""
    return (await get_conversation(store, party)).waiting_since


async def test_opening_again_brings_the_wait_back(
    store: Store, two_ids: list[int], clock: ManualClock
) -> None:
    since = await get_wait(store)
    assert since is not None
    clock.advance(3600)
    await store.triage.close_conversations(two_ids, "ana")
    assert await get_wait(store) is None
    clock.advance(3600)
    await store.triage.reopen_conversations(two_ids, "ana")
    assert await get_wait(store) == since
    assert [c.rank for c in await get_conversations(store, two_ids)] == [since, since]
    await check_counters_and_summaries(store)


async def test_opening_again_does_not_bring_back_an_older_wait(
    store: Store, two_ids: list[int], clock: ManualClock
) -> None:
    await store.triage.close_conversations(two_ids, "ana")
    clock.advance(3600)
    await store.ingest.store_events(ACCOUNT, [make_reply("again", received_at=clock.now())])
    since = await get_wait(store)
    assert since == clock.now()
    clock.advance(3600)
    await store.triage.close_conversations(two_ids, "ana")
    await store.triage.reopen_conversations(two_ids, "ana")
    assert await get_wait(store) == since


async def test_opening_again_after_an_answer_lets_no_one_wait(
    store: Store, two_ids: list[int], clock: ManualClock
) -> None:
    await store.triage.close_conversations(two_ids, "ana")
    clock.advance(60)
    await store.intents.queue_message(NewMessage(MIA, "Done", ACCOUNT, "", agent="ana"))
    await store.triage.reopen_conversations(two_ids, "ana")
    assert await get_wait(store) is None
    assert await get_wait(store, TOM) is not None


async def test_undoing_a_close_keeps_the_longer_wait_of_one_who_wrote_again(
    store: Store, two_ids: list[int], clock: ManualClock
) -> None:
    since = await get_wait(store)
    before = await store.triage.close_conversations(two_ids, "ana")
    clock.advance(3600)
    await store.ingest.store_events(ACCOUNT, [make_reply("hello?", received_at=clock.now())])
    await store.triage.undo_changes(before, "ana")
    assert await get_wait(store) == since
    await check_counters_and_summaries(store)


async def test_undoing_a_snooze_keeps_the_wait(
    store: Store, two_ids: list[int], clock: ManualClock
) -> None:
    since = await get_wait(store)
    before = await store.triage.snooze_conversations(two_ids, "ana", clock.now() + HOUR)
    clock.advance(60)
    await store.triage.undo_changes(before, "ana")
    assert await get_wait(store) == since


async def test_cancelling_a_reply_brings_back_the_wait_as_it_was(
    store: Store, two_ids: list[int], clock: ManualClock
) -> None:
    clock.advance(3600)
    await store.triage.close_conversations(two_ids, "ana")
    clock.advance(3600)
    await store.ingest.store_events(ACCOUNT, [make_reply("again", received_at=clock.now())])
    since = await get_wait(store)
    clock.advance(60)
    new = NewMessage(MIA, "Yes", ACCOUNT, "", agent="ana")
    message = await store.intents.queue_message(new)
    assert await get_wait(store) is None
    assert await store.intents.cancel_queued(message.id, "ana")
    assert await get_wait(store) == since == clock.now() - 60_000
