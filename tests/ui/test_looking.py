"""What counts as read: only what was opened, and only while the terminal has the focus."""

from textual import events

from tests.ui.desk import BOTH_SIZES, WIDE, Desk
from tests.ui.history import AGENT, ANA, CHLOE, DAWIT, HUGO
from tui.domain.conversation import View

Size = tuple[int, int]


async def unread(desk: Desk, number: str, count: int) -> None:
    """Wait until so many texts of a conversation are unread."""

    async def as_told() -> bool:
        return (await desk.thread(number)).unread == count

    await desk.until(as_told, f"{count} unread")


@BOTH_SIZES
async def test_what_comes_into_an_open_conversation_is_read(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.press("enter")
        await unread(desk, CHLOE, 0)
        await desk.world.writes(CHLOE, "One more thing")
        await desk.shows("One more thing")
        await unread(desk, CHLOE, 0)


async def test_what_comes_in_while_the_terminal_is_behind_is_read_on_return(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.press("enter")
        await unread(desk, CHLOE, 0)
        desk.app.post_message(events.AppBlur())
        await desk.until(lambda: not desk.app.app_focus)
        await desk.world.writes(CHLOE, "One more thing")
        await desk.shows("One more thing")
        assert (await desk.thread(CHLOE)).unread == 1
        desk.app.post_message(events.AppFocus())
        await unread(desk, CHLOE, 0)


async def test_what_is_only_passed_by_stays_unread_on_return(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.press("enter")
        await desk.stand_on(DAWIT)
        desk.app.post_message(events.AppBlur())
        desk.app.post_message(events.AppFocus())
        await desk.world.writes(DAWIT, "Hello?")
        await desk.shows("Hello?")
        assert (await desk.thread(DAWIT)).unread == 2


@BOTH_SIZES
async def test_the_line_of_what_is_new_stays_until_it_was_read(desk: Desk, size: Size) -> None:
    await desk.world.seen([CHLOE])
    await desk.world.writes(CHLOE, "And the price?")
    async with desk.open(size):
        await desk.press("enter")
        await desk.shows("new since you looked", "And the price?")
        await unread(desk, CHLOE, 0)
        await desk.shows("new since you looked")
        await desk.press("escape")
        await desk.open_thread(DAWIT)
        await desk.press("escape")
        await desk.open_thread(CHLOE)
        await desk.hides("new since you looked")
        await desk.shows("And the price?")


@BOTH_SIZES
async def test_going_to_who_waits_next_opens_it(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.press("n")
        await unread(desk, DAWIT, 0)
        assert (await desk.thread(CHLOE)).unread == 2


async def test_close_and_next_stays_in_a_list_of_ones_own(desk: Desk) -> None:
    for number in (CHLOE, ANA):
        await desk.store.triage.assign_conversations([(await desk.thread(number)).id], AGENT, AGENT)
    async with desk.open(WIDE):
        await desk.press("g", "i", "E")
        ana = (await desk.thread(ANA)).id
        await desk.until(lambda: desk.shown_id == ana)
        assert desk.inbox.threads.view == View(assignee=AGENT)
        await unread(desk, ANA, 0)


async def test_going_to_who_waits_keeps_a_list_that_has_them(desk: Desk) -> None:
    await desk.store.triage.assign_conversations([(await desk.thread(ANA)).id], AGENT, AGENT)
    async with desk.open(WIDE):
        await desk.press("g", "i")
        await desk.until(lambda: len(desk.inbox.threads.rows) == 2)
        await desk.stand_on(HUGO)
        await desk.store.triage.close_conversations(
            [(await desk.thread(number)).id for number in (CHLOE, DAWIT)], "bo"
        )
        await desk.press("n")
        ana = (await desk.thread(ANA)).id
        await desk.until(lambda: desk.shown_id == ana)
        assert desk.inbox.threads.view == View(assignee=AGENT)


async def test_marked_unread_stays_so_until_opened_again(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.press("enter")
        await unread(desk, CHLOE, 0)
        await desk.press("u")
        await unread(desk, CHLOE, 1)
        await desk.press("enter")
        await unread(desk, CHLOE, 0)
