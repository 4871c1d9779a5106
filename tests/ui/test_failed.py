"""Test messages in trouble: the advice, sending again, other accounts, resolving maybe sent."""

from dataclasses import replace

import pytest

from tests.ui.desk import BOTH_SIZES, Desk, presses
from tests.ui.history import BOB, CHLOE
from tui.domain.events import Receipt
from tui.domain.message import Advice, Message
from tui.domain.status import Status

Size = tuple[int, int]


async def add_maybe_sent(desk: Desk) -> Message:
    """Add a reply to Chloe of which it is not known whether it was sent."""
    return await desk.events.add_reply(CHLOE, "Friday is fine", Status.UNCERTAIN, "No answer came")


async def add_failure_receipt(desk: Desk, message: Message, advice: Advice) -> None:
    """Store a receipt that reports the failure of a message.

    Args:
        desk: Desk whose store gets the receipt.
        message: Message that has failed.
        advice: Advice that the error code stands for.
    """
    receipt = Receipt(
        f"late-{message.id}",
        Status.FAILED,
        "failed",
        desk.clock.now(),
        "{}",
        provider_id=f"p-{message.id:x}",
        code="332",
        reason="There is no route to this number",
        advice=advice,
    )
    await desk.store.ingest.store_events(message.account, [receipt])


@BOTH_SIZES
async def test_the_advice_is_shown_under_a_failure(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.open_thread(BOB)
        await desk.shows("the number is not in use", "R sends it again now")


@pytest.mark.parametrize(
    ("advice", "expected"),
    [
        (Advice.OTHER_ACCOUNT, "W sends it through another account"),
        (Advice.FIX_NUMBER, "c writes to the right number"),
        (Advice.TOP_UP, "F3 shows the account: top it up"),
        (Advice.STOP, "M dismisses it"),
    ],
)
async def test_the_advice_of_an_error_code_appears_with_its_receipt(
    desk: Desk, advice: Advice, expected: str
) -> None:
    message = await desk.events.add_reply(CHLOE, "Friday is fine", Status.ACCEPTED)
    async with desk.open((80, 24)):
        await desk.open_thread(CHLOE)
        await desk.hides(expected)
        await add_failure_receipt(desk, message, advice)
        await desk.shows("no route to this number", expected)
        assert (await desk.last(CHLOE)).advice is advice


@BOTH_SIZES
async def test_the_timeline_shows_the_advice(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.open_thread(BOB)
        await desk.command("timeline")
        await desk.shows("Timeline", "R sends it again now")


@presses("resolve")
async def test_the_agent_resolves_a_maybe_sent_message(desk: Desk, size: Size) -> None:
    message = await add_maybe_sent(desk)
    async with desk.open(size):
        await desk.open_thread(CHLOE)
        await desk.shows("? maybe sent", "M resolves it")
        await desk.command("resolve")
        await desk.shows("It was sent", "Send it again", "the customer gets it twice")
        await desk.press("M")
        await desk.shows("Resolved: it was sent")
        settled = await desk.last(CHLOE)
        assert (settled.id, settled.status, settled.handled) == (message.id, Status.ACCEPTED, True)


@presses("resolve")
async def test_a_dismissed_failure_is_restored_by_undo(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.open_thread(BOB)
        await desk.shows("2 failed")
        await desk.command("resolve")
        await desk.shows("Dismissed: it no longer counts as failed · z undoes", "1 failed")
        failure = await desk.last(BOB)
        assert (failure.status, failure.handled) == (Status.FAILED, True)
        await desk.command("resolve")
        await desk.shows('Only "maybe sent" and failed messages can be resolved: g f lists them')
        await desk.command("undo")
        await desk.shows("Undone: it counts as failed again", "2 failed")
        assert not (await desk.last(BOB)).handled
        actions = [
            entry.action
            for entry in await desk.store.triage.get_audit_trail(failure.conversation_id)
        ]
        assert actions[:2] == ["not dealt with", "dealt with"]


@BOTH_SIZES
async def test_a_maybe_sent_message_is_sent_again_only_after_a_choice(
    desk: Desk, size: Size
) -> None:
    message = await add_maybe_sent(desk)
    async with desk.open(size):
        await desk.open_thread(CHLOE)
        await desk.command("retry")
        await desk.shows("Maybe sent")
        assert (await desk.last(CHLOE)).id == message.id, "nothing is sent before the choice"
        await desk.press("R")
        await desk.shows("… queued")
        again = await desk.last(CHLOE)
        assert (again.retry_of, again.body) == (message.id, message.body)


async def test_leaving_the_choice_open_changes_nothing(desk: Desk) -> None:
    message = await add_maybe_sent(desk)
    async with desk.open():
        await desk.open_thread(CHLOE)
        await desk.command("resolve")
        await desk.shows("Maybe sent")
        await desk.press("escape")
        await desk.hides("Maybe sent ─")
        last = await desk.last(CHLOE)
        assert (last.id, last.status, last.handled) == (message.id, Status.UNCERTAIN, False)


async def test_a_receipt_that_came_meanwhile_wins(desk: Desk) -> None:
    message = await add_maybe_sent(desk)
    async with desk.open():
        await desk.open_thread(CHLOE)
        await desk.command("resolve")
        await desk.shows("Maybe sent")
        await desk.events.add_receipt(message, Status.DELIVERED)
        await desk.press("m")
        await desk.shows("The provider has reported meanwhile")
        assert (await desk.last(CHLOE)).status is Status.DELIVERED


@presses("retry_through")
async def test_a_failed_message_goes_through_another_account(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.open_thread(BOB)
        failed = await desk.last(BOB)
        await desk.command("retry_through")
        await desk.shows("Retry through", "pl SerwerSMS · 48500100200", "failed before")
        await desk.press("enter")
        await desk.shows("… queued")
        again = await desk.last(BOB)
        assert (failed.account, again.account, again.sender) == ("au", "pl", "48500100200")
        assert again.retry_of == failed.id


async def test_cancelling_the_choice_of_an_account_sends_nothing(desk: Desk) -> None:
    async with desk.open():
        await desk.open_thread(BOB)
        count = len(await desk.messages(BOB))
        await desk.command("retry_through")
        await desk.shows("Retry through")
        await desk.press("escape")
        await desk.hides("Retry through")
        assert len(await desk.messages(BOB)) == count


async def test_a_maybe_sent_message_is_resolved_before_another_account(desk: Desk) -> None:
    message = await add_maybe_sent(desk)
    async with desk.open():
        await desk.open_thread(CHLOE)
        await desk.command("retry_through")
        await desk.shows("It may have been sent: resolve it first")
        assert (await desk.last(CHLOE)).id == message.id


async def test_without_a_selection_the_newest_failure_is_sent_again(desk: Desk) -> None:
    failed = await desk.events.add_reply(BOB, "Until six", Status.REJECTED, "no route")
    await desk.events.add_reply(BOB, "Bring the receipt", Status.DELIVERED)
    async with desk.open():
        await desk.open_thread(BOB)
        await desk.command("retry")
        await desk.shows("… queued")
        assert (await desk.last(BOB)).retry_of == failed.id


async def test_a_text_too_long_for_another_account_is_not_sent_through_it(desk: Desk) -> None:
    first, other, *others = desk.app_context.accounts
    assert other.capabilities is not None
    terse = replace(other, capabilities=replace(other.capabilities, max_characters=5))
    async with desk.open(accounts=(first, terse, *others)):
        await desk.open_thread(BOB)
        count = len(await desk.messages(BOB))
        await desk.command("retry_through")
        await desk.shows("Retry through")
        await desk.type(terse.name)
        await desk.press("enter")
        await desk.shows(f"{terse.name} takes at most 5 · use {first.name} (W)")
        assert len(await desk.messages(BOB)) == count


@presses("resolve")
async def test_many_maybe_sent_messages_are_resolved_with_one_key(desk: Desk, size: Size) -> None:
    for number in range(4):
        await desk.events.add_reply(CHLOE, f"Text {number}", Status.UNCERTAIN, "No answer came")
    async with desk.open(size):
        await desk.command("show_failed")
        await desk.shows("maybe sent")
        await desk.command("resolve")
        await desk.shows("texts maybe sent in", "were sent", "None was sent: send")
        await desk.press("escape")
        assert (await desk.last(CHLOE)).status is Status.UNCERTAIN
        await desk.command("resolve")
        await desk.press("M")
        await desk.shows("counted as sent")
        assert {m.status for m in (await desk.messages(CHLOE))[-4:]} == {Status.ACCEPTED}
        await desk.command("undo")
        await desk.shows("maybe sent again")
        assert {m.status for m in (await desk.messages(CHLOE))[-4:]} == {Status.UNCERTAIN}
