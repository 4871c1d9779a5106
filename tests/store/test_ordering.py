"""Test the order of a conversation by the provider's time, and reading by arrival."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.store.builders import ACCOUNT, MIA, get_conversation, make_outgoing, make_reply
from tests.store.consistency import check_counters_and_summaries
from tests.store.temporary import temporary_store
from tui.clock import DAY, HOUR, MINUTE, SECOND, ManualClock
from tui.domain.conversation import State
from tui.domain.ids import extract_time
from tui.domain.message import Direction, Message
from tui.store.messages import NEWEST
from tui.store.store import Store

YEAR = 365 * DAY


async def receive(store: Store, text: str, at: int | None) -> None:
    """Store one push."""
    await store.ingest.store_events(ACCOUNT, [make_reply(text, received_at=at)])


async def list_shown(store: Store, party: str = MIA) -> list[Message]:
    """Return the messages of a conversation as they are shown."""
    conversation = await get_conversation(store, party)
    return await store.messages.list_before(conversation.id, NEWEST, 100)


async def list_texts(store: Store) -> list[str]:
    """Return the texts of the conversation as they are shown."""
    return [message.body for message in await list_shown(store)]


ORDERS = [[5, 0, 6], [6, 5, 0], [0, 6, 5], [0, 5, 6], [6, 0, 0]]


@pytest.mark.parametrize("minutes", ORDERS)
async def test_texts_are_shown_by_the_providers_time(
    store: Store, clock: ManualClock, minutes: list[int]
) -> None:
    began = clock.now()
    clock.advance(10 * 60)
    for minute in minutes:
        await receive(store, f"10:0{minute}", began + minute * MINUTE)
    assert await list_texts(store) == sorted(f"10:0{minute}" for minute in minutes)
    row = await get_conversation(store)
    newest = (await list_shown(store))[-1]
    assert (row.preview, row.last_at, row.last_id) == ("10:06", began + 6 * MINUTE, newest.id)
    assert (row.last_direction, row.unread) == (Direction.IN, 3)
    assert row.waiting_since == began + min(minutes) * MINUTE
    await check_counters_and_summaries(store)


async def test_one_page_is_ordered_like_single_pushes(store: Store, clock: ManualClock) -> None:
    now = clock.now()
    page = [make_reply(text, received_at=now - ago) for text, ago in [("c", 1), ("a", 3), ("b", 2)]]
    await store.ingest.store_events(ACCOUNT, page)
    assert await list_texts(store) == ["a", "b", "c"]
    assert (await get_conversation(store)).preview == "c"


@pytest.mark.parametrize("ahead", [SECOND, 4 * MINUTE, 6 * MINUTE, HOUR, 10 * YEAR])
async def test_no_text_stands_in_the_future(store: Store, clock: ManualClock, ahead: int) -> None:
    await receive(store, "ahead", clock.now() + ahead)
    assert (await get_conversation(store)).last_at == clock.now()
    clock.advance(1)
    answer = await store.intents.queue_message(make_outgoing("answer"))
    assert answer.at == clock.now()
    assert await list_texts(store) == ["ahead", "answer"]


@pytest.mark.parametrize("at", [None, 0, -5, 1, 946_684_800_000, -(10**15)])
async def test_a_time_that_cannot_be_right_is_that_of_arrival(
    store: Store, clock: ManualClock, at: int | None
) -> None:
    await receive(store, "first", clock.now())
    clock.advance(60)
    await receive(store, "second", at)
    assert await list_texts(store) == ["first", "second"]
    assert (await get_conversation(store)).last_at == clock.now()


async def test_an_old_text_keeps_a_credible_time(store: Store, clock: ManualClock) -> None:
    await receive(store, "three years", clock.now() - 3 * YEAR)
    assert (await get_conversation(store)).last_at == clock.now() - 3 * YEAR


@pytest.mark.parametrize(("late", "noted"), [(59, False), (60, False), (61, True), (720, True)])
async def test_an_arrival_is_noted_from_more_than_a_minute_on(
    store: Store, clock: ManualClock, late: int, noted: bool
) -> None:
    await receive(store, "late", clock.now() - late * SECOND)
    (message,) = await list_shown(store)
    assert message.arrived_at == (clock.now() if noted else None)


async def test_a_late_text_reopens_the_conversation_and_waits(
    store: Store, clock: ManualClock
) -> None:
    asked = clock.now()
    clock.advance(600)
    await receive(store, "second", clock.now())
    await store.intents.queue_message(make_outgoing("answer to the second"))
    row = await get_conversation(store)
    await store.conversations.set_read_marker(row.id, "ana", row.last_id)
    await store.triage.close_conversations([row.id], "ana")
    clock.advance(600)
    await receive(store, "first", asked)
    row = await get_conversation(store)
    assert (row.state, row.unread, row.waiting_since) == (State.OPEN, 1, asked)
    assert row.preview == "answer to the second"
    assert row.last_direction is Direction.OUT
    assert await list_texts(store) == ["first", "second", "answer to the second"]
    answer = await store.intents.queue_message(make_outgoing("answer to the first"))
    assert (await get_conversation(store)).waiting_since is None
    await store.intents.cancel_queued(answer.id, "ana")
    assert (await get_conversation(store)).waiting_since == asked
    await check_counters_and_summaries(store)


async def test_each_agent_has_late_texts_unread(store: Store, clock: ManualClock) -> None:
    clock.advance(600)
    await receive(store, "seen", clock.now())
    row = await get_conversation(store)
    for agent in ("ana", "tom"):
        await store.conversations.set_read_marker(row.id, agent, row.last_id)
    await receive(store, "late", clock.now() - 5 * MINUTE)
    late = (await list_shown(store))[0]
    markers = [await store.conversations.get_read_marker(row.id, a) for a in ("ana", "tom")]
    assert all(marker < late.arrival_id for marker in markers)
    assert await store.messages.find_first_late_text(row.id, markers[0]) == late.id
    await store.conversations.set_read_marker(row.id, "ana", row.last_id, late.arrival_id)
    row = await get_conversation(store)
    assert row.unread == 0
    assert await store.conversations.get_read_marker(row.id, "ana") == late.arrival_id
    assert await store.conversations.get_read_marker(row.id, "tom") == markers[1]


async def test_reading_a_late_text_does_not_read_what_stands_below(
    store: Store, clock: ManualClock
) -> None:
    clock.advance(600)
    await receive(store, "below", clock.now())
    await receive(store, "late", clock.now() - 5 * MINUTE)
    row, (late, below) = await get_conversation(store), await list_shown(store)
    seen = await store.conversations.set_read_marker(row.id, "ana", late.id, late.arrival_id)
    assert seen < below.arrival_id
    assert (await get_conversation(store)).unread == 2


async def test_a_late_text_refuses_a_reply_that_was_begun_before(
    store: Store, clock: ManualClock
) -> None:
    await receive(store, "seen", clock.now())
    row = await get_conversation(store)
    await receive(store, "late", clock.now() - HOUR)
    arrived = await store.messages.list_arrived_after(row.id, row.last_arrival, 10)
    assert [message.body for message in arrived] == ["late"]
    assert (await get_conversation(store)).last_arrival == arrived[0].arrival_id


async def test_undo_does_not_hide_a_late_text(store: Store, clock: ManualClock) -> None:
    await receive(store, "seen", clock.now())
    row = await get_conversation(store)
    before = await store.triage.close_conversations([row.id], "ana")
    before = await store.triage.reopen_conversations([row.id], "ana")
    await receive(store, "late", clock.now() - HOUR)
    await store.triage.undo_changes(before, "ana")
    assert (await get_conversation(store)).state is State.OPEN


async def test_a_late_text_does_not_change_the_route_of_replies(
    store: Store, clock: ManualClock
) -> None:
    await store.ingest.store_events("eu", [make_reply(own="+447700900100")])
    late = make_reply(own="+61491570157", received_at=clock.now() - HOUR)
    await store.ingest.store_events("au", [late])
    row = await get_conversation(store)
    assert (row.account, row.own) == ("eu", "+447700900100")


async def test_a_late_text_cancels_what_waits_for_silence(store: Store, clock: ManualClock) -> None:
    await receive(store, "first", clock.now())
    waiting = await store.intents.queue_message(
        make_outgoing(scheduled_at=clock.now() + DAY, cancel_on_reply=True)
    )
    await receive(store, "late", clock.now() - HOUR)
    message = await store.messages.get(waiting.id)
    assert message is not None
    assert message.status == "cancelled"


async def test_a_withdrawn_note_leaves_the_row_of_the_message_before(
    store: Store, clock: ManualClock
) -> None:
    await receive(store, "new", clock.now())
    await receive(store, "late", clock.now() - HOUR)
    row = await get_conversation(store)
    note = await store.messages.add_note(row.id, "ana", "note")
    await store.messages.withdraw_note(note, "ana")
    row = await get_conversation(store)
    assert (row.preview, row.last_at) == ("new", clock.now())
    await check_counters_and_summaries(store)


@given(st.lists(st.integers(-600, 300), min_size=1, max_size=20))
async def test_any_order_of_pushes_shows_the_same_conversation(offsets: list[int]) -> None:
    clock = ManualClock()
    began = clock.now()
    clock.advance(300)
    async with temporary_store(clock) as store:
        for number, offset in enumerate(offsets):
            await receive(store, str(number), began + offset * SECOND)
        shown = await list_shown(store)
        expected = sorted(range(len(offsets)), key=lambda number: offsets[number])
        assert [message.body for message in shown] == [str(number) for number in expected]
        keys = sorted(shown, key=lambda message: message.arrival_id)
        assert [message.body for message in keys] == [str(n) for n in range(len(offsets))]
        await check_counters_and_summaries(store)


async def test_a_text_without_a_time_stands_where_its_time_says(
    store: Store, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_time = clock.now

    def advance_and_read() -> int:
        clock.advance(0.001)
        return read_time()

    monkeypatch.setattr(clock, "now", advance_and_read)
    await receive(store, "Hello", None)
    (message,) = await list_shown(store)
    assert extract_time(message.id) == message.at
