"""The stretch of a conversation that is held: read at its end, around a message, and grown."""

from dataclasses import replace

from tests.store.builders import ACCOUNT, MIA, reply
from tui.domain.conversation import View
from tui.domain.message import Message
from tui.store.conversations import FIRST_POSITION
from tui.store.messages import NEWEST
from tui.store.store import Store
from tui.widgets.message_window import MessageWindow, open_window, read_before, read_newest


async def written(store: Store, count: int) -> list[Message]:
    """A conversation of so many messages."""
    await store.ingest.store_events(ACCOUNT, [reply(f"No. {n}", MIA) for n in range(count)])
    (row,) = await store.conversations.list_after(View(), FIRST_POSITION, 2)
    return await store.messages.list_before(row.id, NEWEST, count)


async def test_it_opens_at_the_end_and_knows_that_there_is_more(store: Store) -> None:
    messages = await written(store, 30)
    window = await open_window(store.messages, messages[0].conversation_id, 10)
    assert list(window.messages) == messages[-10:]
    assert (window.newest_id, window.complete) == (messages[-1].id, False)


async def test_grown_upwards_it_has_every_message_once_and_is_complete(store: Store) -> None:
    messages = await written(store, 30)
    window = await open_window(store.messages, messages[0].conversation_id, 10)
    window = window.with_older(await read_before(store.messages, window, height=40))
    assert list(window.messages) == messages
    assert window.complete


async def test_around_a_message_it_holds_what_came_before_and_after(store: Store) -> None:
    messages = await written(store, 150)
    window = await open_window(store.messages, messages[0].conversation_id, 10, messages[70].id)
    assert list(window.messages) == messages[11:131]


async def test_what_was_read_before_another_beginning_does_not_fit(store: Store) -> None:
    messages = await written(store, 30)
    small = await open_window(store.messages, messages[0].conversation_id, 5)
    assert small.has_same_start(replace(small, messages=small.messages[:2]))
    assert not small.has_same_start(
        await open_window(store.messages, messages[0].conversation_id, 6)
    )
    assert not small.has_same_start(replace(small, conversation_id=1))


async def test_news_comes_in_below_and_the_rest_stays(store: Store) -> None:
    messages = await written(store, 30)
    window = await open_window(store.messages, messages[0].conversation_id, 10)
    await store.ingest.store_events(ACCOUNT, [reply("And one more", MIA)])
    grown = await read_newest(store.messages, window)
    assert [m.body for m in grown.messages] == [*(m.body for m in messages), "And one more"]


async def test_a_message_is_replaced_by_its_newer_self(store: Store) -> None:
    messages = await written(store, 3)
    window = MessageWindow(messages[0].conversation_id, tuple(messages))
    fresh = replace(messages[1], handled=True)
    assert window.with_updates([fresh]).messages == (messages[0], fresh, messages[2])


async def test_a_step_from_nowhere_begins_at_the_end_and_stays_inside(store: Store) -> None:
    messages = await written(store, 3)
    window = MessageWindow(messages[0].conversation_id, tuple(messages))
    assert window.step_from(0, -1) == messages[2].id
    assert window.step_from(messages[2].id, 1) == messages[2].id
    assert window.step_from(messages[0].id, -1) == messages[0].id
