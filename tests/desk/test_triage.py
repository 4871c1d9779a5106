"""Test the order of triage without a screen."""

from tests.conftest import OpenStore
from tests.store.builders import ACCOUNT, MIA, TOM, get_conversation, make_reply
from tui.clock import ManualClock
from tui.desk.triage import TriageRound
from tui.domain.conversation import Conversation
from tui.store.presence import LOCK_TIMEOUT_MS
from tui.store.store import Store


async def add_two_waiting(store: Store, clock: ManualClock) -> list[Conversation]:
    """Store two customers who wait; return their conversations, longest wait first."""
    for party in (MIA, TOM):
        await store.ingest.store_events(ACCOUNT, [make_reply(party=party)])
        clock.advance(60)
    return [await get_conversation(store, party) for party in (MIA, TOM)]


async def test_a_round_visits_every_waiting_conversation_and_can_restart(
    store: Store, clock: ManualClock
) -> None:
    mia, tom = await add_two_waiting(store, clock)
    triage_round = TriageRound(store, "ana")
    assert await triage_round.advance_to_next() == mia
    assert await triage_round.advance_to_next() == tom
    assert await triage_round.advance_to_next() is None
    assert await triage_round.format_summary() == "0 handled, 2 still wait"
    await triage_round.restart_round()
    assert await triage_round.advance_to_next() == mia


async def test_a_handled_conversation_is_counted_once(store: Store, clock: ManualClock) -> None:
    mia, tom = await add_two_waiting(store, clock)
    triage_round = TriageRound(store, "ana")
    assert not await triage_round.record_handled(mia)
    await store.triage.close_conversations([mia.id], "ana")
    assert await triage_round.record_handled(mia) and await triage_round.record_handled(mia)
    assert await triage_round.format_progress() == "1 left · 1 handled"
    await store.triage.assign_conversations([tom.id], "ana", "zoe")
    assert await triage_round.record_handled(tom)
    assert await triage_round.format_summary() == "All clear, 2 handled · 1 waits with colleagues"


async def test_undo_returns_to_the_conversation_and_the_round_continues_there(
    store: Store, clock: ManualClock
) -> None:
    mia, tom = await add_two_waiting(store, clock)
    triage_round = TriageRound(store, "ana")
    assert await triage_round.return_to_undone() is None
    await triage_round.advance_to_next()
    before = await store.triage.close_conversations([mia.id], "ana")
    await triage_round.record_handled(mia)
    assert await triage_round.return_to_undone() is None
    await store.triage.undo_changes(before, "ana")
    again = await triage_round.return_to_undone()
    assert again is not None and again.id == mia.id
    assert triage_round.handled_count == 0
    assert await triage_round.advance_to_next() == tom


async def test_what_a_colleague_has_open_is_counted_and_comes_when_nothing_else_waits(
    store: Store, clock: ManualClock, open_store: OpenStore
) -> None:
    mia, tom = await add_two_waiting(store, clock)
    theirs = await open_store(owner="zoe's desk", seed=2)
    await theirs.presence.announce_presence("zoe", mia.id, typing=False)
    triage_round = TriageRound(store, "ana")
    assert await triage_round.advance_to_next() == tom
    assert await triage_round.format_progress() == "1 for you · 1 with colleagues · 0 handled"
    assert await triage_round.advance_to_next() is None
    assert await triage_round.format_summary() == (
        "0 handled, 1 still waits for you · 1 with colleagues, who have it open"
    )
    await triage_round.restart_round()
    assert await triage_round.advance_to_next() == tom
    await store.triage.close_conversations([tom.id], "ana")
    await triage_round.record_handled(tom)
    assert await triage_round.advance_to_next() is None
    assert await triage_round.format_summary() == (
        "All clear, 1 handled · 1 waits with colleagues, who have it open"
    )
    await triage_round.restart_round()
    assert await triage_round.advance_to_next() == mia


async def test_a_compose_lock_without_presence_keeps_a_conversation_out(
    store: Store, clock: ManualClock, open_store: OpenStore
) -> None:
    mia, tom = await add_two_waiting(store, clock)
    theirs = await open_store(owner="zoe's desk", seed=2)
    await theirs.compose_locks.acquire_lock(mia.id, "zoe")
    assert await TriageRound(store, "ana").advance_to_next() == tom
    clock.advance(LOCK_TIMEOUT_MS / 1_000 + 1)
    assert await TriageRound(store, "ana").advance_to_next() == mia


async def test_another_screen_of_the_same_agent_is_no_colleague(
    store: Store, clock: ManualClock, open_store: OpenStore
) -> None:
    mia, _ = await add_two_waiting(store, clock)
    other = await open_store(owner="ana's other desk", seed=2)
    await other.presence.announce_presence("ana", mia.id, typing=False)
    await other.compose_locks.acquire_lock(mia.id, "ana")
    triage_round = TriageRound(store, "ana")
    assert await triage_round.advance_to_next() == mia
    assert await triage_round.format_progress() == "2 left · 0 handled"


async def test_assigned_and_open_conversations_differ_in_the_summary(
    store: Store, clock: ManualClock, open_store: OpenStore
) -> None:
    mia, tom = await add_two_waiting(store, clock)
    theirs = await open_store(owner="zoe's desk", seed=2)
    await theirs.presence.announce_presence("zoe", mia.id, typing=False)
    await store.triage.assign_conversations([tom.id], "zoe", "zoe")
    assert await TriageRound(store, "ana").format_summary() == (
        "All clear, 0 handled · 2 wait with colleagues, who have 1 of them open"
    )
