"""Test what counts as read: only opened conversations, only while the terminal has the focus."""

from dataclasses import replace

import pytest
from textual import events

from tests.ui.desk import BOTH_SIZES, NARROW, WIDE, Desk
from tests.ui.history import AGENT, ANA, CHLOE, DAWIT, HUGO
from tui.domain.conversation import View
from tui.domain.events import Reply
from tui.domain.message import Attachment

Size = tuple[int, int]
NEWCOMERS = ("+61491571804", "+61491571805")


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


@BOTH_SIZES
async def test_a_late_text_stands_at_its_time_and_is_new(desk: Desk, size: Size) -> None:
    await desk.events.mark_read([CHLOE])
    desk.clock.advance(3600)
    await desk.events.receive_texts(CHLOE, "Newest question")
    await desk.events.mark_read([CHLOE])
    await desk.events.receive_late_text(CHLOE, "Written before", 5)
    async with desk.open(size):
        await desk.open_thread(CHLOE)
        await desk.shows("new since you looked", "Written before", "seen before", "Newest question")
        lines = desk.inbox.message_view.lines
        texts = ["new since", "Written before", "seen before", "Newest question"]
        places = [[t in line.strip.text for line in lines].index(True) for t in texts]
        assert places == sorted(places)
        await wait_for_unread(desk, CHLOE, 0)


async def test_a_late_text_in_an_open_conversation_is_shown_where_it_belongs(desk: Desk) -> None:
    desk.clock.advance(3600)
    await desk.events.receive_texts(CHLOE, "Newest question")
    async with desk.open(WIDE):
        await desk.open_thread(CHLOE)
        await wait_for_unread(desk, CHLOE, 0)
        await desk.events.receive_late_text(CHLOE, "Written before", 5)
        await desk.shows("Written before")
        shown = [message.body for message in desk.inbox.message_view.messages]
        assert shown[-2:] == ["Written before", "Newest question"]
        await wait_for_unread(desk, CHLOE, 0)


@BOTH_SIZES
async def test_a_late_text_far_above_is_what_the_agent_sees_first(desk: Desk, size: Size) -> None:
    await desk.events.mark_read([HUGO])
    await desk.events.receive_late_text(HUGO, "Written at half past eight", 332)
    async with desk.open(size):
        await desk.open_thread(HUGO)
        await desk.shows("new since you looked", "Written at half past eight", "Line 1:")
        await wait_for_unread(desk, HUGO, 0)
        await desk.press("escape")
        await desk.open_thread(CHLOE)
        await desk.press("escape")
        await desk.open_thread(HUGO)
        await desk.shows("We are looking into it")
        await desk.hides("Written at half past eight")


async def test_a_late_text_does_not_move_what_is_on_the_screen(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.open_thread(HUGO)
        view = desk.inbox.message_view
        await view.scroll_lines(30)
        before = [view.render_line(y).text for y in range(view.size.height)]
        await desk.events.receive_texts(HUGO, "Below the screen")
        await desk.events.receive_late_text(HUGO, "Written at half past eight", 332)
        await desk.until(lambda: view.messages[0].body == "Written at half past eight")
        assert view.messages[-1].body == "Below the screen"
        assert [view.render_line(y).text for y in range(view.size.height)] == before


async def test_a_late_text_is_new_for_each_of_two_agents(desk: Desk) -> None:
    await desk.events.mark_read([HUGO])
    row = await desk.thread(HUGO)
    await desk.store.conversations.set_read_marker(row.id, "tom", row.last_id)
    await desk.events.receive_late_text(HUGO, "Written at half past eight", 332)
    async with desk.open(WIDE):
        await desk.open_thread(HUGO)
        await wait_for_unread(desk, HUGO, 0)
    late = (await desk.messages(HUGO))[0]
    markers = [await desk.store.conversations.get_read_marker(row.id, a) for a in (AGENT, "tom")]
    assert markers[1] < late.arrival_id <= markers[0]


async def test_a_reply_begun_before_a_late_text_asks(desk: Desk) -> None:
    desk.clock.advance(3600)
    await desk.events.receive_texts(CHLOE, "Newest question")
    async with desk.open(WIDE):
        await desk.open_thread(CHLOE)
        await desk.command("reply")
        await desk.type("Yes")
        await desk.events.receive_late_text(CHLOE, "Written before", 5)
        await desk.shows("Written before")
        await desk.press("enter")
        await desk.shows("has written meanwhile, see above")
        await desk.press("enter")
        await desk.until(lambda: desk.typed == "")
        assert (await desk.last(CHLOE)).body == "Yes"


async def test_a_picture_that_comes_later_is_shown(desk: Desk) -> None:
    picture = Attachment("cat.jpg", "image/jpeg", b"JPG")
    reply = Reply("mms-1", CHLOE, "Look", desk.clock.now(), "{}")
    async with desk.open(WIDE):
        await desk.open_thread(CHLOE)
        await desk.store.ingest.store_events("au", [reply])
        await desk.shows("Look")
        complete = replace(reply, attachments=(picture,))
        await desk.store.ingest.store_events("au", [complete])
        await desk.shows("cat.jpg")
        await desk.store.ingest.store_events(
            "au", [replace(reply, attachments=(picture, Attachment("b.png", "image/png", b"PNG")))]
        )
        await desk.shows("cat.jpg", "b.png")


async def test_a_text_with_a_completed_time_moves_on_the_screen(desk: Desk) -> None:
    desk.clock.advance(3600)
    await desk.events.receive_texts(CHLOE, "Newest question")
    reply = Reply("t-1", CHLOE, "Without a time", None, "{}")
    async with desk.open(WIDE):
        await desk.open_thread(CHLOE)
        await desk.store.ingest.store_events("au", [reply])
        view = desk.inbox.message_view
        await desk.until(lambda: view.messages[-1].body == "Without a time")
        timed = replace(reply, received_at=desk.clock.now() - 60_000)
        await desk.store.ingest.store_events("au", [timed])
        await desk.until(
            lambda: [m.body for m in view.messages[-2:]] == ["Without a time", "Newest question"]
        )


async def follow_changes(desk: Desk) -> None:
    """Wait until what was stored so far has had all its effects on the desk.

    The first text can be listed together with what was stored before, the second one cannot.
    """
    for number in NEWCOMERS:
        total = desk.inbox.threads.total
        await desk.events.receive_texts(number, "Hello?")
        await desk.until(lambda total=total: desk.inbox.threads.total > total, "listed")


async def receive_unseen_text(desk: Desk) -> None:
    """Receive a text in the open conversation, which the agent does not see; it stays unread."""
    await desk.events.receive_texts(CHLOE, "One more thing")
    await desk.until(lambda: desk.inbox.message_view.messages[-1].body == "One more thing")
    await follow_changes(desk)
    assert (await desk.thread(CHLOE)).unread == 1


async def test_a_text_that_a_narrow_list_hides_stays_unread(desk: Desk) -> None:
    async with desk.open(NARROW):
        await desk.press("enter")
        await wait_for_unread(desk, CHLOE, 0)
        await desk.press("escape")
        await receive_unseen_text(desk)
        await desk.press("enter")
        await wait_for_unread(desk, CHLOE, 0)


async def test_a_text_that_a_narrow_list_hid_is_read_once_the_terminal_is_wide(desk: Desk) -> None:
    async with desk.open(NARROW):
        await desk.press("enter", "escape")
        await receive_unseen_text(desk)
        await desk.pilot.resize_terminal(*WIDE)
        await wait_for_unread(desk, CHLOE, 0)


@BOTH_SIZES
@pytest.mark.parametrize("opening", ["question_mark", "f4", "g t", "/"])
async def test_a_text_below_a_dialog_is_read_when_the_dialog_is_closed(
    desk: Desk, size: Size, opening: str
) -> None:
    async with desk.open(size):
        await desk.press("enter")
        await wait_for_unread(desk, CHLOE, 0)
        await desk.press(*opening.split(" "))
        await desk.until(lambda: len(desk.app.screen_stack) > 1, "a dialog")
        await receive_unseen_text(desk)
        await desk.press("escape")
        await desk.until(lambda: len(desk.app.screen_stack) == 1, "no dialog")
        await wait_for_unread(desk, CHLOE, 0)


@BOTH_SIZES
async def test_a_text_below_the_panel_about_the_customer_stays_unread(
    desk: Desk, size: Size
) -> None:
    async with desk.open(size):
        await desk.press("enter")
        await wait_for_unread(desk, CHLOE, 0)
        await desk.command("contact")
        await desk.shows("First seen")
        await receive_unseen_text(desk)
        await desk.press("escape")
        await wait_for_unread(desk, CHLOE, 0)


async def test_a_dialog_does_not_mark_read_what_was_marked_unread(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.press("enter")
        await wait_for_unread(desk, CHLOE, 0)
        await desk.press("u")
        await wait_for_unread(desk, CHLOE, 1)
        await desk.press("question_mark")
        await desk.until(lambda: len(desk.app.screen_stack) > 1, "a dialog")
        await desk.press("escape")
        desk.app.post_message(events.AppBlur())
        await desk.until(lambda: not desk.app.app_focus)
        desk.app.post_message(events.AppFocus())
        await desk.until(lambda: desk.app.app_focus)
        await desk.work_done()
        await follow_changes(desk)
        assert (await desk.thread(CHLOE)).unread == 1
