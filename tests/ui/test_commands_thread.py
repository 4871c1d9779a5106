"""Test the commands of the conversation, each pressed at both sizes: what is stored and shown."""

from dataclasses import replace

import pytest

from tests.ui.desk import BOTH_SIZES, NARROW, WIDE, Desk, presses
from tests.ui.history import AGENT, ANA, BOB, CHLOE, DAWIT, EMIL, HUGO, LONG, PRIYA, UNNAMED
from tui.clock import MINUTE
from tui.domain.conversation import State
from tui.domain.events import Reply
from tui.domain.message import Message
from tui.domain.status import Status

Size = tuple[int, int]


async def select_message(desk: Desk, status: Status) -> Message:
    """Select Priya's message of this status, by keys."""
    wanted = next(m for m in await desk.messages(PRIYA) if m.status is status)
    await desk.open_thread(PRIYA)
    for _ in range(30):
        await desk.press("K")
        if desk.inbox.pane.message_view.selected_id == wanted.id:
            return wanted
    raise AssertionError(f"no key selects the message that is {status}")


@presses("close", "undo")
async def test_closing_keeps_the_row_until_the_cursor_moves_and_can_be_undone(
    desk: Desk, size: Size
) -> None:
    async with desk.open(size):
        await desk.command("close")
        await desk.shows("Closed Chloe Martin", "closed by you")
        chloe = await desk.thread(CHLOE)
        assert (chloe.state, desk.shown_id) == (State.CLOSED, chloe.id)
        await desk.command("undo")
        await desk.shows("Undone: closed Chloe Martin")
        chloe = await desk.thread(CHLOE)
        assert (chloe.state, chloe.unread) == (State.OPEN, 2)


@presses("close_next")
async def test_close_and_next_opens_the_longest_waiting_conversation(
    desk: Desk, size: Size
) -> None:
    async with desk.open(size):
        await desk.open_thread(BOB)
        await desk.command("close_next")
        await desk.shows("Can I move my appointment to Friday?")
        assert (await desk.thread(BOB)).state is State.CLOSED


@BOTH_SIZES
async def test_close_and_next_opens_the_row_below_if_it_waits(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.open_thread(DAWIT)
        await desk.command("close_next")
        ana = (await desk.thread(ANA)).id
        await desk.until(lambda: desk.shown_id == ana, "the row below")
        assert desk.inbox.is_reading
        assert (await desk.thread(DAWIT)).state is State.CLOSED


@BOTH_SIZES
async def test_close_and_next_opens_the_row_below_in_other_lists(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.press("g", "a")
        await desk.open_thread(DAWIT)
        rows = desk.inbox.threads.rows
        following = rows[desk.inbox.threads.cursor + 1]
        await desk.command("close_next")
        await desk.until(lambda: desk.shown_id == following.id, "the row below")


@presses("close")
async def test_closing_an_open_conversation_leaves_it_open_on_the_screen(
    desk: Desk, size: Size
) -> None:
    async with desk.open(size):
        await desk.open_thread(CHLOE)
        await desk.command("close")
        await desk.shows("Closed Chloe Martin", "Chloe Martin  closed by you")
        assert desk.shown_id == (await desk.thread(CHLOE)).id
        await desk.command("close")
        await desk.shows("Already closed: Chloe Martin")
        await desk.press("escape")
        await desk.shows("Open 6", "Dawit Bekele", "closed by you")
        await desk.press("j")
        await desk.hides("closed by you")
        assert desk.inbox.threads.current_row == await desk.thread(DAWIT)


@presses("reopen")
async def test_reopening_a_closed_conversation(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.command("show_closed")
        await desk.move_to(EMIL)
        await desk.command("reopen")
        await desk.shows("Reopened Emil Berg")
        assert (await desk.thread(EMIL)).state is State.OPEN


@presses("assign_me")
async def test_assigning_to_oneself_and_back(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.command("assign_me")
        await desk.shows("@mia", "Assigned Chloe Martin to you")
        assert (await desk.thread(CHLOE)).assignee == AGENT
        await desk.command("assign_me")
        await desk.shows("Unassigned")
        assert (await desk.thread(CHLOE)).assignee == ""


@presses("star")
async def test_starring_and_back(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.command("star")
        await desk.shows("Starred Chloe Martin")
        assert (await desk.thread(CHLOE)).starred
        await desk.command("star")
        await desk.shows("Unstarred Chloe Martin")
        assert not (await desk.thread(CHLOE)).starred


@presses("unread")
async def test_marking_read_and_unread(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.command("unread")
        await desk.shows("Marked Chloe Martin read")
        assert (await desk.thread(CHLOE)).unread == 0
        await desk.command("unread")
        await desk.shows("Marked Chloe Martin unread")
        assert (await desk.thread(CHLOE)).unread == 1


@presses("next_message", "previous_message")
async def test_selecting_messages(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.open_thread(CHLOE)
        ids = [message.id for message in await desk.messages(CHLOE)]
        view = desk.inbox.pane.message_view
        await desk.command("previous_message")
        assert view.selected_id == ids[-1]
        await desk.command("previous_message")
        assert view.selected_id == ids[-2]
        await desk.shows("▌")
        await desk.command("next_message")
        assert view.selected_id == ids[-1]
        await desk.press("escape")
        assert not view.selected_id
        await desk.hides("▌")


@presses("page_up", "page_down")
async def test_paging_through_a_long_conversation(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.open_thread(HUGO)
        await desk.shows(f"Line {LONG}:")
        for _ in range(30):
            await desk.command("page_up")
        await desk.shows("Line 1:", "Today")
        for _ in range(30):
            await desk.command("page_down")
        await desk.shows("We are looking into it")


async def test_older_messages_are_loaded_near_the_top(desk: Desk) -> None:
    await desk.events.receive_texts(HUGO, *(f"More {n}" for n in range(300)))
    async with desk.open(NARROW):
        await desk.open_thread(HUGO)
        await desk.shows("More 299")
        assert len(desk.inbox.pane.message_view.messages) < LONG + 300
        for _ in range(120):
            await desk.command("page_up")
        await desk.shows("Line 1:")


@presses("timeline")
async def test_the_timeline_shows_every_receipt_with_its_payload(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.open_thread(BOB)
        await desk.command("timeline")
        await desk.shows(
            "written  ", "by mia", "answer: → accepted", "receipt: ✗ failed", "code 330",
            "the number is not in use", '{"status": "failed"}',
        )  # fmt: skip
        await desk.press("escape")
        await desk.hides("Timeline ─")


async def test_a_timeline_without_a_sent_message_explains_how_to_select(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.open_thread(CHLOE)
        await desk.command("timeline")
        await desk.shows("K")
        await desk.command("previous_message")
        await desk.command("timeline")
        await desk.shows("written  ", "reply: came in")


async def test_the_timeline_of_a_text_shows_its_copies_and_its_arrival(desk: Desk) -> None:
    written = desk.clock.now() - 12 * MINUTE
    poor = Reply("1001", CHLOE, "AT", written, '{"text": "AT"}')
    rich = replace(poor, text="AT&T is late", raw='{"text": "AT&T is late"}')
    other = replace(poor, text="Something else", raw="{}")
    for reply in (poor, rich, other):
        await desk.store.ingest.store_events("au", [reply])
    async with desk.open(WIDE):
        await desk.open_thread(CHLOE)
        for shown in (other, rich):
            await desk.command("previous_message")
            await desk.command("timeline")
            await desk.shows(
                shown.text, "Arrived 12m later, at 14:02", "reply: came in",
                "The provider used this id for another message, too",
            )  # fmt: skip
            if shown is rich:
                await desk.shows(
                    "reply: came again", "Completed from the provider's list at 14:02", poor.raw
                )
            await desk.press("escape")
            await desk.hides("Timeline ─")


@presses("retry")
async def test_sending_a_failed_message_again(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.open_thread(BOB)
        failed = await desk.last(BOB)
        await desk.command("retry")
        await desk.shows("… queued")
        again = await desk.last(BOB)
        assert (again.body, again.retry_of, again.status) == (failed.body, failed.id, Status.QUEUED)
        assert (await desk.thread(BOB)).failed == 0


@BOTH_SIZES
async def test_a_message_that_did_not_fail_is_not_sent_again(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.open_thread(UNNAMED)
        count = len(await desk.messages(UNNAMED))
        await desk.command("retry")
        await desk.shows("failed")
        assert len(await desk.messages(UNNAMED)) == count


@BOTH_SIZES
async def test_a_key_right_after_a_move_acts_on_the_new_conversation(
    desk: Desk, size: Size, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[str] = []
    async with desk.open(size):
        monkeypatch.setattr(desk.app, "copy_to_clipboard", copied.append)
        await desk.move_to(CHLOE)
        following = desk.inbox.threads.rows[desk.inbox.threads.cursor + 1]
        await desk.press("j", "Y")
        await desk.until(lambda: copied == [following.address])


@presses("copy_text", "copy_number")
async def test_copying_text_and_number(
    desk: Desk, size: Size, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[str] = []
    async with desk.open(size):
        monkeypatch.setattr(desk.app, "copy_to_clipboard", copied.append)
        await desk.open_thread(ANA)
        await desk.command("copy_text")
        await desk.shows("Copied the text")
        await desk.command("copy_number")
        await desk.shows("Copied the number")
        assert copied == ["Przyjadę o 16", ANA]


@BOTH_SIZES
async def test_commands_without_any_conversation_do_nothing(empty_desk: Desk, size: Size) -> None:
    async with empty_desk.open(size):
        for command in ("open", "reply", "close", "close_next", "star", "unread", "assign_me"):
            await empty_desk.command(command)
        for command in ("reopen", "timeline", "retry", "copy_text", "copy_number", "page_up"):
            await empty_desk.command(command)
        for command in ("next", "previous", "first", "last", "next_message", "back", "undo"):
            await empty_desk.command(command)
        assert empty_desk.app.is_running
        assert (await empty_desk.store.conversations.get_counts()).open == 0


async def test_undo_without_an_action_says_so(desk: Desk) -> None:
    async with desk.open(NARROW):
        await desk.command("undo")
        await desk.shows("Nothing to undo")


async def test_actions_are_undone_one_by_one_newest_first(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.command("star")
        await desk.command("assign_me")
        await desk.command("undo")
        await desk.shows("Undone: assigned")
        assert (await desk.thread(CHLOE)).starred
        await desk.command("undo")
        await desk.shows("Undone: starred")
        chloe = await desk.thread(CHLOE)
        assert (chloe.starred, chloe.assignee) == (False, "")


@presses("unsend")
async def test_a_text_is_taken_back_from_inside_and_outside_the_composer(
    desk: Desk, size: Size
) -> None:
    async with desk.open(size, grace_seconds=5):
        await desk.open_thread(CHLOE)
        await desk.command("reply")
        await desk.type("Friday")
        await desk.press("enter")
        await desk.shows("Sending in 5 s · Ctrl+G cancels")
        await desk.command("unsend")
        await desk.until(lambda: desk.typed == "Friday", "back in the composer")
        await desk.press("enter", "escape")
        await desk.command("unsend")
        await desk.shows("Cancelled: not sent, the text is a draft again")
        assert desk.typed == "Friday"
        await desk.command("undo")
        await desk.shows("Already taken back: not sent, the text is a draft")
        assert [m.status for m in await desk.messages(CHLOE)][-2:] == [Status.CANCELLED] * 2


async def test_only_a_text_of_the_shown_conversation_is_taken_back(desk: Desk) -> None:
    async with desk.open(WIDE, grace_seconds=5):
        await desk.open_thread(CHLOE)
        await desk.command("reply")
        await desk.type("Friday")
        await desk.press("enter", "escape", "j")
        await desk.press("enter")
        await desk.command("unsend")
        await desk.shows("Nothing to take back here")
        assert (await desk.last(CHLOE)).status is Status.QUEUED
