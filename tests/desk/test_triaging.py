"""The way through those who wait, without a screen."""

from tests.store.builders import ACCOUNT, MIA, TOM, conversation_with, reply
from tui.clock import ManualClock
from tui.desk.triage import TriageRound
from tui.domain.conversation import Conversation
from tui.store.store import Store


async def two_wait(store: Store, clock: ManualClock) -> list[Conversation]:
    """Two who wait, longest first."""
    for party in (MIA, TOM):
        await store.ingest.store_events(ACCOUNT, [reply(party=party)])
        clock.advance(60)
    return [await conversation_with(store, party) for party in (MIA, TOM)]


async def test_it_goes_on_until_nobody_is_left_and_begins_again(
    store: Store, clock: ManualClock
) -> None:
    mia, tom = await two_wait(store, clock)
    way = TriageRound(store, "ana")
    assert await way.advance_to_next() == mia
    assert await way.advance_to_next() == tom
    assert await way.advance_to_next() is None
    assert await way.format_summary() == "0 handled, 2 still wait"
    way.restart_round()
    assert await way.advance_to_next() == mia


async def test_what_waits_no_longer_is_counted_once(store: Store, clock: ManualClock) -> None:
    mia, tom = await two_wait(store, clock)
    way = TriageRound(store, "ana")
    assert not await way.record_handled(mia)
    await store.triage.close_conversations([mia.id], "ana")
    assert await way.record_handled(mia) and await way.record_handled(mia)
    assert await way.format_progress() == "1 left · 1 handled"
    await store.triage.assign_conversations([tom.id], "ana", "zoe")
    assert await way.record_handled(tom)
    assert await way.format_summary() == "All clear, 2 handled · 1 waits with colleagues"


async def test_undone_it_waits_again_and_is_the_place_to_go_on_from(
    store: Store, clock: ManualClock
) -> None:
    mia, tom = await two_wait(store, clock)
    way = TriageRound(store, "ana")
    assert await way.return_to_undone() is None
    await way.advance_to_next()
    before = await store.triage.close_conversations([mia.id], "ana")
    await way.record_handled(mia)
    assert await way.return_to_undone() is None
    await store.triage.undo_changes(before, "ana")
    again = await way.return_to_undone()
    assert again is not None and again.id == mia.id
    assert way.handled_count == 0
    assert await way.advance_to_next() == tom
