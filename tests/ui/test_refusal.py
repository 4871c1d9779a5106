"""Writing that is refused: what is typed on is lost on nobody's thread, and says so."""

import pytest

from tests.ui.desk import BOTH_SIZES, WIDE, Desk
from tests.ui.history import CHLOE, COLLEAGUE
from tui.desk.key_guard import PAUSE_SECONDS
from tui.domain.conversation import State
from tui.domain.templates import CannedReply
from tui.store.presence import ComposeLocks

Size = tuple[int, int]


@BOTH_SIZES
async def test_a_reply_typed_in_one_burst_at_a_locked_customer_is_no_command(
    desk: Desk, size: Size
) -> None:
    await _lock(desk, CHLOE)
    async with desk.open(size):
        await desk.stand_on(CHLOE)
        before = await desk.thread(CHLOE)
        await desk.press(*"res*lETs!q")
        await desk.shows("Not typed, keys act again after a pause: This customer has opted out")
        assert desk.app.screen is desk.inbox
        assert desk.app.is_running
        after = await desk.thread(CHLOE)
        assert (after.state, after.starred, after.snoozed_until, after.opted_out) == (
            *(before.state, before.starred, before.snoozed_until),
            True,
        )


async def test_after_a_pause_keys_act_again(desk: Desk) -> None:
    await _lock(desk, CHLOE)
    async with desk.open(WIDE):
        await desk.stand_on(CHLOE)
        await desk.press("r", "e")
        await desk.shows("Not typed")
        desk.clock.advance(PAUSE_SECONDS)
        await desk.press("e")
        await desk.until(lambda: _is(desk, CHLOE, State.CLOSED), "closed")


async def test_esc_lets_keys_act_at_once(desk: Desk) -> None:
    await _lock(desk, CHLOE)
    async with desk.open(WIDE):
        await desk.stand_on(CHLOE)
        await desk.press("r", "x", "escape", "e")
        await desk.until(lambda: _is(desk, CHLOE, State.CLOSED), "closed")


@pytest.mark.parametrize("key", ["r", "f2", "1"])
async def test_where_a_colleague_writes_the_t_of_a_text_does_not_take_over(
    desk: Desk, key: str
) -> None:
    await desk.store.templates.save_template(CannedReply("hours", "9 to 6"), "mia")
    async with desk.open(WIDE):
        if key == "1":
            await desk.command("triage")
            await desk.shows("Triage")
            place = desk.shown_id
        else:
            await desk.stand_on(CHLOE)
            place = (await desk.thread(CHLOE)).id
        await _another_process_takes_the_pen(desk, place)
        await desk.press(key, *"Texts")
        await desk.shows("Not typed, keys act again after a pause: bo is writing here")
        assert not desk.inbox.is_composer_focused
        assert await desk.store.compose_locks.get_holder(place) == COLLEAGUE


async def _lock(desk: Desk, number: str) -> None:
    """The customer must not be texted."""
    place = (await desk.thread(number)).id
    await desk.store.consent.record_decision(place, COLLEAGUE, opted_out=True, evidence="by phone")


async def _another_process_takes_the_pen(desk: Desk, place: int) -> None:
    """Bo writes at another screen."""
    pens = ComposeLocks(desk.store.database, desk.clock, "bo's process")
    assert await pens.acquire_lock(place, COLLEAGUE) == ""


async def _is(desk: Desk, number: str, state: State) -> bool:
    """Whether a conversation is in this state."""
    return (await desk.thread(number)).state is state
