"""Test the order of triage without a screen."""

from tests.store.builders import ACCOUNT, MIA, TOM, get_conversation, make_reply
from tui.clock import ManualClock
from tui.desk.triage import TriageRound
from tui.domain.conversation import Conversation
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
    triage_round.restart_round()
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
