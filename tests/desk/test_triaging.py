"""The way through those who wait, without a screen."""

from tests.store.builders import ACCOUNT, MIA, TOM, conversation_with, reply
from tui.clock import ManualClock
from tui.desk.triaging import Triaging
from tui.domain.conversation import Conversation
from tui.store.store import Store


async def two_wait(store: Store, clock: ManualClock) -> list[Conversation]:
    """Two who wait, longest first."""
    for party in (MIA, TOM):
        await store.ingest.store(ACCOUNT, [reply(party=party)])
        clock.advance(60)
    return [await conversation_with(store, party) for party in (MIA, TOM)]


async def test_it_goes_on_until_nobody_is_left_and_begins_again(
    store: Store, clock: ManualClock
) -> None:
    mia, tom = await two_wait(store, clock)
    way = Triaging(store, "ana")
    assert await way.next() == mia
    assert await way.next() == tom
    assert await way.next() is None
    assert await way.verdict() == "0 handled, 2 still wait"
    way.begin_again()
    assert await way.next() == mia


async def test_what_waits_no_longer_is_counted_once(store: Store, clock: ManualClock) -> None:
    mia, tom = await two_wait(store, clock)
    way = Triaging(store, "ana")
    assert not await way.settled(mia)
    await store.triage.close([mia.id], "ana")
    assert await way.settled(mia) and await way.settled(mia)
    assert await way.counter() == "1 left · 1 handled"
    await store.triage.assign([tom.id], "ana", "zoe")
    assert await way.settled(tom)
    assert await way.verdict() == "All clear, 2 handled · 1 waits for colleagues"


async def test_undone_it_waits_again_and_is_the_place_to_go_on_from(
    store: Store, clock: ManualClock
) -> None:
    mia, tom = await two_wait(store, clock)
    way = Triaging(store, "ana")
    assert await way.taken_back() is None
    await way.next()
    before = await store.triage.close([mia.id], "ana")
    await way.settled(mia)
    assert await way.taken_back() is None
    await store.triage.restore(before, "ana")
    again = await way.taken_back()
    assert again is not None and again.id == mia.id
    assert way.handled == 0
    assert await way.next() == tom
