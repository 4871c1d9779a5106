"""Triage: what agents do with conversations, one or many, and its undoing."""

import pytest

from tests.store.builders import ACCOUNT, MIA, TOM, conversation_with, reply
from tests.store.truth import assert_true_to_the_rows
from tui.clock import HOUR, ManualClock
from tui.domain.conversation import Conversation, State
from tui.store.audit import read_audit_trail
from tui.store.store import Store


@pytest.fixture
async def two(store: Store) -> list[int]:
    """Two conversations that wait."""
    await store.ingest.store_events(ACCOUNT, [reply(), reply(party=TOM)])
    return [(await conversation_with(store, party)).id for party in (MIA, TOM)]


async def both(store: Store, ids: list[int]) -> list[Conversation]:
    """The conversations as they are now."""
    found = [await store.conversations.get(identity) for identity in ids]
    return [conversation for conversation in found if conversation is not None]


async def test_closing_many_and_undoing_it(store: Store, two: list[int]) -> None:
    was = await both(store, two)
    before = await store.triage.close_conversations(two, "ana")
    assert [c.state for c in await both(store, two)] == [State.CLOSED] * 2
    counts = await store.conversations.get_counts()
    assert (counts.open, counts.waiting, counts.unread, counts.closed) == (0, 0, 0, 2)
    await store.triage.undo_changes(before, "ana")
    assert await both(store, two) == was
    await assert_true_to_the_rows(store)


async def test_undo_hides_nothing_that_came_meanwhile(store: Store, two: list[int]) -> None:
    before = await store.triage.reopen_conversations(two, "ana")
    before += await store.triage.set_star(two, "ana", True)
    closed = [{**row, "state": "closed", "unread": 0, "waiting_since": None} for row in before[:2]]
    await store.ingest.store_events(ACCOUNT, [reply("news")])
    await store.triage.undo_changes(closed, "ana")
    mia, tom = await both(store, two)
    assert (mia.state, mia.unread, mia.starred) == (State.OPEN, 2, False)
    assert mia.waiting_since is not None
    assert tom.state is State.CLOSED
    await assert_true_to_the_rows(store)


async def test_snoozed_until_a_moment_comes_back_by_itself(
    store: Store, two: list[int], clock: ManualClock
) -> None:
    await store.triage.snooze_conversations(two[:1], "ana", clock.now() + HOUR)
    await store.triage.snooze_conversations(two[1:], "ana", None)
    assert (await store.conversations.get_counts()).snoozed == 2
    assert await store.triage.reopen_due_conversations() == 0
    clock.advance(3600)
    assert await store.triage.reopen_due_conversations() == 1
    mia, tom = await both(store, two)
    assert (mia.state, mia.snoozed_until) == (State.OPEN, None)
    assert tom.state is State.SNOOZED
    await assert_true_to_the_rows(store)


async def test_reopening_forgets_the_alarm(
    store: Store, two: list[int], clock: ManualClock
) -> None:
    await store.triage.snooze_conversations(two, "ana", clock.now() + HOUR)
    await store.triage.reopen_conversations(two, "ana")
    assert [c.snoozed_until for c in await both(store, two)] == [None, None]


async def test_assigning_is_counted_by_agent(store: Store, two: list[int]) -> None:
    await store.triage.assign_conversations(two, "ana", "tom")
    await store.triage.assign_conversations(two[:1], "ana", "")
    counters = await store.conversations.get_counters()
    assert (counters["assignee:"], counters["assignee:tom"]) == (1, 1)


async def test_labels_are_put_on_taken_off_and_counted(store: Store, two: list[int]) -> None:
    before = await store.triage.set_label(two, "ana", " vip\ncustomer ", True)
    await store.triage.set_label(two, "ana", "billing", True)
    assert (await both(store, two))[0].labels == ("billing", "vip customer")
    assert await store.conversations.list_labels() == [("billing", 2), ("vip customer", 2)]
    await store.triage.set_label(two[:1], "ana", "billing", False)
    assert await store.conversations.list_labels() == [("billing", 1), ("vip customer", 2)]
    await store.triage.undo_changes(before, "ana")
    assert await store.conversations.list_labels() == []
    await assert_true_to_the_rows(store)


async def test_reading_leaves_unread_what_came_after(store: Store, two: list[int]) -> None:
    seen = (await both(store, two))[0].last_id
    await store.ingest.store_events(ACCOUNT, [reply("unseen")])
    await store.conversations.set_read_marker(two[0], "ana", seen)
    assert (await both(store, two))[0].unread == 1
    assert await store.conversations.get_read_marker(two[0], "ana") == seen
    newest = (await both(store, two))[0].last_id
    await store.conversations.set_read_marker(two[0], "ana", newest)
    await store.conversations.set_read_marker(two[0], "ana", seen)
    assert (await both(store, two))[0].unread == 0
    assert await store.conversations.get_read_marker(two[0], "ana") == newest
    assert await store.conversations.get_read_marker(two[0], "tom") == 0


async def test_marking_unread_and_read(store: Store, two: list[int]) -> None:
    await store.triage.set_unread(two, "ana", unread=False)
    assert (await store.conversations.get_counts()).unread == 0
    await store.triage.set_unread(two, "ana", unread=True)
    assert (await store.conversations.get_counts()).unread == 2


async def test_a_name_is_kept_for_the_number_and_found_by_the_filter(
    store: Store, two: list[int]
) -> None:
    await store.contacts.rename_contact(two[0], "Mía \ud83d", "prefers mornings", "ana")
    renamed = (await both(store, two))[0]
    assert renamed.name == "Mía \ufffd"
    assert renamed.title == renamed.name
    await assert_true_to_the_rows(store)


async def test_a_note_is_part_of_the_thread_and_asks_for_nothing(
    store: Store, two: list[int]
) -> None:
    note = await store.messages.add_note(two[0], "ana", "called \ud83d back")
    conversation = (await both(store, two))[0]
    assert (conversation.last_id, conversation.preview) == (note, "called \ufffd back")
    assert conversation.waiting_since is not None
    assert [m.id for m in await store.messages.search_text("called")] == [note]
    await assert_true_to_the_rows(store)


async def test_every_deed_is_written_down_even_a_thousand_at_once(
    store: Store, two: list[int]
) -> None:
    await store.triage.set_star(two * 500, "ana", True)
    deeds = await read_audit_trail(store.database, two[0])
    assert len(deeds) == 200
    assert {(deed.agent, deed.action) for deed in deeds} == {("ana", "star")}
    await store.triage.close_conversations(two, "tom")
    assert (await read_audit_trail(store.database, two[0]))[0].action == "close"
