"""Test that header and list go on below any number of dialogs, and dialogs that show live data."""

import pytest

from tests.slow_cases import slow_case
from tests.ui.desk import BOTH_SIZES, WIDE, Desk
from tests.ui.history import BOB, CHLOE, COLLEAGUE
from tui.clock import MINUTE
from tui.domain.account import Health
from tui.domain.status import Status
from tui.screens.questions import PromptScreen

Size = tuple[int, int]
NEWCOMER = "+61491571804"


async def open_dialogs(desk: Desk, count: int) -> None:
    """Open some dialogs above each other; the lowest is the list of canned replies."""
    if count:
        await desk.press("g", "t")
        await desk.shows("Canned replies")
    for number in range(1, count):
        await desk.app.push_screen(PromptScreen(f"Question {number}", "Why", "example"))
        await desk.shows(f"Question {number}")


@BOTH_SIZES
@pytest.mark.parametrize("theme", ["dark", "terminal"])
@pytest.mark.parametrize("count", [0, slow_case(1), 2, slow_case(3)])
async def test_the_header_goes_on_below_dialogs(
    desk: Desk, size: Size, theme: str, count: int
) -> None:
    async with desk.open(size, theme=theme):
        await open_dialogs(desk, count)
        await desk.shows("3 waiting", "pl retry", "14:02")
        desk.clock.advance(61)
        await desk.shows("14:03")
        await desk.events.receive_texts(NEWCOMER, "Is anybody there?")
        await desk.shows("4 waiting")
        await desk.store.accounts.save_health("pl", Health.STOPPED, line="Wrong password")
        await desk.shows("pl stopped")
        await desk.store.accounts.save_health("pl", Health.OK, ok_at=desk.clock.now())
        await desk.hides("pl stopped")


@pytest.mark.parametrize("count", [1, 2, 3])
async def test_the_list_goes_on_below_dialogs(desk: Desk, count: int) -> None:
    async with desk.open(WIDE):
        await open_dialogs(desk, count)
        await desk.events.receive_texts(CHLOE, "NEWS from me")
        await desk.shows("NEWS from")
        chloe = await desk.thread(CHLOE)
        await desk.store.triage.close_conversations([chloe.id], COLLEAGUE)
        await desk.hides("NEWS from")


@pytest.mark.parametrize("count", [1, 2])
async def test_no_key_reaches_the_inbox_below_dialogs(desk: Desk, count: int) -> None:
    async with desk.open(WIDE):
        await open_dialogs(desk, count)
        before = desk.inbox.threads.current_row
        await desk.press("j", "r", "E", "s", "t")
        assert len(desk.app.screen_stack) > count and not desk.inbox.is_composer_focused
        assert desk.inbox.threads.current_row == before and not desk.inbox.triage.is_on


async def test_what_is_painted_below_dialogs_comes_to_rest(desk: Desk) -> None:
    async with desk.open(WIDE):
        await open_dialogs(desk, 2)
        await desk.events.receive_texts(CHLOE, "NEWS from me")
        await desk.shows("NEWS from")
        await desk.work_done()
        await desk.until(
            lambda: not any(s._dirty_widgets or s._repaint_required for s in desk.app.screen_stack)
        )


@BOTH_SIZES
async def test_the_timeline_shows_receipts_as_they_come(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.open_thread(BOB)
        await desk.command("timeline")
        await desk.shows("the number is not in use")
        await desk.events.add_receipt(
            await desk.last(BOB), Status.FAILED, "the operator gave up meanwhile"
        )
        await desk.shows("the operator gave up meanwhile")


@BOTH_SIZES
async def test_the_statistics_follow_the_inbox(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.command("numbers")
        await desk.shows("opt-outs 1")
        await desk.store.consent.record_decision(
            desk.shown_id, "mia", opted_out=True, evidence="by phone"
        )
        await desk.shows("opt-outs 2")


async def test_the_history_of_a_conversation_follows(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.move_to(CHLOE)
        await desk.command("history")
        chloe = await desk.thread(CHLOE)
        await desk.store.triage.set_star([chloe.id], COLLEAGUE, True)
        await desk.shows("bo starred it")


async def test_ages_of_accounts_go_on(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.command("accounts")
        await desk.shows("checked")
        await desk.store.accounts.save_health("pl", Health.OK, ok_at=desk.clock.now())
        await desk.shows("checked just now")
        desk.clock.advance(3 * MINUTE / 1_000)
        await desk.shows("checked 3m ago")
