"""Test the list of known agents and the queue of an agent."""

from tests.store.builders import ACCOUNT, MIA, TOM, get_conversation, make_reply
from tui.clock import ManualClock
from tui.domain.conversation import Conversation
from tui.store.store import Store

EVE = "+61491570159"


async def add_waiting(store: Store, clock: ManualClock) -> list[Conversation]:
    """Add three waiting customers, the longest wait first."""
    for party in (MIA, TOM, EVE):
        await store.ingest.store_events(ACCOUNT, [make_reply(party=party)])
        clock.advance(60)
    return [await get_conversation(store, party) for party in (MIA, TOM, EVE)]


async def test_agents_seen_here_or_with_open_work_are_listed(
    store: Store, clock: ManualClock
) -> None:
    first, second, _ = await add_waiting(store, clock)
    for name in ("zoe", "ana", " ana \ud83d", ""):
        await store.agents.record_agent(name)
    await store.triage.assign_conversations([first.id], "ana", "tom\nb")
    await store.triage.assign_conversations([second.id], "ana", "was here")
    await store.triage.close_conversations([second.id], "ana")
    assert await store.agents.list_names() == ["ana", "ana \ufffd", "tom b", "zoe"]


async def test_the_queue_of_an_agent_has_their_own_and_unassigned_conversations(
    store: Store, clock: ManualClock
) -> None:
    mia, tom, eve = await add_waiting(store, clock)
    await store.triage.assign_conversations([mia.id], "zoe", "zoe")
    await store.triage.assign_conversations([tom.id], "zoe", "ana")
    assert await store.agents.count_remaining("ana") == 2
    assert await store.agents.count_remaining("zoe") == 2
    first = await store.agents.find_next_conversation("ana", None)
    assert first is not None and first.id == tom.id
    second = await store.agents.find_next_conversation("ana", first)
    assert second is not None and second.id == eve.id
    assert await store.agents.find_next_conversation("ana", second) is None


async def test_closed_and_snoozed_conversations_are_not_in_the_queue(
    store: Store, clock: ManualClock
) -> None:
    mia, tom, eve = await add_waiting(store, clock)
    await store.triage.close_conversations([mia.id], "ana")
    await store.triage.snooze_conversations([tom.id], "ana", None)
    found = await store.agents.find_next_conversation("ana", None)
    assert found is not None and found.id == eve.id
    assert await store.agents.count_remaining("ana") == 1
