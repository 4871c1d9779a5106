"""Test commands that ask first: snooze, assign, label, views, and the history of these actions."""

from zoneinfo import ZoneInfo

import pytest

from tests.ui.desk import BOTH_SIZES, NARROW, WIDE, Desk, presses
from tests.ui.history import AGENT, ANA, BOB, CHLOE, DAWIT, FARID, HUGO, NAMES
from tui.clock import DAY, HOUR, MINUTE
from tui.domain.conversation import Order, State, View
from tui.screens.inbox import InboxScreen

Size = tuple[int, int]


def list_parties(desk: Desk) -> list[str]:
    """Return the numbers of the conversations in the list."""
    return [row.party for row in desk.inbox.threads.rows]


async def wait_for_inbox(desk: Desk) -> None:
    """Wait until the inbox is on top again."""
    await desk.until(lambda: isinstance(desk.app.screen, InboxScreen), "the dialog gone")


# Snoozing -------------------------------------------------------------------------------------


@presses("snooze")
async def test_snoozing_shows_the_time_and_hides_the_conversation(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.command("snooze")
        await desk.shows("Snooze Chloe Martin", "When?")
        await desk.type("tomorrow 9")
        await desk.shows("→ tomorrow 09:00, in 18h 58m")
        await desk.press("enter")
        await desk.shows("Snoozed Chloe Martin until tomorrow 09:00 · z undoes")
        chloe = await desk.thread(CHLOE)
        assert chloe.state is State.SNOOZED
        assert chloe.snoozed_until == desk.clock.now() // DAY * DAY + 33 * HOUR
        await desk.press("z")
        await desk.until(lambda: CHLOE in list_parties(desk))
        assert (await desk.thread(CHLOE)).snoozed_until is None


@BOTH_SIZES
async def test_an_invalid_time_is_reported_and_enter_does_nothing(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.press("h")
        await desk.type("soonish")
        await desk.shows("Not understood")
        await desk.press("enter")
        await desk.shows("Snooze Chloe Martin")
        await desk.press("escape")
        await wait_for_inbox(desk)
        assert (await desk.thread(CHLOE)).state is State.OPEN


@BOTH_SIZES
@pytest.mark.parametrize(
    ("keys", "example", "asked"),
    [
        (("h",), "such as 20m", "Type a time, such as 20m"),
        (("r", "h", "i", "f5"), "such as tomorrow 9", "Type a time, such as tomorrow 9"),
        (("c",), "name, or number: +61 491 570 156", "No number: write it with +"),
        (("g", "p"), "such as ~/customers.csv", "Type the path of a file, such as ~/cust"),
    ],
)
async def test_enter_in_an_empty_field_says_what_to_type(
    desk: Desk, size: Size, keys: tuple[str, ...], example: str, asked: str
) -> None:
    async with desk.open(size):
        await desk.press(*keys)
        await desk.shows(example)
        await desk.hides(asked)
        await desk.press("enter")
        await desk.shows(asked, example)


async def test_snoozed_until_a_reply_comes_back_with_the_reply(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.press("h")
        await desk.type("until reply")
        await desk.shows("→ until they reply")
        await desk.press("enter")
        await desk.shows("Snoozed Chloe Martin until they reply")
        assert (await desk.thread(CHLOE)).snoozed_until is None
        await desk.shows("snoozed until they reply by you")
        await desk.press("j")
        await desk.until(lambda: CHLOE not in list_parties(desk))
        await desk.events.receive_texts(CHLOE, "Still there?")
        await desk.until(lambda: CHLOE in list_parties(desk))


async def test_snoozes_end_without_background_work(desk: Desk) -> None:
    async with desk.open(WIDE):
        desk.clock.advance(20 * HOUR / 1_000)
        await desk.until(lambda: FARID in list_parties(desk), "Farid awake")
        assert (await desk.thread(FARID)).state is State.OPEN


async def test_the_list_of_snoozed_conversations_shows_the_end(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.press("g", "s")
        await desk.shows("Snoozed 1", "till Thu")


async def test_snoozing_several_at_once(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.press("x", "x", "h")
        await desk.shows("Snooze 2 conversations")
        await desk.type("20m")
        await desk.press("enter")
        await desk.shows("Snoozed 2 conversations until today 14:22")
        for number in (CHLOE, DAWIT):
            assert (await desk.thread(number)).snoozed_until == desk.clock.now() + 20 * MINUTE


# Assigning ------------------------------------------------------------------------------------


@presses("assign")
async def test_assigning_to_a_colleague_by_typing_part_of_the_name(desk: Desk, size: Size) -> None:
    for name in ("bo", "zoe"):
        await desk.store.agents.record_agent(name)
    async with desk.open(size):
        await desk.command("assign")
        await desk.shows("Assign Chloe Martin", "✓ no one", "zoe")
        await desk.type("ze")
        await desk.hides("no one")
        await desk.press("enter")
        await desk.shows("Assigned Chloe Martin to zoe")
        assert (await desk.thread(CHLOE)).assignee == "zoe"
        await desk.press("z")
        await desk.shows("Undone")
        assert (await desk.thread(CHLOE)).assignee == ""


async def test_an_unknown_name_is_refused_with_the_nearest_one(desk: Desk) -> None:
    await desk.store.agents.record_agent("Łucja [b]")
    async with desk.open(WIDE):
        await desk.move_to(HUGO)
        await desk.press("a")
        await desk.type("Lucjaa")
        await desk.shows("No agent or team has this name: g w adds one")
        await desk.press("enter")
        await desk.shows('There is no agent or team "Lucjaa": did you mean Łucja [b]?')
        await desk.press("backspace", "backspace", "backspace", "backspace", "backspace")
        await desk.press("backspace")
        await desk.type("[b")
        await desk.press("enter")
        await desk.shows("Assigned Hugo Fournier to Łucja [b]")
        assert (await desk.thread(HUGO)).assignee == "Łucja [b]"
        await desk.press("a")
        await desk.type("no one")
        await desk.press("enter")
        await desk.shows("Unassigned")
        assert (await desk.thread(HUGO)).assignee == ""
        assert await desk.store.agents.list_names() == [AGENT, "Łucja [b]"]


@BOTH_SIZES
async def test_assigning_to_a_team_or_to_someone_who_is_away(desk: Desk, size: Size) -> None:
    await desk.store.team.save_team("sales", ["bo", AGENT])
    await desk.store.team.set_away("bo", desk.clock.now() + 3 * DAY)
    async with desk.open(size):
        await desk.move_to(HUGO)
        await desk.press("a")
        await desk.shows("bo", "away until", f"bo, {AGENT}")
        await desk.type("bo")
        await desk.press("enter")
        await desk.shows("bo is away until", "Enter assigns anyway")
        assert (await desk.thread(HUGO)).assignee == AGENT
        await desk.press("enter")
        await desk.shows("Assigned Hugo Fournier to bo")
        assert (await desk.thread(HUGO)).assignee == "bo"
        await desk.press("a")
        await desk.type("@sa")
        await desk.press("enter")
        await desk.shows("Assigned Hugo Fournier to @sales")
        assert (await desk.thread(HUGO)).assignee == "@sales"
        await desk.press("g", "i")
        await desk.until(lambda: list_parties(desk) == [HUGO])
        await desk.shows("Mine 1")


async def test_an_agent_who_opens_the_app_is_recorded(desk: Desk) -> None:
    async with desk.open(WIDE, agent="newcomer"):

        async def is_recorded() -> bool:
            return "newcomer" in await desk.store.agents.list_names()

        await desk.until(is_recorded)


# Labels ---------------------------------------------------------------------------------------


@presses("label")
async def test_adding_a_new_label_and_removing_it(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.command("label")
        await desk.shows("Labels of Chloe Martin", "#parcels")
        await desk.type("#vip [red]")
        await desk.press("enter")
        await desk.shows("Labelled Chloe Martin #vip [red]")
        assert (await desk.thread(CHLOE)).labels == ("vip [red]",)
        await desk.press("l")
        await desk.shows("✓ #vip [red]")
        await desk.type("vip")
        await desk.press("enter")
        await desk.shows("Removed #vip [red] from Chloe Martin")
        assert (await desk.thread(CHLOE)).labels == ()


async def test_a_label_is_added_to_all_when_one_of_them_lacks_it(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.move_to(BOB)
        await desk.press("x", "end", "x", "l")
        await desk.type("parcels")
        await desk.hides("✓ #parcels")
        await desk.press("enter")
        await desk.shows("Labelled 2 conversations #parcels")
        assert (await desk.thread(BOB)).labels == ("parcels",)
        assert (await desk.thread(HUGO)).labels == ("parcels",)


@BOTH_SIZES
async def test_several_labels_are_ticked_in_one_opening_and_undone_as_one(
    desk: Desk, size: Size
) -> None:
    async with desk.open(size):
        await desk.store.triage.set_label([(await desk.thread(BOB)).id], AGENT, "late", True)
        await desk.store.triage.set_label([(await desk.thread(CHLOE)).id], AGENT, "angry", True)
        await desk.press("l")
        await desk.shows("✓ #angry", "  #late", "Space or Tab ticks", "Enter applies")
        await desk.press("space")
        await desk.hides("✓ #angry")
        await desk.press("down", "space")
        await desk.shows("✓ #late", "Enter applies 2")
        await desk.type("very")
        await desk.press("space")
        await desk.type("new")
        await desk.shows("New label very new")
        await desk.press("tab")
        await desk.shows("✓ #very new", "Enter applies 3")
        assert (await desk.thread(CHLOE)).labels == ("angry",)
        await desk.press("enter")
        await desk.shows("Labelled Chloe Martin #late, #very new, removed #angry · z undoes")
        assert (await desk.thread(CHLOE)).labels == ("late", "very new")
        await desk.press("z")
        await desk.shows("Undone")
        assert (await desk.thread(CHLOE)).labels == ("angry",)


async def test_a_label_ticked_twice_is_as_it_was_and_escape_changes_nothing(desk: Desk) -> None:
    async with desk.open(NARROW):
        await desk.press("l", "space")
        await desk.shows("✓ #parcels", "Enter applies 1")
        await desk.press("space")
        await desk.shows("Enter applies")
        await desk.press("space", "escape")
        await wait_for_inbox(desk)
        assert (await desk.thread(CHLOE)).labels == ()


async def test_enter_applies_the_typed_label_and_the_ticked_ones(desk: Desk) -> None:
    async with desk.open(NARROW):
        await desk.press("l", "tab")
        await desk.shows("✓ #parcels")
        await desk.type("#vip")
        await desk.press("enter")
        await desk.shows("Labelled Chloe Martin #parcels, #vip")
        assert (await desk.thread(CHLOE)).labels == ("parcels", "vip")


async def test_enter_after_ticks_were_undone_applies_the_current_line(desk: Desk) -> None:
    async with desk.open(NARROW):
        await desk.press("l", "tab", "tab", "enter")
        await desk.shows("Labelled Chloe Martin #parcels")


async def test_labels_are_shown_in_the_list_and_over_the_conversation(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.move_to(HUGO)
        row = next(n for n, line in enumerate(desk.lines()) if "Hugo" in line[:40])
        assert "#parcels" in desk.lines()[row + 1][:42]
        await desk.until(lambda: "#parcels" in desk.lines()[1], "the label in the heading")


@presses("show_label")
async def test_showing_the_conversations_with_a_label(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.command("show_label")
        await desk.shows("Show a label", "#parcels")
        await desk.press("enter")
        await desk.until(lambda: list_parties(desk) == [HUGO])
        await desk.shows("─ #parcels 1 ─")


async def test_without_labels_there_is_none_to_show(empty_desk: Desk) -> None:
    async with empty_desk.open(WIDE):
        await empty_desk.press("g", "l")
        await empty_desk.shows("No labels yet: l adds one")


# Views ----------------------------------------------------------------------------------------


async def test_a_digit_after_g_shows_a_saved_view(desk: Desk) -> None:
    await desk.store.views.save_view("Late [/]", View(order=Order.NEWEST), AGENT)
    async with desk.open(NARROW):
        await desk.press("g")
        await desk.shows("1 Late [/]", "/ Search everything")
        await desk.press("1")
        await desk.shows("newest")
        assert desk.inbox.threads.view == View(order=Order.NEWEST)


async def test_a_digit_without_a_view_does_nothing(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.press("g", "7")
        assert desk.inbox.threads.view == View()


# History --------------------------------------------------------------------------------------


@presses("history")
async def test_the_history_shows_who_did_what(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.move_to(HUGO)
        await desk.press("e", "z")
        await desk.shows("Undone")
        await desk.until(lambda: HUGO in list_parties(desk))
        await desk.move_to(HUGO)
        await desk.command("history")
        await desk.shows(
            "History of Hugo Fournier",
            "14:02  mia undid an action",
            "14:02  mia closed it",
            "09:30  mia added the label #parcels",
            "09:30  mia assigned it to mia",
        )
        await desk.press("H")
        await desk.hides("History of Hugo Fournier")


async def test_an_empty_history_says_so(desk: Desk) -> None:
    await desk.events.receive_texts("+61491570999", "hi")
    async with desk.open(WIDE):
        await desk.move_to("+61491570999")
        await desk.press("H")
        await desk.shows("Nothing has been done here yet.")


@pytest.mark.parametrize("key", ["h", "a", "l", "H"])
async def test_an_empty_list_opens_no_dialog(empty_desk: Desk, key: str) -> None:
    async with empty_desk.open(WIDE):
        await empty_desk.press(key)
        assert isinstance(empty_desk.app.screen, InboxScreen)


async def test_names_of_contacts_are_shown_as_written_in_titles(desk: Desk) -> None:
    ana = await desk.thread(ANA)
    await desk.store.contacts.rename_contact(ana.id, "[@click=app.quit]x[/]\x1b[31m", "", AGENT)
    async with desk.open(WIDE):
        await desk.move_to(ANA)
        await desk.press("l")
        await desk.shows("Labels of [@click=app.quit]x[/]")
        assert NAMES[ANA] not in desk.text()


@pytest.mark.parametrize(
    ("typed", "note"),
    [
        ("29 march 2:30", "02:30 does not exist that day: 03:30"),
        ("25.10. 2:30", "02:30 comes twice that day: the first is taken"),
        ("9 april", "no time given: 09:00 is taken"),
    ],
)
@pytest.mark.parametrize("command", ["snooze", "schedule"])
async def test_what_is_assumed_is_shown_below_the_field(
    desk: Desk, command: str, typed: str, note: str
) -> None:
    async with desk.open(NARROW, zone=ZoneInfo("Europe/Warsaw")):
        await desk.open_thread(CHLOE)
        if command == "schedule":
            await desk.press("r")
            await desk.type("Hello")
        await desk.command(command)
        await desk.type(typed)
        await desk.shows(note)
        if command == "schedule":
            await desk.shows("your time", "there")
        await desk.press("space", "x")
        await desk.hides(note)
