"""Test views, agents and teams in line mode."""

from tests.plain.conftest import Typist
from tests.ui.history import AGENT, CHLOE
from tui.clock import DAY, HOUR
from tui.domain.agent_level import Level, Team
from tui.domain.conversation import State, View
from tui.domain.phone import parse_address


async def test_a_view_is_filtered_saved_listed_and_changed(mia: Typist) -> None:
    await mia.type("filter acount:au")
    await mia.shows('There is no filter "acount:" · did you mean "account:"?')
    await mia.type("filter state:closed")
    await mia.shows("Listed: Closed")
    await mia.type("save done")
    await mia.shows("Saved view done as g 1")
    await mia.type("unread")
    await mia.shows("Listed: Unread")
    await mia.type("save", "")
    await mia.shows("Save is:unread as (Enter: Unread):")
    assert [v.name for v in await mia.store.views.list_views(AGENT)] == ["done", "Unread"]
    await mia.type("v move Unread up")
    await mia.shows("Moved view Unread up: g 1")
    await mia.type("v rename done to finished", "v set finished to state:snoozed")
    await mia.shows("View finished shows Snoozed now")
    await mia.type("v private 2", "v notify finished")
    await mia.shows("You are notified of new texts in finished only")
    await mia.type("v remove finishd")
    await mia.shows('There is no view "finishd": did you mean finished?')
    await mia.type("v finished")
    await mia.shows("Listed: Snoozed")
    saved = (await mia.store.views.list_views(AGENT))[1]
    assert (saved.view, saved.owner) == (View(State.SNOOZED), AGENT)
    await mia.type("v remove finished", "z")
    await mia.shows("the view finished is restored")


async def test_the_list_of_an_account_and_then_the_next(mia: Typist) -> None:
    await mia.type("account", "account")
    await mia.shows("Listed: au")
    await mia.type("account pl")
    await mia.shows("Listed: pl")


async def test_agents_and_teams_are_changed_and_listed(mia: Typist) -> None:
    await mia.type("team add bo", "team save sales bo mia")
    await mia.shows("Created team @sales: bo, mia")
    await mia.type("team away mon", "team away bo tomorrow", "team rename sales shop")
    await mia.shows("You are away until Mon")
    await mia.shows("bo is away until tomorrow")
    await mia.type("team")
    await mia.shows("Team @shop: bo, mia")
    await mia.type("team back", "team away never")
    await mia.shows("You are back")
    await mia.type("team level bo lead", "team remove shop")
    await mia.shows("Only leads change teams: nothing was changed · ask bo")
    assert await mia.store.team.list_teams() == [Team("shop", ("bo", "mia"))]
    assert await mia.store.team.get_level(AGENT) is Level.AGENT
    assert await mia.store.team.get_away(AGENT) is None


async def test_assigning_refuses_unknown_names_and_asks_for_absent_ones(mia: Typist) -> None:
    await mia.store.team.save_team("sales", ["bo"])
    await mia.store.team.set_away("bo", mia.clock.now() + 2 * DAY)
    await mia.type("1", "a bob")
    await mia.shows('There is no agent or team "bob": did you mean bo?')
    await mia.type("a bo", "0")
    await mia.shows("bo is away until")
    await mia.shows("Not assigned")
    await mia.type("a bo", "")
    assert (await mia.conversation(CHLOE)).assignee == "bo"
    await mia.type("a @sales", "")
    await mia.shows("Assigned Chloe Martin to @sales")
    assert (await mia.conversation(CHLOE)).assignee == "@sales"


async def test_a_new_assignee_is_notified(mia: Typist) -> None:
    chloe = await mia.conversation(CHLOE)
    await mia.type("l")
    await mia.store.triage.assign_conversations([chloe.id], "bo", AGENT)
    await mia.shows("bo assigned Chloe Martin to you")
    await mia.type("w")
    await mia.shows("Chloe Martin")


async def test_a_view_gets_a_time_for_an_answer_and_statistics_follow(mia: Typist) -> None:
    await mia.type("save all", "v within all to soon")
    await mia.shows('"soon" is no time: write 30m')
    await mia.type("v within all to 1h, mon-fri 9-17", "v hours always; ; Mars/Base")
    await mia.shows("all: answered within 1h, mon-fri 9-17")
    await mia.shows('"Mars/Base" is no time zone')
    await mia.type("v within all 45 minutes", "v within all", "v within nope 3m", "v hours")
    await mia.shows("all: answered within 45m")
    await mia.shows("v within NAME 30m")
    await mia.shows('There is no view "nope"')
    await mia.shows("The desk is always open")
    await mia.type("z", "y", "z", "y", "overdue", "stats 3")
    await mia.shows("Undone: the time for an answer in all")
    await mia.shows("3 days: ")


async def test_names_that_a_filter_mentions_and_no_one_has_are_named(mia: Typist) -> None:
    await mia.store.team.save_team("sales", ["bo"])
    await mia.type("filter team:salse")
    await mia.shows('There is no team "@salse": did you mean @sales?')
    await mia.type("filter own:+61491570007 account:ua")
    await mia.shows('There is no account "ua": did you mean au?; There is no own number')
    await mia.type("filter assigned:bo", "save bos", "v set bos to label:nope")
    await mia.shows('View bos shows #nope now, but: There is no label "nope"')
    await mia.type("filter account:au own:+61491570006 assigned:@sales")
    assert sum("There is no " in line for line in mia.output) == 1


async def test_a_view_that_does_not_exist_is_named_before_the_lists(mia: Typist) -> None:
    await mia.type("v later")
    await mia.shows('Nothing here, or more than one, is "later": type a number from 1')
    await mia.type("99")
    await mia.shows("There are only")
    await mia.type("0")


async def test_an_agent_of_line_mode_alone_is_known_to_colleagues(mia: Typist) -> None:
    assert AGENT in await mia.store.agents.list_names()
    assert AGENT in [agent.name for agent in await mia.store.team.list_agents()]
    await mia.type("team")
    assert any(AGENT in line for line in mia.output)


async def test_late_answers_are_announced(mia: Typist) -> None:
    await mia.type("save all", "v within all 1h")
    answers = mia.store.answer_targets
    targets = await answers.list_targets()
    await answers.judge_conversations(targets)
    mia.clock.advance(2 * HOUR / 1_000)
    await answers.judge_conversations(targets)
    await mia.shows("conversations wait longer than they should · overdue shows them")


async def test_an_agent_may_not_forget_a_customer_once_there_is_a_lead(mia: Typist) -> None:
    await mia.store.team.set_level("bo", Level.LEAD)
    await mia.type("1", "forget")
    await mia.shows("Only leads change what is kept of customers: nothing was changed · ask bo.")
    assert await mia.store.conversations.find_by_address(parse_address(CHLOE)) is not None


async def test_a_verb_alone_says_how_it_is_written_and_asks_nothing(mia: Typist) -> None:
    await mia.type("v within")
    await mia.shows("v within NAME 30m")
    await mia.type("filter is:unread", "save within")
    await mia.shows("Saved view within")
    await mia.type("v within")
    await mia.shows("Listed: Unread")
