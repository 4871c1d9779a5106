"""Who works at the desk, and whose turn it is."""

from tests.store.builders import ACCOUNT, MIA, TOM, conversation_with, reply
from tui.clock import ManualClock
from tui.domain.conversation import Conversation
from tui.store.store import Store

EVE = "+61491570159"


async def waiting(store: Store, clock: ManualClock) -> list[Conversation]:
    """Three who wait, longest first."""
    for party in (MIA, TOM, EVE):
        await store.ingest.store_events(ACCOUNT, [reply(party=party)])
        clock.advance(60)
    return [await conversation_with(store, party) for party in (MIA, TOM, EVE)]


async def test_everybody_who_sat_here_or_has_open_work_is_known(
    store: Store, clock: ManualClock
) -> None:
    first, second, _ = await waiting(store, clock)
    for name in ("zoe", "ana", " ana \ud83d", ""):
        await store.agents.record_agent(name)
    await store.triage.assign_conversations([first.id], "ana", "tom\nb")
    await store.triage.assign_conversations([second.id], "ana", "was here")
    await store.triage.close_conversations([second.id], "ana")
    assert await store.agents.list_names() == ["ana", "ana \ufffd", "tom b", "zoe"]


async def test_the_queue_of_an_agent_is_theirs_and_nobodys(
    store: Store, clock: ManualClock
) -> None:
    mia, tom, eve = await waiting(store, clock)
    await store.triage.assign_conversations([mia.id], "zoe", "zoe")
    await store.triage.assign_conversations([tom.id], "zoe", "ana")
    assert await store.agents.count_remaining("ana") == 2
    assert await store.agents.count_remaining("zoe") == 2
    first = await store.agents.find_next_conversation("ana", None)
    assert first is not None and first.id == tom.id
    second = await store.agents.find_next_conversation("ana", first)
    assert second is not None and second.id == eve.id
    assert await store.agents.find_next_conversation("ana", second) is None


async def test_who_is_closed_or_snoozed_is_not_in_the_queue(
    store: Store, clock: ManualClock
) -> None:
    mia, tom, eve = await waiting(store, clock)
    await store.triage.close_conversations([mia.id], "ana")
    await store.triage.snooze_conversations([tom.id], "ana", None)
    found = await store.agents.find_next_conversation("ana", None)
    assert found is not None and found.id == eve.id
    assert await store.agents.count_remaining("ana") == 1
