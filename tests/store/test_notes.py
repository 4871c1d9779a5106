"""A private note taken back: what is gone, and what is kept."""

import pytest

from tests.store.builders import ACCOUNT, conversation_with, reply
from tests.store.test_feed import hearing
from tests.store.truth import assert_true_to_the_rows
from tests.waiting import wait_until
from tui.domain.change import Change, Subject
from tui.domain.conversation import View
from tui.domain.phone import parse_address
from tui.store.conversations import FIRST_POSITION
from tui.store.store import Store


@pytest.fixture
async def thread(store: Store) -> int:
    """A conversation with one text."""
    await store.ingest.store_events(ACCOUNT, [reply("Hello")])
    return (await conversation_with(store)).id


async def test_a_withdrawn_note_is_gone_from_thread_search_and_mentions(
    store: Store, thread: int
) -> None:
    note = await store.messages.add_note(thread, "ana", "Zażółć @tom", ["tom"])
    assert [m.id for m in await store.messages.search_text("zazolc")] == [note]
    async with hearing(store) as heard:
        assert await store.messages.withdraw_note(note, "ana")
        await wait_until(lambda: Change(Subject.MESSAGE, note, thread) in heard, what="told")
    assert await store.messages.get(note) is None
    assert await store.messages.search_text("zazolc") == []
    assert not await store.messages.has_mention(note, "tom")
    assert await store.conversations.list_after(View(mentions_of="tom"), FIRST_POSITION, 10) == []
    await assert_true_to_the_rows(store)
    assert (await conversation_with(store)).preview == "Hello"


async def test_its_text_is_the_draft_before_what_was_typed_since(store: Store, thread: int) -> None:
    note = await store.messages.add_note(thread, "ana", "one")
    await store.drafts.save_note_draft(thread, "ana", "two")
    assert await store.messages.withdraw_note(note, "ana")
    assert await store.drafts.get_note_draft(thread, "ana") == "one\ntwo"


async def test_the_audit_trail_keeps_both_steps(store: Store, thread: int) -> None:
    note = await store.messages.add_note(thread, "ana", "one")
    await store.messages.withdraw_note(note, "ana")
    trail = await store.triage.get_audit_trail(thread)
    assert [(deed.action, deed.message_id) for deed in trail] == [
        ("withdraw note", note),
        ("note", note),
    ]


async def test_only_who_wrote_it_withdraws_it_and_only_once(store: Store, thread: int) -> None:
    note = await store.messages.add_note(thread, "ana", "one")
    assert not await store.messages.withdraw_note(note, "tom")
    text = (await store.messages.list_before(thread, note, 1))[0]
    assert not await store.messages.withdraw_note(text.id, "ana")
    assert await store.messages.withdraw_note(note, "ana")
    assert not await store.messages.withdraw_note(note, "ana")


async def test_a_thread_that_was_only_a_note_is_empty_again(store: Store) -> None:
    begun = await store.conversations.get_or_create(parse_address("+61491570110"), ACCOUNT)
    note = await store.messages.add_note(begun.id, "ana", "call them")
    assert await store.messages.withdraw_note(note, "ana")
    found = await store.conversations.get(begun.id)
    assert found is not None
    assert (found.last_direction, found.preview, found.last_id) == (None, "", 0)
    await assert_true_to_the_rows(store)
