"""Test the commands of the list, each pressed at both sizes: the cursor and what is shown."""

from collections.abc import Sequence

import pytest

from tests.ui.desk import BOTH_SIZES, NARROW, WIDE, Desk, presses
from tests.ui.history import (
    AGENT,
    ANA,
    BOB,
    CHLOE,
    DAWIT,
    EMIL,
    FARID,
    HUGO,
    INES,
    NAMES,
    PRIYA,
    UNNAMED,
)
from tui.domain.conversation import View

Size = tuple[int, int]
OPEN = [CHLOE, DAWIT, ANA, PRIYA, BOB, UNNAMED, HUGO]
"""The open conversations, longest waiting first, the others by their last message."""


def get_current_number(desk: Desk) -> str:
    """Return the number of the conversation under the cursor."""
    row = desk.inbox.threads.current_row
    return row.party if row is not None else ""


async def wait_for_list(desk: Desk, numbers: Sequence[str]) -> None:
    """Wait until the list shows exactly these conversations in this order."""
    await desk.until(
        lambda: [row.party for row in desk.inbox.threads.rows] == list(numbers),
        f"{numbers}, not {[row.party for row in desk.inbox.threads.rows]}",
    )


@presses("next", "previous")
async def test_the_cursor_goes_down_and_up(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.command("next")
        await desk.command("next")
        assert get_current_number(desk) == ANA
        await desk.command("previous")
        assert get_current_number(desk) == DAWIT


@presses("first", "last")
async def test_the_cursor_goes_to_both_ends(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.command("last")
        await desk.until(lambda: get_current_number(desk) == HUGO)
        await desk.command("first")
        await desk.until(lambda: get_current_number(desk) == CHLOE)


@BOTH_SIZES
async def test_the_cursor_stops_at_both_ends(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.press("k", "k")
        assert get_current_number(desk) == CHLOE
        await desk.press("G", "j", "j")
        assert get_current_number(desk) == HUGO


@presses("open", "back")
async def test_opening_shows_the_conversation_and_marks_it_read(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.command("open")
        await desk.shows("Can I move my appointment to Friday?")
        await desk.until(lambda: is_read(desk, CHLOE))
        await desk.command("back")
        await desk.shows(NAMES[DAWIT], NAMES[ANA])


async def is_read(desk: Desk, number: str) -> bool:
    """Return whether a conversation is stored without unread texts."""
    return (await desk.thread(number)).unread == 0


@presses("next_waiting", "previous_waiting")
async def test_next_waiting_cycles_through_waiting_conversations(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        seen = []
        for _ in range(3):
            await desk.command("next_waiting")
            seen.append(get_current_number(desk))
        assert seen == [DAWIT, ANA, CHLOE]
        await desk.command("previous_waiting")
        assert get_current_number(desk) == ANA
        await desk.shows("Przyjadę o 16")


async def test_next_waiting_without_waiting_customers_says_so(empty_desk: Desk) -> None:
    async with empty_desk.open(NARROW):
        await empty_desk.command("next_waiting")
        await empty_desk.shows("All clear: no one is waiting")


@presses("filter")
async def test_the_filter_narrows_the_list_with_every_key(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.command("filter")
        await desk.type("bo")
        await wait_for_list(desk, [BOB])
        await desk.shows('containing "bo"')
        await desk.shows("Enter Keep the filter", "Esc Show all")
        await desk.press("enter")
        await desk.shows("Hello Bob", "r Reply")
        await desk.press("escape")
        await wait_for_list(desk, OPEN)
        await desk.until(lambda: get_current_number(desk) == BOB)


@BOTH_SIZES
async def test_a_number_without_a_name_is_grouped_and_found_as_shown(
    desk: Desk, size: Size
) -> None:
    async with desk.open(size):
        await desk.until(lambda: any("+61 491 570 110" in line for line in read_list(desk)))
        await desk.command("filter")
        await desk.type("491 570 110")
        await wait_for_list(desk, [UNNAMED])
        await desk.press("enter", "s")
        await desk.shows("Starred +61 491 570 110")
        assert (await desk.thread(UNNAMED)).starred


@BOTH_SIZES
async def test_a_filter_without_hits_can_search_all_conversations(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.command("filter")
        await desk.type("emil")
        await wait_for_list(desk, [])
        await desk.press("enter", "g", "a")
        await wait_for_list(desk, [EMIL])
        await desk.shows('─ All containing "emil"')
        await desk.press("escape")
        await desk.shows("─ All 10")


@BOTH_SIZES
async def test_another_list_is_shown_without_the_filter(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.command("filter")
        await desk.type("bob")
        await wait_for_list(desk, [BOB])
        await desk.press("enter")
        await desk.command("show_mine")
        await wait_for_list(desk, [HUGO])
        assert (desk.inbox.filter.value, desk.inbox.filter.display) == ("", False)
        await desk.store.views.save_view("bobs", View(text="bob"), AGENT)
        await desk.press("g", "1")
        await wait_for_list(desk, [BOB])
        assert (desk.inbox.filter.value, desk.inbox.filter.display) == ("bob", True)
        await desk.press("escape")
        await wait_for_list(desk, OPEN)


@BOTH_SIZES
async def test_escape_in_the_filter_shows_the_whole_list_again(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.command("filter")
        await desk.type("bo")
        await wait_for_list(desk, [BOB])
        await desk.press("escape")
        await wait_for_list(desk, OPEN)
        await desk.until(lambda: get_current_number(desk) == BOB)
        assert not desk.inbox.filter.display


@BOTH_SIZES
async def test_a_filter_without_hits_shows_an_empty_list(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.command("filter")
        await desk.type("zzz")
        await wait_for_list(desk, [])
        await desk.press("enter", "e", "r", "u", "y")
        assert (await desk.thread(CHLOE)).state == "open"
        await desk.press("escape", "slash")
        await desk.type("a name that no one has")
        await desk.shows("Nothing here contains", "g / searches all")


@BOTH_SIZES
async def test_the_filter_takes_the_words_of_views(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.command("filter")
        await desk.type('assigned:"mia"')
        await wait_for_list(desk, OPEN)
        await desk.press("enter")
        await wait_for_list(desk, [HUGO])
        assert desk.inbox.threads.view == View(assignee=AGENT)
        assert not desk.inbox.filter.display and desk.inbox.threads.has_focus
        await desk.press("g", "o")
        await desk.command("filter")
        await desk.type("asigned:me")
        await wait_for_list(desk, [])
        await desk.press("enter")
        await desk.shows('There is no filter "asigned:" · did you mean "assigned:"?')
        assert desk.inbox.filter.has_focus
        await desk.press("home", "right")
        await desk.type("s")
        await desk.press("end")
        await desk.type(" 313")
        await desk.press("enter")
        await wait_for_list(desk, [HUGO])
        assert (desk.inbox.filter.value, desk.inbox.filter.display) == ("313", True)


@BOTH_SIZES
async def test_keys_typed_in_the_filter_are_not_commands(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.command("filter")
        await desk.type("esq")
        assert desk.inbox.filter.value == "esq"
        assert (await desk.thread(CHLOE)).state == "open"


@presses("order")
async def test_the_order_changes_to_newest_and_back(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.command("order")
        await desk.shows("newest")
        await desk.until(lambda: get_current_number(desk) == ANA)
        await desk.command("order")
        await wait_for_list(desk, OPEN)


@BOTH_SIZES
async def test_keys_in_a_conversation_from_a_narrowed_list_are_commands(
    desk: Desk, size: Size
) -> None:
    async with desk.open(size):
        await desk.command("filter")
        await desk.type("ana")
        await wait_for_list(desk, [ANA])
        await desk.press("enter", "enter", "r")
        await desk.type("Yes")
        assert (desk.typed, desk.inbox.filter.value) == ("Yes", "ana")


async def test_a_list_with_one_order_says_so(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.command("show_failed")
        await desk.command("order")
        await desk.shows("This list has only one order")


VIEWS = {
    "show_open": ("Open", OPEN),
    "show_mine": ("Mine", [HUGO]),
    "show_unassigned": ("Unassigned", [n for n in OPEN if n != HUGO]),
    "show_closed": ("Closed", [INES, EMIL]),
    "show_snoozed": ("Snoozed", [FARID]),
    "show_drafts": ("Drafts", [BOB]),
    "show_failed": ("Failed", [PRIYA, BOB]),
    "show_starred": ("Starred", [HUGO]),
}
"""Title of each list and the conversations in it."""


@pytest.mark.parametrize("command", VIEWS)
@presses(
    "show_open",
    "show_mine",
    "show_unassigned",
    "show_closed",
    "show_snoozed",
    "show_drafts",
    "show_failed",
    "show_starred",
)
async def test_each_list_shows_its_conversations(desk: Desk, size: Size, command: str) -> None:
    name, numbers = VIEWS[command]
    bob = await desk.thread(BOB)
    await desk.store.drafts.save_draft(bob.id, AGENT, "Dear Bob", began_at=desk.clock.now())
    async with desk.open(size):
        await desk.command(command)
        await desk.shows(f"─ {name}")
        await wait_for_list(desk, sorted(numbers, key=[*OPEN, INES, EMIL, FARID].index))


@presses("show_all")
async def test_the_list_of_all_marks_conversations_that_are_not_open(
    desk: Desk, size: Size
) -> None:
    numbers = [*OPEN, FARID, INES, EMIL]
    threads = [await desk.thread(number) for number in numbers]
    async with desk.open(size):
        await desk.command("show_all")
        await desk.shows("─ All 10", "longest waiting")
        await wait_for_list(desk, [c.party for c in sorted(threads, key=lambda c: (c.rank, c.id))])
        await desk.press("end")
        await desk.until(
            lambda: any("Emil Berg" in line and "closed" in line for line in read_list(desk))
        )
        await desk.until(
            lambda: any("Farid Haddad" in line and "till" in line for line in read_list(desk))
        )
        assert not any("Hugo" in line and "closed" in line for line in read_list(desk))
        await desk.command("order")
        newest = sorted(threads, key=lambda c: (-c.last_at, c.id))
        await wait_for_list(desk, [c.party for c in newest])


def read_list(desk: Desk) -> list[str]:
    """Return the lines of the list's part of the screen."""
    return [line[: desk.inbox.threads.size.width] for line in desk.lines()]


@BOTH_SIZES
async def test_a_closed_conversation_stays_marked_in_the_list_of_all(
    desk: Desk, size: Size
) -> None:
    async with desk.open(size):
        await desk.press("g", "a")
        await desk.shows("─ All 10")
        await desk.move_to(CHLOE)
        await desk.command("close")
        await desk.shows("Closed Chloe Martin")
        assert (await desk.thread(CHLOE)).state == "closed"
        await desk.until(
            lambda: any("Chloe" in line and "closed" in line for line in read_list(desk))
        )
        await desk.shows("─ All 10")


@BOTH_SIZES
async def test_a_list_opened_from_a_conversation_is_shown(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.open_thread(BOB)
        await desk.command("show_mine")
        await desk.shows("─ Mine", NAMES[HUGO])
        await desk.press("enter")
        await desk.shows("We are looking into it")


async def test_a_narrow_screen_shows_the_list_or_the_conversation(desk: Desk) -> None:
    async with desk.open(NARROW):
        await desk.open_thread(DAWIT)
        await desk.shows("The invoice shows", "replies reach us")
        await desk.hides(NAMES[CHLOE])
        await desk.press("escape")
        await desk.shows(NAMES[CHLOE])
        await desk.hides("replies reach us")


async def test_resizing_keeps_place_text_and_focus(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.open_thread(DAWIT)
        await desk.command("reply")
        await desk.type("Sorry")
        for size in (NARROW, (160, 50), (100, 30), NARROW, WIDE):
            await desk.pilot.resize_terminal(*size)
            await desk.until(lambda size=size: desk.app.size == size)
            await desk.shows("Sorry", "The invoice shows the wrong address")
        await desk.type("!")
        assert desk.typed == "Sorry!"
        assert get_current_number(desk) == DAWIT


async def test_a_very_small_terminal_is_survived(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.open_thread(HUGO)
        for size in ((20, 6), (1, 1), (8, 3), NARROW):
            await desk.pilot.resize_terminal(*size)
            await desk.pilot.pause()
        await desk.shows("We are looking into it")
