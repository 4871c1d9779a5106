"""Test agents with levels and absence, teams, and what waits for the members of a team."""

from tests.store.builders import ACCOUNT, MIA, TOM, get_conversation, make_reply
from tests.store.consistency import check_counters_and_summaries
from tests.store.test_feed import watch_in_background
from tests.waiting import wait_until
from tui.clock import HOUR, ManualClock
from tui.domain.agent_level import AgentRecord, Level, Team
from tui.domain.change import VIEWS_CHANGED, Change, Subject
from tui.domain.conversation import View
from tui.store.conversations import FIRST_POSITION
from tui.store.store import Store


async def test_everyone_is_a_lead_until_one_is_named(store: Store) -> None:
    assert await store.team.get_level("bo") is Level.LEAD
    await store.team.set_level("mia", Level.LEAD)
    assert await store.team.get_level("mia") is Level.LEAD
    assert await store.team.get_level("bo") is Level.AGENT
    assert await store.team.list_leads() == ["mia"]
    await store.team.set_level("mia", Level.AGENT)
    assert await store.team.get_level("bo") is Level.LEAD


async def test_an_absence_ends_by_itself(store: Store, clock: ManualClock) -> None:
    await store.team.set_away("bo", clock.now() + HOUR)
    assert await store.team.list_agents() == [AgentRecord("bo", away_until=clock.now() + HOUR)]
    clock.advance(3600)
    assert await store.team.get_away("bo") is None
    assert await store.team.list_agents() == [AgentRecord("bo")]
    await store.team.set_away("bo", clock.now() + HOUR)
    await store.team.set_away("bo", None)
    assert await store.team.get_away("bo") is None


async def test_an_agent_is_present_while_a_desk_is_open(store: Store, clock: ManualClock) -> None:
    await store.agents.record_agent("bo")
    await store.leases.renew_leases("bo", "desk", (), duration_ms=0, preferred=False)
    assert [agent.is_present for agent in await store.team.list_agents()] == [True]
    clock.advance(120)
    assert [agent.is_present for agent in await store.team.list_agents()] == [False]


async def test_a_conversation_of_a_team_waits_for_its_members(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply(party=MIA), make_reply(party=TOM)])
    mia, tom = await get_conversation(store, MIA), await get_conversation(store, TOM)
    await store.team.save_team("sales", ["bo", "ana"])
    await store.triage.assign_conversations([mia.id], "zoe", "@sales")
    await store.triage.assign_conversations([tom.id], "zoe", "kim")
    for agent, count in (("bo", 1), ("ana", 1), ("kim", 1), ("zoe", 0)):
        assert await store.agents.count_remaining(agent) == count
    found = await store.agents.find_next_conversation("bo", None)
    assert found is not None and found.id == mia.id
    mine = await store.team.resolve_view(View(assignee="bo"), "bo")
    assert mine.assigned == ("@sales",)
    listed = await store.conversations.list_after(mine, FIRST_POSITION, 10)
    assert [row.id for row in listed] == [mia.id]
    assert await store.conversations.count_conversations(mine) == 1
    assert "@sales" not in await store.agents.list_names()


async def test_renaming_and_deleting_a_team_takes_its_conversations_along(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply(party=MIA)])
    mia = await get_conversation(store, MIA)
    await store.team.save_team("sales", ["bo"])
    await store.triage.assign_conversations([mia.id], "zoe", "@sales")
    await store.team.rename_team("sales", "shop", "zoe")
    assert (await get_conversation(store, MIA)).assignee == "@shop"
    assert await store.team.list_teams() == [Team("shop", ("bo",))]
    ids = await store.team.delete_team("shop", "zoe")
    assert (await get_conversation(store, MIA)).assignee == ""
    assert await store.team.list_teams() == []
    await store.team.restore_team(Team("shop", ("bo",)), ids, "zoe")
    assert (await get_conversation(store, MIA)).assignee == "@shop"
    await check_counters_and_summaries(store)


async def test_other_desks_are_notified(store: Store) -> None:
    await store.ingest.store_events(ACCOUNT, [make_reply(party=MIA)])
    mia = await get_conversation(store, MIA)
    async with watch_in_background(store) as received:
        await store.team.save_team("sales", ["bo"])
        await wait_until(lambda: VIEWS_CHANGED in received, what="the team")
        await store.triage.assign_conversations([mia.id], "zoe", "@sales")
        assigned = Change(Subject.ASSIGNMENT, mia.id, mia.id)
        await wait_until(lambda: assigned in received, what="the assignment")
        received.clear()
        await store.triage.assign_conversations([mia.id], "zoe", "")
        await store.team.save_team("sales", [])
        await wait_until(lambda: VIEWS_CHANGED in received, what="the other changes")
        assert not [one for one in received if one.subject is Subject.ASSIGNMENT]
