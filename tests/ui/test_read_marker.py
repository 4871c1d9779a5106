"""Test what counts as read: only opened conversations, only while the terminal has the focus."""

from textual import events

from tests.ui.desk import BOTH_SIZES, WIDE, Desk
from tests.ui.history import AGENT, ANA, CHLOE, DAWIT, HUGO
from tui.domain.conversation import View

Size = tuple[int, int]


async def wait_for_unread(desk: Desk, number: str, count: int) -> None:
    """Wait until so many texts of a conversation are unread.

    Args:
        desk: Desk of the agent.
        number: Phone number of the customer.
        count: Number of unread texts.
    """

    async def is_expected() -> bool:
        return (await desk.thread(number)).unread == count

    await desk.until(is_expected, f"{count} unread")


@BOTH_SIZES
async def test_a_text_in_an_open_conversation_is_read(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.press("enter")
        await wait_for_unread(desk, CHLOE, 0)
        await desk.events.receive_texts(CHLOE, "One more thing")
        await desk.shows("One more thing")
        await wait_for_unread(desk, CHLOE, 0)


async def test_a_text_without_focus_is_read_on_return(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.press("enter")
        await wait_for_unread(desk, CHLOE, 0)
        desk.app.post_message(events.AppBlur())
        await desk.until(lambda: not desk.app.app_focus)
        await desk.events.receive_texts(CHLOE, "One more thing")
        await desk.shows("One more thing")
        assert (await desk.thread(CHLOE)).unread == 1
        desk.app.post_message(events.AppFocus())
        await wait_for_unread(desk, CHLOE, 0)


async def test_a_text_under_the_cursor_only_stays_unread_on_return(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.press("enter")
        await desk.move_to(DAWIT)
        desk.app.post_message(events.AppBlur())
        desk.app.post_message(events.AppFocus())
        await desk.events.receive_texts(DAWIT, "Hello?")
        await desk.shows("Hello?")
        assert (await desk.thread(DAWIT)).unread == 2


@BOTH_SIZES
async def test_the_line_before_new_texts_stays_until_they_were_read(desk: Desk, size: Size) -> None:
    await desk.events.mark_read([CHLOE])
    await desk.events.receive_texts(CHLOE, "And the price?")
    async with desk.open(size):
        await desk.press("enter")
        await desk.shows("new since you looked", "And the price?")
        await wait_for_unread(desk, CHLOE, 0)
        await desk.shows("new since you looked")
        await desk.press("escape")
        await desk.open_thread(DAWIT)
        await desk.press("escape")
        await desk.open_thread(CHLOE)
        await desk.hides("new since you looked")
        await desk.shows("And the price?")


@BOTH_SIZES
async def test_next_waiting_opens_the_conversation(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.press("n")
        await wait_for_unread(desk, DAWIT, 0)
        assert (await desk.thread(CHLOE)).unread == 2


async def test_close_and_next_stays_in_the_own_list(desk: Desk) -> None:
    for number in (CHLOE, ANA):
        await desk.store.triage.assign_conversations([(await desk.thread(number)).id], AGENT, AGENT)
    async with desk.open(WIDE):
        await desk.press("g", "i", "E")
        ana = (await desk.thread(ANA)).id
        await desk.until(lambda: desk.shown_id == ana)
        assert desk.inbox.threads.view == View(assignee=AGENT)
        await wait_for_unread(desk, ANA, 0)


async def test_next_waiting_keeps_a_list_with_waiting_conversations(desk: Desk) -> None:
    await desk.store.triage.assign_conversations([(await desk.thread(ANA)).id], AGENT, AGENT)
    async with desk.open(WIDE):
        await desk.press("g", "i")
        await desk.until(lambda: len(desk.inbox.threads.rows) == 2)
        await desk.move_to(HUGO)
        await desk.store.triage.close_conversations(
            [(await desk.thread(number)).id for number in (CHLOE, DAWIT)], "bo"
        )
        await desk.press("n")
        ana = (await desk.thread(ANA)).id
        await desk.until(lambda: desk.shown_id == ana)
        assert desk.inbox.threads.view == View(assignee=AGENT)


async def test_a_conversation_marked_unread_stays_so_until_opened(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.press("enter")
        await wait_for_unread(desk, CHLOE, 0)
        await desk.press("u")
        await wait_for_unread(desk, CHLOE, 1)
        await desk.press("enter")
        await wait_for_unread(desk, CHLOE, 0)
