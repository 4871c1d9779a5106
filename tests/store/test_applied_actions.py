"""The actions of one list change a conversation in one transaction, each with its history."""

from tests.store.builders import ACCOUNT, MIA, get_conversation, make_reply
from tests.store.consistency import check_counters_and_summaries
from tui.clock import ManualClock
from tui.domain.action_list import ConversationChange
from tui.domain.conversation import State
from tui.domain.message import Direction
from tui.store.store import Store

MACRO = ConversationChange(
    labels=(("billing", True), ("new", False)),
    assignee="bo",
    starred=True,
    state=State.CLOSED,
    notes=("Asked for the invoice",),
)


async def test_all_changes_of_a_list_are_made_recorded_and_undone_together(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply()])
    was = await get_conversation(store, MIA)
    await store.triage.set_label([was.id], "ana", "new", True)
    before = await store.triage.change_together([was.id], "ana", MACRO)
    changed = await get_conversation(store, MIA)
    assert (changed.labels, changed.assignee, changed.starred) == (("billing",), "bo", True)
    assert (changed.state, changed.waiting_since, changed.unread) == (State.CLOSED, None, 0)
    assert changed.last_direction is Direction.NOTE
    trail = [entry.action for entry in await store.triage.get_audit_trail(was.id)]
    assert sorted(trail[:6]) == [
        "assign bo",
        "close",
        "label billing",
        "note",
        "star",
        "unlabel new",
    ]
    await store.triage.undo_changes(before, "ana")
    undone = await get_conversation(store, MIA)
    assert (undone.labels, undone.assignee, undone.starred) == (("new",), "", False)
    await check_counters_and_summaries(store)


async def test_what_is_so_already_leaves_no_line_in_the_history(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply()])
    conversation = await get_conversation(store, MIA)
    change = ConversationChange((("vip", False),), "", False, State.OPEN)
    await store.triage.change_together([conversation.id], "rule", change)
    assert await store.triage.get_audit_trail(conversation.id) == []
    assert await get_conversation(store, MIA) == conversation


async def test_a_closed_conversation_that_is_reopened_waits_as_before(
    store: Store, clock: ManualClock
) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply()])
    conversation = await get_conversation(store, MIA)
    await store.triage.close_conversations([conversation.id], "ana")
    clock.advance(60)
    await store.triage.change_together(
        [conversation.id], "ana", ConversationChange(state=State.OPEN)
    )
    assert (await get_conversation(store, MIA)).waiting_since == conversation.waiting_since
