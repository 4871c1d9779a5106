"""Test the dialog of agents and teams, and that a new assignee is notified."""

from tests.ui.desk import NARROW, WIDE, Desk, presses
from tests.ui.history import AGENT, ANA, CHLOE, COLLEAGUE
from tui.domain.agent_level import Level, Team
from tui.screens.manage_team import TeamScreen
from tui.screens.pick import Choice
from tui.screens.questions import PromptScreen

Size = tuple[int, int]


@presses("team")
async def test_agents_and_teams_are_changed(desk: Desk, size: Size) -> None:
    await desk.store.team.add_agent("bo")
    async with desk.open(size):
        await desk.command("team")
        await desk.shows("Agents and teams", "bo", "you")
        await desk.press("a")
        await desk.type("zoe")
        await desk.press("enter")
        await desk.shows("Added zoe: conversations can be assigned to them")
        await desk.press("up", "up", "enter")
        await desk.shows("bo is away until")
        await desk.type("mon")
        await desk.press("enter")
        await desk.shows("bo is away until Mon")
        assert await desk.store.team.get_away("bo") is not None
        await desk.press("z")
        await desk.shows("the absence of bo is as it was")
        assert await desk.store.team.get_away("bo") is None
        await desk.press("t")
        await desk.type("sales")
        await desk.press("enter")
        await desk.shows("Members of @sales")
        await desk.press("space", "down", "space", "enter")
        await desk.shows("Created team @sales: bo, mia")
        assert await desk.store.team.list_teams() == [Team("sales", ("bo", "mia"))]
        await desk.press("down", "down", "down", "r")
        await desk.type("shop")
        await desk.press("enter")
        await desk.shows("Renamed @sales to @shop")
        await desk.press("d")
        await desk.shows("Deleted team @shop")
        assert await desk.store.team.list_teams() == []
        await desk.press("z")
        await desk.shows("@shop is restored")
        assert await desk.store.team.list_teams() == [Team("shop", ("bo", "mia"))]


async def test_a_refused_name_stays_in_its_field_with_the_reason(desk: Desk) -> None:
    await desk.store.team.add_agent("bo")
    for team in ("sales", "support"):
        await desk.store.team.save_team(team, ["bo"])
    async with desk.open(NARROW):
        await desk.command("team")
        await desk.shows("@sales", "@support")
        await desk.press("t")
        await desk.type("two words")
        await desk.press("enter")
        await desk.shows('"two words" cannot be a team')
        await desk.press("ctrl+w", "backspace", "enter")
        await desk.shows("Members of @two")
        await desk.press("escape", "a")
        await desk.type("@ann")
        await desk.press("enter")
        await desk.shows("@ann", "does not begin with @")
        await desk.press("escape")
        screen = desk.app.screen
        assert isinstance(screen, TeamScreen)
        await screen.choices.go_to_row(Choice("@sales", ""))
        await desk.press("r", "ctrl+u")
        await desk.type("support")
        await desk.press("enter")
        await desk.shows("There is a team @support already")
        await desk.type("2")
        await desk.press("enter")
        await desk.shows("Renamed @sales to @support2")
        await screen.choices.go_to_row(Choice("bo", ""))
        await desk.press("w")
        await desk.type("monnday")
        await desk.press("enter")
        await desk.shows("bo is away until", "monnday")
        assert isinstance(desk.app.screen, PromptScreen)
    names = [team.name for team in await desk.store.team.list_teams()]
    assert sorted(names) == ["support", "support2"]


async def test_once_a_lead_is_named_only_leads_change_teams(desk: Desk) -> None:
    await desk.store.team.add_agent("bo")
    async with desk.open(NARROW):
        await desk.press("g", "w")
        await desk.shows("bo")
        await desk.press("l")
        await desk.shows("bo is a lead now: only leads change teams")
        assert await desk.store.team.list_leads() == ["bo"]
        for key, what in {"t": "teams", "a": "agents", "enter": "the absence of others"}.items():
            await desk.press(key)  # refused before anything is typed
            await desk.shows(f"Only leads change {what}", "ask bo")
            assert isinstance(desk.app.screen, TeamScreen)
        await desk.press("down", "l")
        await desk.shows("Only leads change levels")
        await desk.press("enter")
        await desk.type("tomorrow")
        await desk.press("enter")
        await desk.shows("You are away until tomorrow")
        assert await desk.store.team.get_level(AGENT) is Level.AGENT
        assert await desk.store.team.list_teams() == []


async def test_a_new_assignee_and_the_members_of_a_team_are_notified(desk: Desk) -> None:
    chloe, ana = await desk.thread(CHLOE), await desk.thread(ANA)
    await desk.store.team.save_team("sales", [AGENT])
    async with desk.open(WIDE):
        await desk.store.triage.assign_conversations([chloe.id], "bo", AGENT)
        await desk.shows("bo assigned Chloe Martin to you · g i shows it")
        await desk.store.triage.assign_conversations([ana.id], "bo", "@sales")
        await desk.shows("bo assigned", "to @sales · g i shows it")
        await desk.press("A")
        await desk.hides("bo assigned")
        await desk.press("z")
        await desk.hides("assigned Chloe Martin to you ·")


async def test_the_cursor_is_on_what_was_added(desk: Desk) -> None:
    async with desk.open(NARROW):
        await desk.press("g", "w")
        await desk.shows("No teams yet: t creates one")
        screen = desk.app.screen
        assert isinstance(screen, TeamScreen)
        for name in ("zed", "amy"):
            await desk.press("a")
            await desk.type(name)
            await desk.press("enter")
            await desk.shows(f"Added {name}")
            row = screen.choices.current_row
            assert row is not None and row.value == name
        await desk.press("t")
        await desk.type("sales")
        await desk.press("enter")
        await desk.shows("Members of @sales")
        await desk.press("space", "enter")
        await desk.shows("Created team @sales")
        row = screen.choices.current_row
        assert row is not None and row.value == "@sales"


async def test_a_long_line_about_an_agent_is_whole(desk: Desk) -> None:
    team, now = desk.store.team, desk.app_context.clock.now()
    await team.add_agent("bo")
    await team.set_level("bo", Level.LEAD)
    await team.save_team("sales", ("bo",))
    await team.set_away("bo", now + 3 * 86_400_000)
    async with desk.open(NARROW):
        await desk.press("g", "w")
        await desk.shows("lead · away until", " · @sales")


async def test_members_that_a_colleague_adds_meanwhile_stay(desk: Desk) -> None:
    for name in ("bo", "zoe"):
        await desk.store.team.add_agent(name)
    await desk.store.team.save_team("sales", ["bo"])
    async with desk.open(WIDE):
        await desk.press("g", "w")
        await desk.shows("@sales")
        await desk.press("k", *"jjj", "enter")
        await desk.shows("Members of @sales")
        await desk.press("down", "space")
        await desk.store.team.change_members("sales", ["zoe"], [])
        await desk.press("enter")
        await desk.shows("Changed team @sales: bo, mia, zoe")
        await desk.press("z")
        await desk.shows("@sales has its former members")
        assert await desk.store.team.list_teams() == [Team("sales", ("bo", "zoe"))]


async def test_a_team_that_is_renamed_while_its_members_are_chosen_is_not_made_again(
    desk: Desk,
) -> None:
    await desk.store.team.save_team("sales", [AGENT])
    async with desk.open(NARROW):
        await desk.press("g", "w")
        await desk.shows("@sales")
        await desk.press("j", "enter")
        await desk.shows("Members of @sales")
        await desk.press("space")
        await desk.store.team.rename_team("sales", "shop", COLLEAGUE)
        await desk.press("enter")
        await desk.shows("The team @sales was renamed or deleted meanwhile: nothing was changed")
        assert await desk.store.team.list_teams() == [Team("shop", (AGENT,))]


async def test_a_new_team_with_the_name_of_another_changes_the_members_of_that(desk: Desk) -> None:
    await desk.store.team.add_agent("bo")
    await desk.store.team.save_team("sales", [AGENT])
    async with desk.open(NARROW):
        await desk.press("g", "w", "t")
        await desk.type("sales")
        await desk.press("enter")
        await desk.shows("Members of @sales")
        await desk.press("space", "enter")
        await desk.shows("Changed team @sales: bo, mia")


async def test_enter_with_nothing_ticked_confirms_the_members_as_they_are(desk: Desk) -> None:
    await desk.store.team.save_team("sales", ["bo"])
    async with desk.open(WIDE):
        await desk.command("team")
        await desk.shows("@sales")
        await desk.press("down", "down", "enter")
        await desk.shows("Members of @sales")
        await desk.press("enter")
        await desk.shows("The members of @sales are unchanged")
        assert await desk.store.team.list_teams() == [Team("sales", ("bo",))]
