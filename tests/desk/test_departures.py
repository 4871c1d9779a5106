"""Test the words for why a conversation has left a view."""

from dataclasses import replace

import pytest

from tests.store.builders import ACCOUNT, MIA, get_conversation, make_reply
from tui.clock import HOUR, ManualClock
from tui.desk.departures import describe_departure, describe_end_of_wait
from tui.domain.conversation import Conversation, State, View
from tui.store.store import Store

ME, TOM = "ana", "tom"


@pytest.fixture
async def row(store: Store) -> Conversation:
    """Return a conversation that waits."""
    await store.ingest.store_events(ACCOUNT, [make_reply()])
    return await get_conversation(store)


async def describe(store: Store, clock: ManualClock, view: View) -> str:
    """Return why the conversation is no longer in a view."""
    fresh = await get_conversation(store, MIA)
    return await describe_departure(store, view, fresh, ME, clock.now(), None)


async def test_who_closed_it_is_named(store: Store, clock: ManualClock, row: Conversation) -> None:
    await store.triage.close_conversations([row.id], TOM)
    assert await describe(store, clock, View()) == "closed by tom"
    await store.triage.reopen_conversations([row.id], TOM)
    await store.triage.close_conversations([row.id], ME)
    assert await describe(store, clock, View()) == "closed by you"
    assert await describe(store, clock, View(assignee="")) == "closed by you"
    assert await describe(store, clock, View(label="vip")) == "closed by you"


async def test_the_end_of_a_snooze_is_named(
    store: Store, clock: ManualClock, row: Conversation
) -> None:
    await store.triage.snooze_conversations([row.id], TOM, clock.now() + HOUR)
    assert (await describe(store, clock, View())).startswith("snoozed until today ")
    await store.triage.snooze_conversations([row.id], ME, None)
    assert await describe(store, clock, View()) == "snoozed until they reply by you"


async def test_to_whom_it_is_assigned_is_named(
    store: Store, clock: ManualClock, row: Conversation
) -> None:
    await store.triage.assign_conversations([row.id], ME, ME)
    assert await describe(store, clock, View(assignee="")) == "assigned to you"
    await store.triage.assign_conversations([row.id], TOM, TOM)
    assert await describe(store, clock, View(assignee=ME)) == "assigned to tom"
    await store.triage.assign_conversations([row.id], TOM, "")
    assert await describe(store, clock, View(assignee=ME)) == "unassigned by tom"


async def test_only_an_agent_who_opened_it_again_is_named(
    store: Store, clock: ManualClock, row: Conversation
) -> None:
    closed = View(state=State.CLOSED)
    await store.triage.close_conversations([row.id], TOM)
    await store.ingest.store_events(ACCOUNT, [make_reply("more")])
    assert await describe(store, clock, closed) == "open again"
    await store.triage.close_conversations([row.id], TOM)
    await store.triage.reopen_conversations([row.id], TOM)
    assert await describe(store, clock, closed) == "open again by tom"


async def test_names_are_harmless_on_one_line(
    store: Store, clock: ManualClock, row: Conversation
) -> None:
    await store.triage.close_conversations([row.id], "to\x1b[31mm\n" + "x" * 60)
    text = await describe(store, clock, View())
    assert "\x1b" not in text and "\n" not in text and len(text) < 40


async def test_a_conversation_that_still_waits_for_the_agent_has_no_reason(
    store: Store, clock: ManualClock, row: Conversation
) -> None:
    now = clock.now()
    assert await describe_end_of_wait(store, row, ME, now, None) == ""
    mine, theirs = replace(row, assignee=ME), replace(row, assignee=TOM)
    assert await describe_end_of_wait(store, mine, ME, now, None) == ""
    assert await describe_end_of_wait(store, theirs, ME, now, None) == "assigned to tom"
