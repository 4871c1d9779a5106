"""Test the withdrawal of a private note: what is deleted and what is kept."""

import pytest

from tests.store.builders import ACCOUNT, get_conversation, make_reply
from tests.store.consistency import check_counters_and_summaries
from tests.store.test_feed import watch_in_background
from tests.waiting import wait_until
from tui.domain.change import Change, Subject
from tui.domain.conversation import View
from tui.domain.phone import parse_address
from tui.store.conversations import FIRST_POSITION
from tui.store.store import Store


@pytest.fixture
async def conversation_id(store: Store) -> int:
    """Return a conversation with one message."""
    await store.ingest.store_events(ACCOUNT, [make_reply("Hello")])
    return (await get_conversation(store)).id


async def test_a_withdrawn_note_is_removed_from_conversation_search_and_mentions(
    store: Store, conversation_id: int
) -> None:
    note = await store.messages.add_note(conversation_id, "ana", "Zażółć @tom", ["tom"])
    assert [m.id for m in await store.messages.search_text("zazolc")] == [note]
    async with watch_in_background(store) as heard:
        assert await store.messages.withdraw_note(note, "ana")
        await wait_until(
            lambda: Change(Subject.MESSAGE, note, conversation_id) in heard, what="the change"
        )
    assert await store.messages.get(note) is None
    assert await store.messages.search_text("zazolc") == []
    assert not await store.messages.has_mention(note, "tom")
    assert await store.conversations.list_after(View(mentions_of="tom"), FIRST_POSITION, 10) == []
    await check_counters_and_summaries(store)
    assert (await get_conversation(store)).preview == "Hello"


async def test_the_text_of_the_note_is_put_before_the_current_draft(
    store: Store, conversation_id: int
) -> None:
    note = await store.messages.add_note(conversation_id, "ana", "one")
    await store.drafts.save_note_draft(conversation_id, "ana", "two")
    assert await store.messages.withdraw_note(note, "ana")
    assert await store.drafts.get_note_draft(conversation_id, "ana") == "one\ntwo"


async def test_the_audit_trail_keeps_both_steps(store: Store, conversation_id: int) -> None:
    note = await store.messages.add_note(conversation_id, "ana", "one")
    await store.messages.withdraw_note(note, "ana")
    trail = await store.triage.get_audit_trail(conversation_id)
    assert [(entry.action, entry.message_id) for entry in trail] == [
        ("withdraw note", note),
        ("note", note),
    ]


async def test_only_the_author_can_withdraw_a_note_and_only_once(
    store: Store, conversation_id: int
) -> None:
    note = await store.messages.add_note(conversation_id, "ana", "one")
    assert not await store.messages.withdraw_note(note, "tom")
    text = (await store.messages.list_before(conversation_id, note, 1))[0]
    assert not await store.messages.withdraw_note(text.id, "ana")
    assert await store.messages.withdraw_note(note, "ana")
    assert not await store.messages.withdraw_note(note, "ana")


async def test_a_conversation_with_only_the_note_becomes_empty(store: Store) -> None:
    begun = await store.conversations.get_or_create(parse_address("+61491570110"), ACCOUNT)
    note = await store.messages.add_note(begun.id, "ana", "call them")
    assert await store.messages.withdraw_note(note, "ana")
    found = await store.conversations.get(begun.id)
    assert found is not None
    assert (found.last_direction, found.preview, found.last_id) == (None, "", 0)
    await check_counters_and_summaries(store)
