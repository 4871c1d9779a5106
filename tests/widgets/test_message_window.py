"""Test the loaded part of a conversation: at its end, around a message, and extended."""

from dataclasses import replace

from tests.store.builders import ACCOUNT, MIA, make_reply
from tui.clock import HOUR, ManualClock
from tui.domain.conversation import View
from tui.domain.message import Message
from tui.store.conversations import FIRST_POSITION
from tui.store.messages import NEWEST
from tui.store.store import Store
from tui.widgets.message_window import (
    MessageWindow,
    extend_to_message,
    open_window,
    read_before,
    read_newest,
)


async def add_messages(store: Store, count: int) -> list[Message]:
    """Store a conversation of so many messages and return them."""
    await store.ingest.store_events(ACCOUNT, [make_reply(f"No. {n}", MIA) for n in range(count)])
    (row,) = await store.conversations.list_after(View(), FIRST_POSITION, 2)
    return await store.messages.list_before(row.id, NEWEST, count)


async def test_a_window_opens_at_the_end_and_is_incomplete(store: Store) -> None:
    messages = await add_messages(store, 30)
    window = await open_window(store.messages, messages[0].conversation_id, 10)
    assert list(window.messages) == messages[-10:]
    assert (window.newest_id, window.complete) == (messages[-1].id, False)


async def test_a_window_extended_upwards_has_every_message_once(store: Store) -> None:
    messages = await add_messages(store, 30)
    window = await open_window(store.messages, messages[0].conversation_id, 10)
    window = window.with_older(await read_before(store.messages, window, height=40))
    assert list(window.messages) == messages
    assert window.complete


async def test_a_window_around_a_message_holds_those_before_and_after(store: Store) -> None:
    messages = await add_messages(store, 150)
    window = await open_window(store.messages, messages[0].conversation_id, 10, messages[70].id)
    assert list(window.messages) == messages[11:131]


async def test_windows_with_different_starts_do_not_match(store: Store) -> None:
    messages = await add_messages(store, 30)
    small = await open_window(store.messages, messages[0].conversation_id, 5)
    assert small.has_same_start(replace(small, messages=small.messages[:2]))
    assert not small.has_same_start(
        await open_window(store.messages, messages[0].conversation_id, 6)
    )
    assert not small.has_same_start(replace(small, conversation_id=1))


async def test_new_messages_are_added_at_the_end(store: Store) -> None:
    messages = await add_messages(store, 30)
    window = await open_window(store.messages, messages[0].conversation_id, 10)
    await store.ingest.store_events(ACCOUNT, [make_reply("And one more", MIA)])
    grown = await read_newest(store.messages, window)
    assert [m.body for m in grown.messages] == [*(m.body for m in messages), "And one more"]


async def test_a_message_is_replaced_by_its_newer_version(store: Store) -> None:
    messages = await add_messages(store, 3)
    window = MessageWindow(messages[0].conversation_id, tuple(messages))
    fresh = replace(messages[1], handled=True)
    assert window.with_updates([fresh]).messages == (messages[0], fresh, messages[2])


async def test_a_step_without_a_selection_starts_at_the_end(store: Store) -> None:
    messages = await add_messages(store, 3)
    window = MessageWindow(messages[0].conversation_id, tuple(messages))
    assert window.step_from(0, -1) == messages[2].id
    assert window.step_from(messages[2].id, 1) == messages[2].id
    assert window.step_from(messages[0].id, -1) == messages[0].id


async def test_a_window_grows_up_to_a_late_message(store: Store, clock: ManualClock) -> None:
    messages = await add_messages(store, 150)
    window = await open_window(store.messages, messages[0].conversation_id, 10)
    late = make_reply("late", MIA, received_at=clock.now() - HOUR)
    await store.ingest.store_events(ACCOUNT, [late])
    oldest = (await store.messages.list_before(window.conversation_id, messages[0].id, 5))[0]
    grown = await read_newest(store.messages, window, oldest.id)
    assert [m.body for m in grown.messages] == ["late", *(m.body for m in messages)]
    assert grown.complete
    assert grown.last_arrival == oldest.arrival_id > grown.newest_id


async def test_a_window_does_not_grow_without_end(store: Store, clock: ManualClock) -> None:
    messages = await add_messages(store, 700)
    window = await open_window(store.messages, messages[0].conversation_id, 10)
    grown = await extend_to_message(store.messages, window, messages[0].id)
    assert 600 <= len(grown.messages) < 700
    assert list(grown.messages) == messages[-len(grown.messages) :]
