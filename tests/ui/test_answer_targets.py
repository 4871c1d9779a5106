"""Test times for an answer: set for a view, shown in the list, sorted by, listed when over."""

from tests.ui.desk import WIDE, Desk, presses
from tests.ui.history import AGENT
from tui.domain.business_hours import parse_desk_hours
from tui.domain.conversation import Order, View

Size = tuple[int, int]


@presses("show_overdue")
async def test_a_view_gets_a_time_that_the_list_shows_and_sorts_by(desk: Desk, size: Size) -> None:
    saved = await desk.store.views.save_view("all open", View(), AGENT)
    async with desk.open(size):
        await desk.press("v")
        await desk.shows("1 all open")
        await desk.press("t")
        await desk.type("soon")
        await desk.press("enter")
        await desk.shows('"soon" is no time: write 30m')
        await desk.press("ctrl+u")
        await desk.type("45d, mon-fri 9-17")
        await desk.press("enter")
        await desk.shows("At most 30 days")
        await desk.press("ctrl+u")
        await desk.type("2h")
        await desk.press("enter")
        await desk.shows("all open: answered within 2h", "within 2h")
        await desk.press("h")
        await desk.type("mon-fri 0-24; 2030-12-25")
        await desk.press("enter")
        await desk.shows("The desk is open mon-fri 0-24, closed on 2030-12-25")
        await desk.press("z")
        await desk.shows("Undone: the desk is always open")
        await desk.press("escape")
        targets = await desk.store.answer_targets.list_targets()
        assert [(target.name, target.minutes) for target in targets] == [("all open", 120)]
        await desk.store.answer_targets.judge_conversations(targets)
        await desk.until(lambda: any(row.due_at for row in desk.inbox.threads.rows))
        await desk.press("o", "o")
        assert desk.inbox.threads.view.order is Order.DUE
        due = [row.due_at for row in desk.inbox.threads.rows if row.due_at is not None]
        assert due and due == sorted(due)
        desk.clock.advance(3 * 3600)
        await desk.store.answer_targets.judge_conversations(targets)
        await desk.shows("overdue")
        await desk.command("show_overdue")
        assert desk.inbox.threads.view == View(overdue=True)
        await desk.until(lambda: len(desk.inbox.threads.rows) == len(due))
        await desk.shows(" over ")
    assert saved.key == "1"


async def test_a_row_is_overdue_from_the_second_on_in_which_it_is_counted(desk: Desk) -> None:
    await desk.store.views.save_view("all open", View(), AGENT)
    views = await desk.store.views.list_views(AGENT)
    await desk.store.answer_targets.set_target(views[0], 7 * 24 * 60, "", AGENT)
    targets = await desk.store.answer_targets.list_targets()
    await desk.store.answer_targets.judge_conversations(targets)
    async with desk.open(WIDE):
        await desk.until(lambda: any(row.due_at for row in desk.inbox.threads.rows))
        first = min(row.due_at for row in desk.inbox.threads.rows if row.due_at is not None)
        desk.clock.advance((first - desk.clock.now()) / 1_000 - 1)
        await desk.shows("◷ 1m left")
        assert " over " not in desk.text()
        desk.clock.advance(2)
        await desk.shows("! 1m over")


async def test_without_a_time_for_an_answer_nothing_of_it_is_shown(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.press("o", "o")
        assert desk.inbox.threads.view.order is Order.WAITING
        assert "left" not in desk.text()


async def test_hours_that_were_saved_are_offered_again(desk: Desk) -> None:
    await desk.store.views.save_view("all", View(), AGENT)
    await desk.store.answer_targets.save_hours(parse_desk_hours("9-17"), AGENT)
    async with desk.open(WIDE):
        await desk.press("v", "h")
        await desk.shows("The desk is open", "mon-sun 9-17")
