"""Test quitting: at once, or after one question that names what is unsent."""

import pytest

from tests.conftest import OpenStore
from tests.contexts import make_context
from tests.ui.desk import BOTH_SIZES, WIDE, Desk
from tests.ui.history import CHLOE
from tui.app import SmsDeskApp
from tui.clock import ManualClock
from tui.desk.key_guard import DoubleInterrupt
from tui.domain.status import Status
from tui.screens.inbox import InboxScreen

Size = tuple[int, int]


async def _type_reply(desk: Desk, text: str) -> None:
    """Type a reply to Chloe."""
    await desk.open_thread(CHLOE)
    await desk.command("reply")
    await desk.until(lambda: desk.inbox.is_composer_focused, "the composer")
    await desk.type(text)


async def _wait_for_exit(desk: Desk) -> None:
    """Wait until the app has ended."""
    await desk.until(lambda: not desk.app.is_running, "left")


@BOTH_SIZES
async def test_a_draft_and_an_unsent_text_are_named_and_esc_stays(desk: Desk, size: Size) -> None:
    async with desk.open(size, grace_seconds=5):
        await _type_reply(desk, "First")
        await desk.press("enter")
        await desk.shows("queued")
        await desk.type("Second")
        await desk.press("escape", "q")
        await desk.shows("1 text is still being sent · your draft to Chloe Martin is saved")
        await desk.press("x", "escape")
        await desk.hides("still being sent")
        assert desk.app.is_running
        await desk.press("q")
        await desk.shows("still being sent")
        await desk.press("q")
        await _wait_for_exit(desk)
    assert (desk.app.return_code, desk.app.failure) == (0, None)
    draft = await desk.draft(CHLOE)
    assert draft is not None and draft.body == "Second"


async def test_an_unsaved_note_is_named_and_enter_quits(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.move_to(CHLOE)
        await desk.command("note")
        await desk.until(lambda: desk.inbox.is_composer_focused, "the composer")
        await desk.type("ask Bo")
        await desk.press("escape", "q")
        await desk.shows("Your note on Chloe Martin is saved")
        await desk.press("enter")
        await _wait_for_exit(desk)


async def test_sent_and_scheduled_texts_need_no_question(desk: Desk) -> None:
    async with desk.open(WIDE):
        await _type_reply(desk, "Now")
        await desk.press("enter")
        await desk.shows("queued")
        await desk.store.outbox.claim_due_messages("x", "au", 10)
        await desk.events.report_status(await desk.last(CHLOE), Status.ACCEPTED)
        await desk.shows("accepted")
        await desk.type("Later")
        await desk.command("schedule")
        await desk.shows("it waits here")
        await desk.type("2h")
        await desk.press("enter")
        await desk.shows("scheduled for")
        await desk.press("escape", "q")
        await _wait_for_exit(desk)


async def test_ctrl_c_twice_quits_from_a_dialog_and_keeps_the_draft(desk: Desk) -> None:
    async with desk.open(WIDE):
        await _type_reply(desk, "Half a sent")
        await desk.command("schedule")
        await desk.shows("it waits here")
        await desk.press("ctrl+c", "ctrl+c")
        await _wait_for_exit(desk)
    draft = await desk.draft(CHLOE)
    assert draft is not None and draft.body == "Half a sent"


async def test_one_ctrl_c_at_the_list_asks_like_q(desk: Desk) -> None:
    async with desk.open(WIDE):
        await _type_reply(desk, "Half")
        await desk.press("escape", "ctrl+c")
        await desk.shows("Your draft to Chloe Martin is saved")
        desk.clock.advance(2)
        await desk.press("ctrl+c")
        await _wait_for_exit(desk)


def test_two_interrupts_count_only_in_a_row_and_within_a_short_time() -> None:
    interrupt = DoubleInterrupt()
    assert [interrupt.record_key("ctrl+c", 0.0), interrupt.record_key("ctrl+c", 2.0)] == [
        False,
        False,
    ]
    assert interrupt.record_key("ctrl+c", 3.0)
    interrupt = DoubleInterrupt()
    presses = [("ctrl+c", 0.0), ("x", 0.1), ("ctrl+c", 0.2)]
    assert [interrupt.record_key(*press) for press in presses] == [False, False, False]


async def test_an_end_before_the_inbox_is_mounted_is_no_error(
    open_store: OpenStore, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    mount = InboxScreen.on_mount

    async def end_first(inbox: InboxScreen) -> None:
        # What a signal or Ctrl+C does to a screen that is being built: it has no widgets.
        inbox.app.exit()
        await inbox.query("*").remove()
        await mount(inbox)

    monkeypatch.setattr(InboxScreen, "on_mount", end_first)
    app = SmsDeskApp(await open_store(), make_context(clock))
    await app.run_async(headless=True)
    assert app.failure is None
    assert not app.handler_errors
