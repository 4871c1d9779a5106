"""Consent on screen: the lock and its evidence, suspicions to judge, and the way back in."""

import pytest

from tests.conftest import OpenStore
from tests.ui.desk import BOTH_SIZES, NARROW, Desk, presses
from tests.ui.history import AGENT, ANA, CHLOE, DAWIT, INES, write_history
from tui.clock import ManualClock
from tui.desk.context import AppContext
from tui.startup.wiring import create_consent_judge

Size = tuple[int, int]

PLEASE_STOP = "please stop texting me"


@pytest.fixture
async def judging(open_store: OpenStore, clock: ManualClock, seat: AppContext) -> Desk:
    """A desk that reads what customers say about consent."""
    store = await open_store(classify=create_consent_judge({}))
    await write_history(store, clock)
    return Desk(store, clock, seat)


async def test_a_stop_locks_the_conversation_before_the_agents_eyes(judging: Desk) -> None:
    async with judging.open():
        await judging.open_thread(CHLOE)
        await judging.world.writes(CHLOE, "STOP")
        await judging.shows("OPTED OUT: nothing can be sent", 'the customer wrote "STOP"')
        await judging.command("reply")
        await judging.shows("This customer has opted out")
        assert not judging.inbox.is_composer_focused


@BOTH_SIZES
async def test_a_locked_conversation_says_who_locked_it_when_and_why(
    desk: Desk, size: Size
) -> None:
    async with desk.open(size):
        await desk.command("show_closed")
        await desk.shows("STOP")
        await desk.open_thread(INES)
        await desk.shows("OPTED OUT: nothing can be sent", "recorded by mia", "Today 08:40")


@presses("consent")
async def test_a_suspicion_is_confirmed_and_can_be_undone(judging: Desk, size: Size) -> None:
    async with judging.open(size):
        await judging.open_thread(CHLOE)
        await judging.world.writes(CHLOE, PLEASE_STOP)
        await judging.shows("May want to stop", "! confirms the opt-out")
        assert not (await judging.thread(CHLOE)).opted_out
        await judging.command("consent")
        await judging.shows("Opted out: nothing can be sent any more")
        word = await judging.store.consent.get_consent(CHLOE)
        assert word is not None
        assert (word.opted_out, word.agent, word.evidence) == (True, AGENT, PLEASE_STOP)
        await judging.command("undo")
        await judging.shows("May want to stop")
        assert not (await judging.thread(CHLOE)).opted_out


@presses("not_opt_out")
async def test_a_suspicion_is_dismissed_and_can_be_undone(judging: Desk, size: Size) -> None:
    async with judging.open(size):
        await judging.open_thread(CHLOE)
        await judging.world.writes(CHLOE, PLEASE_STOP)
        await judging.shows("May want to stop")
        await _marked_in_the_list(judging, True)
        await judging.command("not_opt_out")
        await judging.hides("May want to stop")
        await _marked_in_the_list(judging, False)
        thread = await judging.thread(CHLOE)
        assert await judging.store.consent.find_possible_opt_out(thread.id) is None
        assert not thread.opted_out
        await judging.command("undo")
        await judging.shows("May want to stop")
        await _marked_in_the_list(judging, True)


async def _marked_in_the_list(desk: Desk, marked: bool) -> None:
    """Wait until Chloe's row says, or does not say, that a text may ask for no more."""

    def says() -> bool:
        rows = [row for row in desk.inbox.threads.rows if row.address == CHLOE]
        drawn = [desk.inbox.threads.draw_row(row, current=False, width=40)[0].text for row in rows]
        return ["stop?" in line for line in drawn] == [marked]

    await desk.until(says, f"the row: {marked}")


async def test_escape_judges_nothing(judging: Desk) -> None:
    async with judging.open():
        await judging.open_thread(CHLOE)
        await judging.world.writes(CHLOE, PLEASE_STOP)
        await judging.shows("May want to stop")
        await judging.press("escape")
        thread = await judging.thread(CHLOE)
        assert await judging.store.consent.find_possible_opt_out(thread.id) is not None


@BOTH_SIZES
async def test_a_customer_is_let_in_again_with_a_reason(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.command("show_closed")
        await desk.open_thread(INES)
        before = await desk.store.consent.get_consent(INES)
        assert before is not None and before.opted_out
        await desk.command("consent")
        await desk.shows("Let Inês Costa in again")
        await desk.press("enter")
        await desk.shows("A reason is needed")
        assert (await desk.thread(INES)).opted_out
        await desk.type("asked by phone")
        await desk.press("enter")
        await desk.hides("OPTED OUT")
        word = await desk.store.consent.get_consent(INES)
        assert word is not None
        assert (word.opted_out, word.agent, word.evidence) == (False, AGENT, "asked by phone")
        await desk.command("undo")
        await desk.shows("OPTED OUT")
        assert await desk.store.consent.get_consent(INES) == before
        await desk.command("history")
        await desk.shows("withdrew the opt-in")


@BOTH_SIZES
async def test_an_agent_records_an_opt_out_that_was_spoken(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.open_thread(CHLOE)
        await desk.command("consent")
        await desk.shows("Opt out Chloe Martin", "Nothing can be sent to this customer")
        assert "can answer" in desk.text()
        await desk.type("said so on the phone")
        await desk.press("enter")
        await desk.shows("OPTED OUT", "─ opted out: nothing can be sent ─")
        assert "can answer" not in desk.text()
        assert (await desk.thread(CHLOE)).opted_out


async def test_nothing_suspected_is_nothing_to_dismiss(desk: Desk) -> None:
    async with desk.open():
        await desk.open_thread(CHLOE)
        await desk.command("not_opt_out")
        await desk.shows("Nothing here is suspected")


@BOTH_SIZES
async def test_who_is_locked_waits_no_longer_and_triage_goes_on(judging: Desk, size: Size) -> None:
    async with judging.open(size):
        await judging.shows("3 waiting")
        await judging.press("t")
        await judging.world.writes(CHLOE, PLEASE_STOP)
        await judging.shows("May want to stop")
        await judging.command("consent")
        dawit = (await judging.thread(DAWIT)).id
        await judging.until(lambda: judging.shown_id == dawit, "who waits next")
        await judging.shows("Triage  2 left · 1 handled", "2 waiting")
        assert (await judging.thread(CHLOE)).waiting_since is None
        await judging.command("undo")
        await judging.shows("May want to stop", "Triage  3 left · 0 handled", "3 waiting")
        assert (await judging.thread(CHLOE)).waiting_since is not None


async def test_whose_stop_has_come_is_unread_and_not_among_those_who_wait(judging: Desk) -> None:
    async with judging.open(NARROW):
        await judging.world.writes(CHLOE, "STOP")
        await judging.shows("2 waiting", "STOP")
        await judging.command("next_waiting")
        assert (row := judging.inbox.threads.current_row) and row.party in (ANA, DAWIT)
        chloe = await judging.thread(CHLOE)
        assert (chloe.waiting_since, chloe.unread > 0) == (None, True)
