"""Test refused replies: keys typed after the refusal act on no conversation, and a text says so."""

import pytest

from tests.ui.desk import BOTH_SIZES, WIDE, Desk
from tests.ui.history import CHLOE, COLLEAGUE
from tui.desk.key_guard import PAUSE_SECONDS
from tui.domain.conversation import State
from tui.domain.templates import CannedReply
from tui.store.presence import ComposeLocks

Size = tuple[int, int]


@BOTH_SIZES
async def test_a_reply_typed_to_an_opted_out_customer_runs_no_command(
    desk: Desk, size: Size
) -> None:
    await _opt_out(desk, CHLOE)
    async with desk.open(size):
        await desk.move_to(CHLOE)
        before = await desk.thread(CHLOE)
        await desk.press(*"res*lETs!q")
        await desk.shows("Not typed (Esc: keys act again): This customer has opted out")
        assert desk.app.screen is desk.inbox
        assert desk.app.is_running
        after = await desk.thread(CHLOE)
        assert (after.state, after.starred, after.snoozed_until, after.opted_out) == (
            *(before.state, before.starred, before.snoozed_until),
            True,
        )


async def test_after_a_pause_keys_act_again(desk: Desk) -> None:
    await _opt_out(desk, CHLOE)
    async with desk.open(WIDE):
        await desk.move_to(CHLOE)
        await desk.press("r", "e")
        await desk.shows("Not typed")
        desk.clock.advance(PAUSE_SECONDS)
        await desk.press("e")
        await desk.until(lambda: _has_state(desk, CHLOE, State.CLOSED), "closed")


async def test_esc_makes_keys_act_at_once(desk: Desk) -> None:
    await _opt_out(desk, CHLOE)
    async with desk.open(WIDE):
        await desk.move_to(CHLOE)
        await desk.press("r", "x", "escape", "e")
        await desk.until(lambda: _has_state(desk, CHLOE, State.CLOSED), "closed")


@pytest.mark.parametrize("key", ["r", "f2", "1"])
async def test_the_t_of_a_refused_text_does_not_take_over_from_a_colleague(
    desk: Desk, key: str
) -> None:
    await desk.store.templates.save_template(CannedReply("hours", "9 to 6"), "mia")
    async with desk.open(WIDE):
        if key == "1":
            await desk.command("triage")
            await desk.shows("Triage")
            conversation_id = desk.shown_id
        else:
            await desk.move_to(CHLOE)
            conversation_id = (await desk.thread(CHLOE)).id
        await _lock_as_colleague(desk, conversation_id)
        await desk.press(key, *"Texts")
        await desk.shows("Not typed (Esc: keys act again): bo is writing here")
        assert not desk.inbox.is_composer_focused
        assert await desk.store.compose_locks.get_holder(conversation_id) == COLLEAGUE


async def _opt_out(desk: Desk, number: str) -> None:
    """Record that the customer must not be texted."""
    conversation_id = (await desk.thread(number)).id
    await desk.store.consent.record_decision(
        conversation_id, COLLEAGUE, opted_out=True, evidence="by phone"
    )
    # It is closed then; keys act in the list of open ones too.
    await desk.store.triage.reopen_conversations([conversation_id], COLLEAGUE)


async def _lock_as_colleague(desk: Desk, conversation_id: int) -> None:
    """Let Bo acquire the compose lock in another process."""
    compose_locks = ComposeLocks(desk.store.database, desk.clock, "bo's process")
    assert await compose_locks.acquire_lock(conversation_id, COLLEAGUE) == ""


async def _has_state(desk: Desk, number: str, state: State) -> bool:
    """Return whether a conversation is in this state."""
    return (await desk.thread(number)).state is state
