"""Test saving what is shown as a view, and the dialog in which views are changed."""

import re

from tests.ui.desk import NARROW, WIDE, Desk, presses
from tests.ui.history import AGENT, COLLEAGUE, HUGO
from tests.ui.test_picking import list_parties
from tui.domain.agent_level import Level
from tui.domain.conversation import Order, State, View
from tui.screens.manage_views import ViewsScreen

Size = tuple[int, int]


async def list_names(desk: Desk) -> list[str]:
    """Return the names of the views with their keys."""
    return [f"{saved.key} {saved.name}" for saved in await desk.store.views.list_views(AGENT)]


@presses("save_view", "views")
async def test_saving_a_view_and_returning_to_it(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.press("g", "i")
        await desk.until(lambda: list_parties(desk) == [HUGO])
        await desk.command("save_view")
        await desk.shows("Save what is shown as", "assigned:me")
        await desk.press("enter")  # the name is proposed
        await desk.shows("Saved view Mine as g 1")
        assert [v.view for v in await desk.store.views.list_views(AGENT)] == [View(assignee=AGENT)]
        await desk.press("z")
        await desk.shows("the view Mine is removed again")
        await desk.command("save_view")
        await desk.type("My desk")
        await desk.press("enter")
        await desk.shows("Saved view My desk as g 1")
        await desk.press("g", "o")
        await desk.until(lambda: len(list_parties(desk)) == 7)
        await desk.command("views")
        await desk.shows("1 My desk", "Mine")
        await desk.press("enter")
        await desk.until(lambda: list_parties(desk) == [HUGO])


@presses("show_account", "show_unread")
async def test_lists_of_an_account_and_of_what_is_unread(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        row = desk.inbox.threads.current_row
        assert row is not None
        await desk.command("show_account")
        assert desk.inbox.threads.view == View(account=row.account, own=row.own)
        await desk.shows("V saves this list")
        await desk.command("show_account")
        names = [account.name for account in desk.app_context.accounts]
        following = names[(names.index(row.account) + 1) % len(names)]
        assert desk.inbox.threads.view == View(account=following)
        await desk.command("show_unread")
        assert desk.inbox.threads.view == View(unread=True)
        rows = desk.inbox.threads.rows
        assert rows and all(one.unread for one in rows)


async def test_an_empty_dialog_says_how_to_save_a_view(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.press("v")
        await desk.shows("No views yet: V saves the list that is shown")
        await desk.press("V", "enter")
        await desk.shows("1 Open", "Saved view Open as g 1")


async def test_views_are_renamed_moved_shared_and_removed(desk: Desk) -> None:
    for name in ("one", "two"):
        await desk.store.views.save_view(name, View(State.CLOSED), AGENT)
    async with desk.open(NARROW):
        await desk.press("v")
        await desk.shows("1 one", "2 two", "state:closed")
        await desk.press("J")
        await desk.shows("Moved view one down: g 2")
        assert await list_names(desk) == ["1 two", "2 one"]
        await desk.press("r")
        await desk.type("zwei")
        await desk.press("enter")
        await desk.shows("Renamed view one to zwei")
        await desk.press("r")
        await desk.type("two")
        await desk.press("enter")
        await desk.shows("There is a view two already", "Rename zwei")
        await desk.press("escape", "p")
        await desk.shows("View zwei is for you only now", "private")
        assert [v.name for v in await desk.store.views.list_views("zoe")] == ["two"]
        await desk.press("n")
        await desk.shows("You are notified of new texts in zwei only", "notifies")
        await desk.press("d")
        await desk.shows("Removed view zwei")
        assert await list_names(desk) == ["1 two"]
        await desk.press("z")
        await desk.shows("the view zwei is restored")
        assert await desk.store.views.list_notices(AGENT) == {(AGENT, "zwei")}
        await desk.press("2")
        await desk.until(lambda: desk.inbox.threads.view == View(State.CLOSED))


async def test_a_view_that_a_colleague_removes_while_it_is_renamed_is_named(desk: Desk) -> None:
    await desk.store.views.save_view("one", View(State.CLOSED), AGENT)
    async with desk.open(NARROW):
        await desk.press("v", "r")
        await desk.type("ghost")
        await desk.store.views.delete_view("one")
        await desk.press("enter")
        await desk.shows("The view one was renamed or removed meanwhile: nothing was changed")
        await desk.shows("No views yet")
        assert await list_names(desk) == []


async def test_an_undo_over_a_newer_view_of_that_name_is_refused(desk: Desk) -> None:
    await desk.store.views.save_view("one", View(State.CLOSED), AGENT)
    async with desk.open(NARROW):
        await desk.press("v", "d")
        await desk.shows("Removed view one")
        await desk.store.views.save_view("one", View(starred=True), COLLEAGUE)
        await desk.press("z")
        await desk.shows("There is a view one already: nothing was changed")
        assert [v.view for v in await desk.store.views.list_views(AGENT)] == [View(starred=True)]


async def test_saving_over_a_view_of_the_same_name_says_that_it_is_replaced(desk: Desk) -> None:
    await desk.store.views.save_view("Open", View(starred=True), COLLEAGUE)
    async with desk.open(WIDE):
        await desk.press("V", "enter")
        await desk.shows("Replaced view Open as g 1 · z undoes")
        await desk.press("z")
        await desk.shows("the view Open is as it was")
        assert [v.view for v in await desk.store.views.list_views(AGENT)] == [View(starred=True)]


async def test_the_filter_of_a_view_is_changed_and_mistakes_are_named(desk: Desk) -> None:
    await desk.store.views.save_view("late", View(order=Order.NEWEST), AGENT)
    async with desk.open(WIDE):
        await desk.press("v", "e")
        await desk.shows("Filter of late", "order:newest")
        await desk.type("acount:au")
        await desk.press("enter")
        await desk.shows('did you mean "account:"?')
        await desk.press("home", "delete")
        await desk.type("ac")
        await desk.press("enter")
        await desk.shows("View late shows au now")
        saved = (await desk.store.views.list_views(AGENT))[0]
        assert saved.view == View(account="au")
        await desk.press("z")
        await desk.shows("as it was")
        assert (await desk.store.views.list_views(AGENT))[0].view == View(order=Order.NEWEST)


async def test_counts_in_the_dialog_follow_the_store(desk: Desk) -> None:
    await desk.store.views.save_view("new", View(unread=True, own="+4477"), AGENT)
    async with desk.open(WIDE):
        await desk.press("v")
        await desk.shows("1 new")
        screen = desk.app.screen
        assert isinstance(screen, ViewsScreen)
        await desk.store.views.save_view("all", View(unread=True), AGENT)
        await desk.shows("2 all", "unread")


async def test_only_leads_change_shared_views(desk: Desk) -> None:
    await desk.store.views.save_view("late", View(order=Order.NEWEST), AGENT)
    await desk.store.team.set_level("zoe", Level.LEAD)
    async with desk.open(WIDE):
        await desk.press("v", "d")
        await desk.shows("Only leads change shared views: nothing was changed · ask zoe")
        assert await list_names(desk) == ["1 late"]
        for key, what in {
            "r": "shared views",
            "e": "shared views",
            "t": "times for an answer",
            "h": "business hours",
        }.items():
            await desk.press(key)  # refused before anything is typed
            await desk.shows(f"Only leads change {what}: nothing was changed · ask zoe")
            assert isinstance(desk.app.screen, ViewsScreen)
        await desk.press("escape", "V", "enter")
        await desk.shows("Saved view Open as g 2, for you only: leads share views")
        assert [v.name for v in await desk.store.views.list_views("zoe")] == ["late"]


async def test_a_view_shows_its_count_first_and_its_filter_unless_its_name_says_it(
    desk: Desk,
) -> None:
    await desk.store.views.save_view("Open", View(), AGENT)
    await desk.store.views.save_view("all of it", View(unread=True), AGENT, private=True)
    async with desk.open(NARROW):
        await desk.press("v")
        await desk.shows("2 all of it")
        screen = desk.app.screen
        assert isinstance(screen, ViewsScreen)
        opened, unread = (row.detail for row in screen.choices.rows)
        assert re.fullmatch(r"\d+ unread", opened)
        assert re.fullmatch(r"\d+ unread · Unread · private", unread)


async def test_a_name_that_no_one_has_is_named_when_a_filter_is_saved(desk: Desk) -> None:
    await desk.store.views.save_view("late", View(), AGENT)
    await desk.store.team.save_team("sales", [AGENT])
    async with desk.open(WIDE):
        await desk.press("v", "e")
        await desk.type("team:salse")
        await desk.press("enter")
        await desk.shows('View late shows Team salse now, but: There is no team "@salse"')
