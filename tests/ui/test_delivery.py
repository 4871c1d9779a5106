"""Messages in trouble: what the coach says, again, another way, and settling what is maybe sent."""

from dataclasses import replace

import pytest

from tests.ui.desk import BOTH_SIZES, Desk, presses
from tests.ui.history import BOB, CHLOE
from tui.domain.events import Receipt
from tui.domain.message import Advice, Message
from tui.domain.status import Status

Size = tuple[int, int]


async def maybe_sent(desk: Desk) -> Message:
    """An answer to Chloe of which nobody knows whether it went out."""
    return await desk.world.answers(CHLOE, "Friday is fine", Status.UNCERTAIN, "No answer came")


async def fails(desk: Desk, message: Message, advice: Advice) -> None:
    """A receipt says that a message has failed."""
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
async def test_the_coach_says_under_a_failure_what_to_do(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.open_thread(BOB)
        await desk.shows("the number is not in use", "R sends it again now")


@pytest.mark.parametrize(
    ("advice", "words"),
    [
        (Advice.OTHER_ACCOUNT, "W sends it through another account"),
        (Advice.FIX_NUMBER, "c writes to the right number"),
        (Advice.TOP_UP, "F3 shows the account: top it up"),
        (Advice.STOP, "M puts it aside"),
    ],
)
async def test_the_advice_of_a_code_appears_with_its_receipt(
    desk: Desk, advice: Advice, words: str
) -> None:
    message = await desk.world.answers(CHLOE, "Friday is fine", Status.ACCEPTED)
    async with desk.open((80, 24)):
        await desk.open_thread(CHLOE)
        await desk.hides(words)
        await fails(desk, message, advice)
        await desk.shows("no route to this number", words)
        assert (await desk.last(CHLOE)).advice is advice


@BOTH_SIZES
async def test_the_timeline_tells_what_to_do(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.open_thread(BOB)
        await desk.command("timeline")
        await desk.shows("Timeline", "R sends it again now")


@presses("resolve")
async def test_the_agents_word_settles_a_maybe_sent_message(desk: Desk, size: Size) -> None:
    message = await maybe_sent(desk)
    async with desk.open(size):
        await desk.open_thread(CHLOE)
        await desk.shows("? maybe sent", "M settles it")
        await desk.command("resolve")
        await desk.shows("It went out", "Send it again", "the customer gets it twice")
        await desk.press("M")
        await desk.shows("Resolved: it was sent")
        settled = await desk.last(CHLOE)
        assert (settled.id, settled.status, settled.handled) == (message.id, Status.ACCEPTED, True)


@presses("resolve")
async def test_a_failure_is_put_aside_and_comes_back_with_undo(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.open_thread(BOB)
        await desk.shows("2 failed")
        await desk.command("resolve")
        await desk.shows("Dismissed: it no longer counts as failed · z undoes", "1 failed")
        failure = await desk.last(BOB)
        assert (failure.status, failure.handled) == (Status.FAILED, True)
        await desk.command("resolve")
        await desk.shows('Nothing to resolve: only "maybe sent" or failed messages')
        await desk.command("undo")
        await desk.shows("Undone: it counts as failed again", "2 failed")
        assert not (await desk.last(BOB)).handled
        deeds = [
            deed.action for deed in await desk.store.triage.get_audit_trail(failure.conversation_id)
        ]
        assert deeds[:2] == ["not dealt with", "dealt with"]


@BOTH_SIZES
async def test_a_maybe_sent_message_is_sent_again_only_after_both_choices_were_shown(
    desk: Desk, size: Size
) -> None:
    message = await maybe_sent(desk)
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
    message = await maybe_sent(desk)
    async with desk.open():
        await desk.open_thread(CHLOE)
        await desk.command("resolve")
        await desk.shows("Maybe sent")
        await desk.press("escape")
        await desk.hides("Maybe sent ─")
        last = await desk.last(CHLOE)
        assert (last.id, last.status, last.handled) == (message.id, Status.UNCERTAIN, False)


async def test_what_the_provider_told_meanwhile_holds(desk: Desk) -> None:
    message = await maybe_sent(desk)
    async with desk.open():
        await desk.open_thread(CHLOE)
        await desk.command("resolve")
        await desk.shows("Maybe sent")
        await desk.world.receipt(message, Status.DELIVERED)
        await desk.press("m")
        await desk.shows("The provider has told meanwhile")
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


async def test_calling_off_another_way_sends_nothing(desk: Desk) -> None:
    async with desk.open():
        await desk.open_thread(BOB)
        count = len(await desk.messages(BOB))
        await desk.command("retry_through")
        await desk.shows("Retry through")
        await desk.press("escape")
        await desk.hides("Retry through")
        assert len(await desk.messages(BOB)) == count


async def test_what_may_have_gone_out_is_settled_before_it_goes_another_way(desk: Desk) -> None:
    message = await maybe_sent(desk)
    async with desk.open():
        await desk.open_thread(CHLOE)
        await desk.command("retry_through")
        await desk.shows("It may have been sent: settle that first")
        assert (await desk.last(CHLOE)).id == message.id


async def test_without_a_selection_the_newest_trouble_is_meant(desk: Desk) -> None:
    failed = await desk.world.answers(BOB, "Until six", Status.REJECTED, "no route")
    await desk.world.answers(BOB, "Bring the receipt", Status.DELIVERED)
    async with desk.open():
        await desk.open_thread(BOB)
        await desk.command("retry")
        await desk.shows("… queued")
        assert (await desk.last(BOB)).retry_of == failed.id


async def test_a_text_that_another_account_cannot_carry_is_not_sent_that_way(desk: Desk) -> None:
    first, other, *others = desk.seat.accounts
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
