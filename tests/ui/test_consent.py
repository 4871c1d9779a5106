"""Test consent on screen: the lock and its evidence, suspicions, and lifting an opt-out."""

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
async def consent_desk(open_store: OpenStore, clock: ManualClock, app_context: AppContext) -> Desk:
    """Return the app over a store that reads consent from the texts of customers."""
    store = await open_store(classify=create_consent_judge({}))
    await write_history(store, clock)
    return Desk(store, clock, app_context)


async def test_a_stop_locks_the_open_conversation_at_once(consent_desk: Desk) -> None:
    async with consent_desk.open():
        await consent_desk.open_thread(CHLOE)
        await consent_desk.events.receive_texts(CHLOE, "STOP")
        await consent_desk.shows("OPTED OUT: nothing can be sent", 'the customer wrote "STOP"')
        await consent_desk.command("reply")
        await consent_desk.shows("This customer has opted out")
        assert not consent_desk.inbox.is_composer_focused


@BOTH_SIZES
async def test_a_locked_conversation_shows_who_locked_it_when_and_why(
    desk: Desk, size: Size
) -> None:
    async with desk.open(size):
        await desk.command("show_closed")
        await desk.shows("STOP")
        await desk.open_thread(INES)
        await desk.shows("OPTED OUT: nothing can be sent", "recorded by mia", "Today 08:40")


@presses("consent")
async def test_a_suspicion_is_confirmed_and_can_be_undone(consent_desk: Desk, size: Size) -> None:
    async with consent_desk.open(size):
        await consent_desk.open_thread(CHLOE)
        await consent_desk.events.receive_texts(CHLOE, PLEASE_STOP)
        await consent_desk.shows("May want to stop", "! confirms the opt-out")
        assert not (await consent_desk.thread(CHLOE)).opted_out
        await consent_desk.command("consent")
        await consent_desk.shows("Opted out: nothing can be sent any more")
        record = await consent_desk.store.consent.get_consent(CHLOE)
        assert record is not None
        assert (record.opted_out, record.agent, record.evidence) == (True, AGENT, PLEASE_STOP)
        await consent_desk.command("undo")
        await consent_desk.shows("May want to stop")
        assert not (await consent_desk.thread(CHLOE)).opted_out


@presses("not_opt_out")
async def test_a_suspicion_is_dismissed_and_can_be_undone(consent_desk: Desk, size: Size) -> None:
    async with consent_desk.open(size):
        await consent_desk.open_thread(CHLOE)
        await consent_desk.events.receive_texts(CHLOE, PLEASE_STOP)
        await consent_desk.shows("May want to stop")
        await _wait_for_mark(consent_desk, True)
        await consent_desk.command("not_opt_out")
        await consent_desk.hides("May want to stop")
        await _wait_for_mark(consent_desk, False)
        thread = await consent_desk.thread(CHLOE)
        assert await consent_desk.store.consent.find_possible_opt_out(thread.id) is None
        assert not thread.opted_out
        await consent_desk.command("undo")
        await consent_desk.shows("May want to stop")
        await _wait_for_mark(consent_desk, True)


async def _wait_for_mark(desk: Desk, marked: bool) -> None:
    """Wait until Chloe's row shows, or does not show, the mark of a possible opt-out."""

    def is_as_expected() -> bool:
        rows = [row for row in desk.inbox.threads.rows if row.address == CHLOE]
        drawn = [desk.inbox.threads.draw_row(row, current=False, width=40)[0].text for row in rows]
        return ["stop?" in line for line in drawn] == [marked]

    await desk.until(is_as_expected, f"the row: {marked}")


async def test_escape_leaves_the_suspicion_open(consent_desk: Desk) -> None:
    async with consent_desk.open():
        await consent_desk.open_thread(CHLOE)
        await consent_desk.events.receive_texts(CHLOE, PLEASE_STOP)
        await consent_desk.shows("May want to stop")
        await consent_desk.press("escape")
        thread = await consent_desk.thread(CHLOE)
        assert await consent_desk.store.consent.find_possible_opt_out(thread.id) is not None


@BOTH_SIZES
async def test_lifting_an_opt_out_needs_a_reason(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.command("show_closed")
        await desk.open_thread(INES)
        before = await desk.store.consent.get_consent(INES)
        assert before is not None and before.opted_out
        await desk.command("consent")
        await desk.shows("Allow messages to Inês Costa again")
        await desk.press("enter")
        await desk.shows("A reason is needed")
        assert (await desk.thread(INES)).opted_out
        await desk.type("asked by phone")
        await desk.press("enter")
        await desk.hides("OPTED OUT")
        record = await desk.store.consent.get_consent(INES)
        assert record is not None
        assert (record.opted_out, record.agent, record.evidence) == (False, AGENT, "asked by phone")
        await desk.command("undo")
        await desk.shows("OPTED OUT")
        assert await desk.store.consent.get_consent(INES) == before
        await desk.command("history")
        await desk.shows("withdrew the opt-in")


@BOTH_SIZES
async def test_an_agent_records_an_opt_out_by_phone(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.open_thread(CHLOE)
        await desk.command("consent")
        await desk.shows("Opt out Chloe Martin", "No agent can send to this customer")
        assert "replies reach us" in desk.text()
        await desk.type("said so on the phone")
        await desk.press("enter")
        await desk.shows("OPTED OUT", "─ opted out: nothing can be sent ─")
        assert "replies reach us" not in desk.text()
        assert (await desk.thread(CHLOE)).opted_out


async def test_dismissing_without_a_suspicion_says_so(desk: Desk) -> None:
    async with desk.open():
        await desk.open_thread(CHLOE)
        await desk.command("not_opt_out")
        await desk.shows("No possible opt-out here")


@BOTH_SIZES
async def test_an_opted_out_customer_no_longer_waits_and_triage_moves_on(
    consent_desk: Desk, size: Size
) -> None:
    async with consent_desk.open(size):
        await consent_desk.shows("3 waiting")
        await consent_desk.press("t")
        await consent_desk.events.receive_texts(CHLOE, PLEASE_STOP)
        await consent_desk.shows("May want to stop")
        await consent_desk.command("consent")
        dawit = (await consent_desk.thread(DAWIT)).id
        await consent_desk.until(lambda: consent_desk.shown_id == dawit, "who waits next")
        await consent_desk.shows("Triage  2 left · 1 handled", "2 waiting")
        assert (await consent_desk.thread(CHLOE)).waiting_since is None
        await consent_desk.command("undo")
        await consent_desk.shows("May want to stop", "Triage  3 left · 0 handled", "3 waiting")
        assert (await consent_desk.thread(CHLOE)).waiting_since is not None


async def test_a_stop_leaves_the_conversation_unread_but_not_waiting(consent_desk: Desk) -> None:
    async with consent_desk.open(NARROW):
        await consent_desk.events.receive_texts(CHLOE, "STOP")
        await consent_desk.shows("2 waiting", "STOP")
        await consent_desk.command("next_waiting")
        assert (row := consent_desk.inbox.threads.current_row) and row.party in (ANA, DAWIT)
        chloe = await consent_desk.thread(CHLOE)
        assert (chloe.waiting_since, chloe.unread > 0) == (None, True)
