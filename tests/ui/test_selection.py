"""Test selecting several conversations, so that one key acts on all of them."""

import asyncio

import pytest

from tests.ui.desk import BOTH_SIZES, NARROW, WIDE, Desk, presses
from tests.ui.history import ANA, BOB, CHLOE, DAWIT, HUGO, NAMES, PRIYA
from tui.domain.change import RELOAD
from tui.domain.conversation import State, View

Size = tuple[int, int]


async def list_marked(desk: Desk) -> list[int]:
    """Return the ids of the selected conversations."""
    return sorted(desk.inbox.threads.marked)


async def find_ids(desk: Desk, *numbers: str) -> list[int]:
    """Return the ids of the conversations with these numbers."""
    return sorted([(await desk.thread(number)).id for number in numbers])


@presses("mark")
async def test_selecting_moves_the_cursor_and_shows_the_count(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.command("mark")
        await desk.command("mark")
        assert await list_marked(desk) == await find_ids(desk, CHLOE, DAWIT)
        assert "✓● Chloe Martin" in desk.text()
        assert "2 selected" in desk.lines()[-1]


@BOTH_SIZES
async def test_selecting_again_unselects_and_escape_clears(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.press("x", "k", "x", "x")
        assert await list_marked(desk) == await find_ids(desk, DAWIT)
        await desk.press("escape")
        assert await list_marked(desk) == []
        await desk.hides("✓● ", "selected")


@presses("mark_range")
async def test_a_range_extends_from_the_last_selected_row_to_the_cursor(
    desk: Desk, size: Size
) -> None:
    async with desk.open(size):
        await desk.press("x", "j", "j")
        await desk.command("mark_range")
        assert await list_marked(desk) == await find_ids(desk, CHLOE, DAWIT, ANA, PRIYA)


async def test_a_range_goes_upwards_as_well(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.move_to(PRIYA)
        await desk.press("x", "k", "k", "k", "X")
        assert await list_marked(desk) == await find_ids(desk, DAWIT, ANA, PRIYA)


@BOTH_SIZES
async def test_closing_acts_on_all_and_one_undo_restores_all(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        before = [await desk.thread(number) for number in (CHLOE, DAWIT, ANA)]
        await desk.press("x", "x", "x", "e")
        await desk.shows("Closed 3 conversations")
        for number in (CHLOE, DAWIT, ANA):
            assert (await desk.thread(number)).state is State.CLOSED
        assert await list_marked(desk) == []
        await desk.press("z")
        await desk.shows("Undone: closed 3 conversations")
        assert [await desk.thread(number) for number in (CHLOE, DAWIT, ANA)] == before


@pytest.mark.parametrize("key", ["s", "A", "u"])
async def test_conversations_that_stay_in_the_list_stay_selected(desk: Desk, key: str) -> None:
    async with desk.open(WIDE):
        await desk.press("x", "x", key)
        await desk.shows("2 conversations")
        assert await list_marked(desk) == await find_ids(desk, CHLOE, DAWIT)


async def test_another_list_clears_the_selection_but_a_filter_keeps_it(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.press("x", "slash")
        await desk.type("bob")
        await desk.hides(NAMES[DAWIT])
        assert await list_marked(desk) == await find_ids(desk, CHLOE)
        await desk.press("enter", "x")
        assert await list_marked(desk) == await find_ids(desk, CHLOE, BOB)
        await desk.press("g", "i")
        await desk.shows("Mine 1")
        assert await list_marked(desk) == []


async def test_a_conversation_that_fills_the_screen_cannot_be_selected(desk: Desk) -> None:
    async with desk.open(NARROW):
        await desk.press("enter", "x")
        await desk.shows("Select in the list")
        await desk.press("X")
        assert await list_marked(desk) == []


async def test_selecting_in_an_empty_list_does_nothing(empty_desk: Desk) -> None:
    async with empty_desk.open(WIDE):
        await empty_desk.press("x", "X")
        assert await list_marked(empty_desk) == []


async def test_marks_are_ascii_on_an_ascii_terminal(desk: Desk) -> None:
    async with desk.open(WIDE, ascii=True):
        await desk.press("x")
        await desk.shows("x* Chloe Martin")


async def test_a_range_over_many_screens_is_complete(desk: Desk) -> None:
    for number in range(120):
        await desk.events.receive_texts(f"+614915{number:05d}", "hello")
    async with desk.open(NARROW):
        await desk.press("x", "end")
        await desk.until(lambda: (row := desk.inbox.threads.current_row) and row.party == HUGO)
        await desk.press("X")
        assert len(await list_marked(desk)) == 127


@BOTH_SIZES
@pytest.mark.parametrize("key", ["e", "A", "h", "r"])
async def test_a_key_for_selected_rows_that_are_gone_never_reaches_the_cursor_row(
    desk: Desk, size: tuple[int, int], key: str
) -> None:
    async with desk.open(size):
        await desk.move_to(CHLOE)
        await desk.press("x")
        selected, other = await desk.thread(CHLOE), await desk.thread(DAWIT)
        await desk.store.triage.close_conversations([selected.id], "bo")
        await desk.shows("Nothing is selected any more: Chloe Martin closed by bo")
        await desk.press(key)
        await desk.shows("nothing was done: press the key again")
        assert await desk.thread(DAWIT) == other
        assert desk.app.screen is desk.inbox and not desk.inbox.is_composer_focused
        await desk.press("escape", "s")
        assert (await desk.thread(DAWIT)).starred


async def test_own_actions_on_selected_rows_report_only_themselves(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.move_to(CHLOE)
        await desk.press("x", "x", "e")
        await desk.shows("Closed 2 conversations")
        await desk.hides("selected any more")
        await desk.press("e")
        await desk.shows("Closed Ana Kowalska")


async def test_an_own_action_during_an_update_of_the_list_reports_only_itself(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk.open(WIDE):
        may_count, count = asyncio.Event(), desk.store.conversations.count_conversations

        async def count_later(view: View) -> int:
            await may_count.wait()
            return await count(view)

        await desk.move_to(CHLOE)
        await desk.press("x", "x")
        monkeypatch.setattr(desk.store.conversations, "count_conversations", count_later)
        update = asyncio.create_task(desk.inbox.apply_changes((RELOAD,)))
        await desk.press("e")
        await desk.shows("Closed 2 conversations")
        may_count.set()
        await update
        await desk.work_done()
        assert "Closed 2 conversations" in desk.text()


async def test_the_rest_of_a_selection_stays_when_a_colleague_closes_one(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.move_to(CHLOE)
        await desk.press("x", "x")
        await desk.store.triage.close_conversations([(await desk.thread(CHLOE)).id], "bo")
        await desk.shows("No longer selected: Chloe Martin closed by bo")
        assert await list_marked(desk) == await find_ids(desk, DAWIT)
        await desk.press("e")
        await desk.shows("Closed Dawit Bekele")
