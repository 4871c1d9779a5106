"""Test two agents at one inbox: they see each other, and one writes at a time."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from time import monotonic

import pytest

from tests.ui.desk import NARROW, WIDE, Desk, presses
from tests.ui.history import CHLOE, DAWIT
from tui.desk.key_guard import READING_SECONDS
from tui.store.presence import LOCK_TIMEOUT_MS

Size = tuple[int, int]


@contextlib.asynccontextmanager
async def open_both(mia: Desk, bo: Desk, size: Size = (130, 40)) -> AsyncIterator[None]:
    """Open both desks."""
    async with mia.open(size), bo.open(size):
        yield


async def finish_publishing(desk: Desk) -> None:
    """Wait until the presence of a desk is written."""
    task = desk.inbox.pane.presence._publish_task
    assert task is not None
    await task


async def test_colleagues_see_each_other_without_waiting_for_the_next_poll(
    mia: Desk, bo: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.screens.inbox.WAKE_SECONDS", 3_600.0)
    async with open_both(mia, bo):
        await mia.open_thread(CHLOE)
        await bo.open_thread(DAWIT)
        await mia.hides("bo is here")
        await bo.press("escape", "k")
        await mia.shows("bo is here")
        await bo.press("r")
        await bo.type("On")
        await mia.shows("bo is typing")


@pytest.mark.bench
async def test_colleagues_see_each_other_within_half_a_second(mia: Desk, bo: Desk) -> None:
    delays = []
    async with open_both(mia, bo):
        await mia.open_thread(CHLOE)
        await bo.open_thread(DAWIT)
        for _ in range(5):
            await mia.hides("bo is here")
            await bo.press("escape", "k")
            began = monotonic()
            await mia.shows("bo is here")
            delays.append(monotonic() - began)
            await bo.press("j")
    assert sorted(delays)[2] < 0.5


async def test_a_colleague_who_moves_on_is_no_longer_shown(mia: Desk, bo: Desk) -> None:
    async with open_both(mia, bo):
        await mia.open_thread(CHLOE)
        await bo.open_thread(CHLOE)
        await mia.shows("bo is here")
        await bo.press("escape", "j")
        await mia.hides("bo is here")


async def test_a_colleague_with_only_the_cursor_of_a_narrow_list_there_is_not_shown(
    mia: Desk, bo: Desk
) -> None:
    async with mia.open(WIDE), bo.open(NARROW):
        await mia.open_thread(CHLOE)
        await bo.open_thread(CHLOE)
        await mia.shows("bo is here")
        await bo.press("escape")
        await mia.hides("bo is here")
        await bo.pilot.resize_terminal(*WIDE)
        await mia.shows("bo is here")
        await bo.pilot.resize_terminal(*NARROW)
        await mia.hides("bo is here")


async def test_the_cursor_of_a_narrow_list_announces_nothing(mia: Desk, bo: Desk) -> None:
    row = await mia.thread(CHLOE)
    async with bo.open(NARROW):
        await bo.move_to(CHLOE)
        bo.inbox.pane.presence.heartbeat()
        await finish_publishing(bo)
        assert await mia.store.presence.list_colleagues(row.id) == []


async def test_a_colleague_below_a_dialog_is_still_here_and_goes_on_writing(
    mia: Desk, bo: Desk
) -> None:
    async with open_both(mia, bo, WIDE):
        await bo.open_thread(CHLOE)
        await bo.press("r")
        await bo.type("On it")
        await mia.open_thread(CHLOE)
        await mia.shows("bo is typing", "bo is writing here")
        await bo.press("f1")
        await bo.until(lambda: len(bo.app.screen_stack) > 1, "a dialog")
        for _ in range(4):
            mia.clock.advance(LOCK_TIMEOUT_MS / 2_000)
            bo.inbox.pane.presence.heartbeat()
            await finish_publishing(bo)
        await mia.inbox.pane.presence.refresh_colleagues()
        await mia.shows("bo is here", "bo is writing here")


async def test_a_colleague_who_quits_is_no_longer_shown(mia: Desk, bo: Desk) -> None:
    async with mia.open((130, 40)):
        async with bo.open((130, 40)):
            await mia.open_thread(CHLOE)
            await bo.open_thread(CHLOE)
            await mia.shows("bo is here")
        await mia.hides("bo is here")


@presses("take_over")
async def test_one_writes_at_a_time_until_the_other_takes_over(
    mia: Desk, bo: Desk, size: Size
) -> None:
    async with open_both(mia, bo, size):
        await bo.open_thread(CHLOE)
        await bo.press("r")
        await bo.type("On it")
        await mia.open_thread(CHLOE)
        await mia.shows("bo is writing here")
        await mia.command("reply")
        await mia.shows("bo is writing here: T takes over")
        assert not mia.inbox.is_composer_focused
        mia.clock.advance(READING_SECONDS)
        await mia.command("take_over")
        await mia.until(lambda: mia.inbox.is_composer_focused, "Mia writes")
        await mia.hides("bo is writing here: T takes over")
        await bo.shows("mia is writing here")
        await bo.press("enter")
        await bo.shows("mia writes here now")
        assert bo.typed == "On it"
        await mia.type("Friday is fine")
        await mia.press("enter")
        await mia.shows("… queued")
        assert (await mia.last(CHLOE)).agent == "mia"


async def test_leaving_the_composer_releases_the_lock(mia: Desk, bo: Desk) -> None:
    async with open_both(mia, bo):
        await bo.open_thread(CHLOE)
        await bo.press("r")
        await mia.open_thread(CHLOE)
        await mia.shows("bo is writing here")
        await bo.press("escape")
        await mia.hides("bo is writing here")
        await mia.command("reply")
        await mia.until(lambda: mia.inbox.is_composer_focused, "Mia writes")


async def test_the_first_reply_assigns_the_conversation(mia: Desk, bo: Desk) -> None:
    async with open_both(mia, bo):
        await bo.open_thread(CHLOE)
        await bo.press("r")
        await bo.type("On it")
        await bo.press("enter")
        await mia.shows("@bo")
        assert (await mia.thread(CHLOE)).assignee == "bo"


async def test_cancelling_the_reply_unassigns_the_conversation(desk: Desk) -> None:
    async with desk.open(grace_seconds=5):
        await desk.open_thread(CHLOE)
        await desk.command("reply")
        await desk.type("Friday")
        await desk.press("enter")
        await desk.shows("@mia")
        await desk.press("escape")
        await desk.command("undo")
        await desk.shows("Cancelled: not sent")
        assert (await desk.thread(CHLOE)).assignee == ""


async def test_a_reply_to_a_colleagues_conversation_keeps_its_assignee(desk: Desk) -> None:
    thread = await desk.thread(CHLOE)
    await desk.store.triage.assign_conversations([thread.id], "bo", "bo")
    async with desk.open():
        await desk.open_thread(CHLOE)
        await desk.command("reply")
        await desk.type("Friday")
        await desk.press("enter")
        await desk.shows("… queued")
        assert (await desk.thread(CHLOE)).assignee == "bo"


async def test_two_enters_at_once_send_one_answer(mia: Desk, bo: Desk) -> None:
    async with open_both(mia, bo):
        before = len(await mia.messages(CHLOE))
        await bo.open_thread(CHLOE)
        await bo.press("r")
        await bo.type("On it")
        await mia.open_thread(CHLOE)
        await mia.shows("bo is writing here")
        await mia.command("take_over")
        await mia.until(lambda: mia.inbox.is_composer_focused, "Mia writes")
        await mia.type("Friday is fine")
        await asyncio.gather(mia.press("enter"), bo.press("enter"))
        await mia.shows("… queued")
        await bo.until(lambda: bo.typed == "On it", "Bo's text is kept")
        added = (await mia.messages(CHLOE))[before:]
        assert [message.body for message in added] == ["Friday is fine"]


async def test_the_notice_above_the_composer_names_keys_that_work_there(
    mia: Desk, bo: Desk
) -> None:
    async with open_both(mia, bo, (160, 40)):
        await bo.open_thread(CHLOE)
        await bo.press("r")
        await mia.open_thread(CHLOE)
        await mia.shows("bo is writing here · T takes over")
        await mia.press("T")
        await bo.shows("mia is writing here · Esc T takes over")
        chloe = await mia.thread(CHLOE)
        await mia.store.consent.record_decision(chloe.id, "ana", opted_out=True, evidence="STOP")
        await bo.shows("· Esc ! allows messages again", "Esc C edits name and note")
        await bo.press("escape")
        await bo.hides("Esc ! allows", "Esc C edits")
        await bo.shows("· ! allows messages again", "C edits name and note")
