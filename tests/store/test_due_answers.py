"""Due times are stored, agents are notified once, and each first answer is recorded."""

import asyncio

import pytest

from tests.store.builders import ACCOUNT, MIA, TOM, get_conversation, make_outgoing, make_reply
from tests.store.consistency import check_counters_and_summaries
from tui.clock import MINUTE, ManualClock
from tui.domain.answer_targets import AnswerTarget
from tui.domain.business_hours import ALWAYS_OPEN, InvalidHoursError, find_zone, parse_hours
from tui.domain.change import Subject
from tui.domain.conversation import View
from tui.store.feed import Feed
from tui.store.store import Store

TARGETS = [AnswerTarget("all", View(), 30), AnswerTarget("vip", View(label="vip"), 5)]


async def count_overdue_changes(store: Store) -> int:
    """Return how often agents were notified so far."""
    found = await store.database.read(
        lambda c: c.execute("select count(*) from changes where subject = 'overdue'").fetchone()
    )
    return int(found[0])


async def test_a_waiting_customer_gets_a_time_by_the_view(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply(), make_reply(party=TOM)])
    tom = await get_conversation(store, TOM)
    await store.triage.set_label([tom.id], "ana", "vip", True)
    await store.answer_targets.judge_conversations(TARGETS)
    mia, tom = await get_conversation(store, MIA), await get_conversation(store, TOM)
    assert mia.waiting_since is not None
    assert (mia.due_at, mia.due_view) == (mia.waiting_since + 30 * MINUTE, "all")
    assert (tom.due_view, tom.overdue) == ("vip", False)
    await store.triage.set_label([tom.id], "ana", "vip", False)
    await store.answer_targets.judge_conversations(TARGETS, [tom.id])
    assert (await get_conversation(store, TOM)).due_view == "all"
    await store.answer_targets.judge_conversations([])
    assert (await get_conversation(store, TOM)).due_at is None
    await check_counters_and_summaries(store)


async def test_a_late_answer_is_reported_once(store: Store, clock: ManualClock) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply()])
    await store.answer_targets.judge_conversations(TARGETS)
    clock.advance(29 * 60)
    await store.answer_targets.judge_conversations(TARGETS, [])
    assert (await store.conversations.get_counts()).overdue == 0
    clock.advance(3 * 60)
    for _ in range(2):
        await store.answer_targets.judge_conversations(TARGETS, [])
    assert (await get_conversation(store, MIA)).overdue
    assert (await store.conversations.get_counts()).overdue == 1
    assert await count_overdue_changes(store) == 1
    await check_counters_and_summaries(store)


async def test_the_time_ends_with_the_answer_which_is_recorded(
    store: Store, clock: ManualClock
) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply()])
    await store.answer_targets.judge_conversations(TARGETS)
    waiting = await get_conversation(store, MIA)
    clock.advance(60)
    message = await store.intents.queue_message(make_outgoing())
    answered = await get_conversation(store, MIA)
    assert (answered.due_at, answered.due_view, answered.overdue) == (None, "", False)
    (record,) = await store.answer_targets.list_answers(0, clock.now() + 1)
    assert (record.view, record.due_at, record.is_kept) == ("all", waiting.due_at, True)
    assert (record.waited_from, record.answered_at) == (waiting.waiting_since, message.at)
    # A second text answers nothing; a text that is taken back was no answer.
    await store.intents.queue_message(make_outgoing())
    assert len(await store.answer_targets.list_answers(0, clock.now() + 1)) == 1
    assert await store.intents.cancel_queued(message.id, "ana")
    assert await store.answer_targets.list_answers(0, clock.now() + 1) == []


async def test_closing_ends_the_time_and_undo_lets_it_be_set_again(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply()])
    await store.answer_targets.judge_conversations(TARGETS)
    was = await get_conversation(store, MIA)
    before = await store.triage.close_conversations([was.id], "ana")
    assert (await get_conversation(store, MIA)).due_at is None
    await store.triage.undo_changes(before, "ana")
    await store.answer_targets.judge_conversations(TARGETS, [was.id])
    assert (await get_conversation(store, MIA)).due_at == was.due_at


async def test_a_conversation_that_is_gone_is_passed_over(store: Store) -> None:
    await store.answer_targets.judge_conversations(TARGETS, [12345])


async def test_two_processes_report_a_late_answer_once(store: Store, clock: ManualClock) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply(), make_reply(party=TOM)])
    await store.answer_targets.judge_conversations(TARGETS)
    clock.advance(3600)
    judge = store.answer_targets.judge_conversations
    await asyncio.gather(judge(TARGETS), judge(TARGETS, []))
    assert await count_overdue_changes(store) == 2


async def test_the_hours_of_the_desk_are_stored_and_announced(store: Store) -> None:
    assert await store.answer_targets.get_hours() == ALWAYS_OPEN
    hours = parse_hours("mon-fri 9-17", ["2026-12-25"], find_zone("Europe/Warsaw"))
    seen = await Feed(store.database).get_last_number()
    await store.answer_targets.save_hours(hours, "ana")
    assert await store.answer_targets.get_hours() == hours
    async for changes in store.feed.watch_changes(after=seen):
        assert Subject.VIEW in {change.subject for change in changes}
        break


def test_an_unknown_zone_is_refused() -> None:
    assert find_zone("") is None
    for name in ("Europe/Warsawa", "../etc/passwd", "x" * 300):
        with pytest.raises(InvalidHoursError, match="is no time zone"):
            find_zone(name)
