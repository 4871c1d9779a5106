"""Test the alarms over a store: raised, shown, cleared, and quiet where nothing is known."""

import random

import pytest

from tests.sync.conftest import Queue
from tui.clock import DAY, HOUR, MINUTE, SECOND, ManualClock
from tui.domain.events import Receipt, Reply
from tui.domain.status import Status
from tui.store.account_watch import Alarms
from tui.store.event_rows import SendRecord
from tui.store.store import Store
from tui.sync.alarms import AlarmKeeper
from tui.sync.context import SyncContext

NUMBER = "+61491570156"


async def receive_replies(
    store: Store, clock: ManualClock, days: int, *, account: str = "s"
) -> None:
    """Let customers write every ten minutes by day, for some days up to now."""
    end = clock.now()
    replies = [
        Reply(f"r{at}", NUMBER, "Hello", at, "{}")
        for at in range(end - days * DAY, end, 10 * MINUTE)
        if 6 <= at % DAY / HOUR < 20
    ]
    for start in range(0, len(replies), 500):
        await store.ingest.store_events(account, replies[start : start + 500])


async def send_messages(
    store: Store, clock: ManualClock, queue: Queue, count: int, *, delay: float | None
) -> None:
    """Send messages, a minute apart, whose receipts come after so many seconds; None: never."""
    for number in range(count):
        clock.advance(60)
        message = await queue(account="s", body=f"text {number}")
        await store.outbox.claim_due_messages("a", "s", 1)
        key = f"p{message.id:x}"
        await store.outbox.settle_message(message.id, SendRecord(Status.ACCEPTED, key))
        if delay is not None:
            at = clock.now() + round(delay * SECOND)
            receipt = Receipt(f"e{key}", Status.DELIVERED, "ok", at, "{}", key)
            await store.ingest.store_events("s", [receipt])


@pytest.fixture
def keeper(store: Store, clock: ManualClock) -> AlarmKeeper:
    """Return the keeper of one account, past the time after the start."""
    made = AlarmKeeper(SyncContext(store, clock, random.Random(1)), ["s"])
    clock.advance(100)
    return made


async def test_a_silent_account_raises_an_alarm_that_the_next_reply_clears(
    store: Store, clock: ManualClock, keeper: AlarmKeeper
) -> None:
    await receive_replies(store, clock, 30)
    last = await store.alarm_figures.get_last_reply_time("s")
    await keeper.run_round()
    assert (await store.alarm_figures.get_alarms("s")).silent_since is None
    clock.advance(4 * 3_600)
    await keeper.run_round()
    assert (await store.accounts.get_states())["s"].silent_since == last
    await store.ingest.store_events("s", [Reply("new", NUMBER, "Hi", clock.now(), "{}")])
    clock.advance(30)
    await keeper.run_round()
    assert (await store.accounts.get_states())["s"].silent_since is None


async def test_an_alarm_is_raised_again_after_another_process_has_cleared_it(
    store: Store, clock: ManualClock, keeper: AlarmKeeper
) -> None:
    await receive_replies(store, clock, 30)
    clock.advance(4 * 3_600)
    await keeper.run_round()
    await store.alarm_figures.save_alarms("s", Alarms())
    clock.advance(30)
    await keeper.run_round()
    assert (await store.alarm_figures.get_alarms("s")).silent_since is not None


async def test_the_night_raises_no_alarm(
    store: Store, clock: ManualClock, keeper: AlarmKeeper
) -> None:
    clock.advance(12 * 3_600)
    await receive_replies(store, clock, 30)
    for _ in range(10):
        clock.advance(3_600)
        await keeper.run_round()
        states = await store.accounts.get_states()
        assert "s" not in states or states["s"].silent_since is None


async def test_a_new_account_raises_no_alarm(
    store: Store, clock: ManualClock, keeper: AlarmKeeper
) -> None:
    await receive_replies(store, clock, 5)
    clock.advance(5 * DAY / SECOND)
    await keeper.run_round()
    assert (await store.alarm_figures.get_alarms("s")).silent_since is None


async def test_replies_of_another_account_do_not_end_the_silence(
    store: Store, clock: ManualClock, keeper: AlarmKeeper
) -> None:
    await receive_replies(store, clock, 30)
    clock.advance(5 * 3_600)
    await store.ingest.store_events("other", [Reply("new", NUMBER, "Hi", clock.now(), "{}")])
    await keeper.run_round()
    assert (await store.alarm_figures.get_alarms("s")).silent_since is not None


async def test_stuck_messages_raise_an_alarm_that_their_receipts_clear(
    store: Store, clock: ManualClock, queue: Queue, keeper: AlarmKeeper
) -> None:
    await send_messages(store, clock, queue, 30, delay=4.0)
    began = clock.now() + MINUTE
    await send_messages(store, clock, queue, 5, delay=None)
    await keeper.run_round()
    assert (await store.alarm_figures.get_alarms("s")).stuck_messages == 0
    clock.advance(3_600)
    await keeper.run_round()
    state = (await store.accounts.get_states())["s"]
    assert (state.stuck_messages, state.stuck_since) == (5, began)
    assert state.receipt_limit_ms == 10 * MINUTE
    await send_messages(store, clock, queue, 20, delay=4.0)
    clock.advance(3_600)
    await keeper.run_round()
    assert (await store.accounts.get_states())["s"].stuck_messages == 0


async def test_an_account_whose_receipts_are_slow_is_given_its_time(
    store: Store, clock: ManualClock, queue: Queue, keeper: AlarmKeeper
) -> None:
    await send_messages(store, clock, queue, 30, delay=200.0)
    clock.advance(3_600)
    limit = (await _learn_limit(store, keeper, clock)) / SECOND
    await send_messages(store, clock, queue, 3, delay=None)
    clock.advance(limit - 200)
    await keeper.run_round()
    assert (await store.alarm_figures.get_alarms("s")).stuck_messages == 0
    clock.advance(600)
    await keeper.run_round()
    assert (await store.alarm_figures.get_alarms("s")).stuck_messages == 3


async def _learn_limit(store: Store, keeper: AlarmKeeper, clock: ManualClock) -> int:
    """Return the time (ms) after which a receipt is late."""
    await keeper.run_round()
    clock.advance(30)
    return (await store.alarm_figures.get_alarms("s")).receipt_limit_ms


async def test_one_phone_that_is_off_is_no_alarm(
    store: Store, clock: ManualClock, queue: Queue, keeper: AlarmKeeper
) -> None:
    await send_messages(store, clock, queue, 25, delay=4.0)
    await send_messages(store, clock, queue, 1, delay=None)
    await send_messages(store, clock, queue, 5, delay=4.0)
    clock.advance(7_200)
    await keeper.run_round()
    assert (await store.alarm_figures.get_alarms("s")).stuck_messages == 0


async def test_switched_off_they_clear_those_of_an_earlier_run(
    store: Store, clock: ManualClock, keeper: AlarmKeeper
) -> None:
    await receive_replies(store, clock, 30)
    clock.advance(5 * 3_600)
    await keeper.run_round()
    assert (await store.alarm_figures.get_alarms("s")).silent_since is not None
    context = SyncContext(store, clock, random.Random(1))
    await AlarmKeeper(context, ["s"], is_enabled=False).run_round()
    assert (await store.alarm_figures.get_alarms("s")).silent_since is None


async def test_what_came_in_during_a_pause_is_fetched_before_the_first_look(
    store: Store, clock: ManualClock
) -> None:
    await receive_replies(store, clock, 30)
    clock.advance(5 * 3_600)
    keeper = AlarmKeeper(SyncContext(store, clock, random.Random(1)), ["s"])
    await keeper.run_round()
    assert (await store.alarm_figures.get_alarms("s")).silent_since is None


async def test_an_unchanged_alarm_is_not_written_again(
    store: Store, clock: ManualClock, keeper: AlarmKeeper
) -> None:
    await receive_replies(store, clock, 30)
    clock.advance(5 * 3_600)
    await keeper.run_round()
    before = await store.feed.get_last_number()
    for _ in range(5):
        clock.advance(30)
        await keeper.run_round()
    assert await store.feed.get_last_number() == before
