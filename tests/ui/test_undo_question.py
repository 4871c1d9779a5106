"""Test that undo reaches nothing that the agent does not see without saying so first."""

from tests.ui.desk import BOTH_SIZES, NARROW, WIDE, Desk
from tests.ui.history import ANA, BOB, CHLOE, DAWIT, HUGO
from tui.clock import MINUTE
from tui.domain.conversation import State
from tui.domain.status import Status
from tui.store.event_rows import SendRecord

Size = tuple[int, int]


@BOTH_SIZES
async def test_undo_of_another_conversation_is_asked_first(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.move_to(ANA)
        await desk.press("e", "k")
        await desk.hides("closed by you")
        desk.clock.advance(2 * MINUTE // 1_000)
        await desk.press("z")
        await desk.shows("z again reopens Ana Kowalska, closed 2 min ago")
        assert (await desk.thread(ANA)).state is State.CLOSED
        await desk.press("z")
        await desk.shows("Undone: closed Ana Kowalska")
        assert (await desk.thread(ANA)).state is State.OPEN


@BOTH_SIZES
async def test_any_other_key_drops_the_question(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        for key in ("s", "home", "ö", "pageup"):
            await desk.move_to(ANA)
            await desk.press("s", "j")
            await desk.press("z")
            await desk.shows("z again undoes")
            starred = (await desk.thread(ANA)).starred
            await desk.press(key)
            if key != "s":
                await desk.press("z")
            assert (await desk.thread(ANA)).starred == starred, key


async def test_what_is_shown_is_undone_at_once(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.move_to(ANA)
        await desk.press("s")
        desk.clock.advance(600)
        desk.inbox.show_status("")
        await desk.press("z")
        await desk.shows("Undone: starred Ana Kowalska")


@BOTH_SIZES
async def test_the_confirmation_on_the_screen_is_undone_at_once(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.open_thread(CHLOE)
        await desk.press("E")
        await desk.shows("Closed Chloe Martin · z undoes")
        dawit = await desk.thread(DAWIT)
        await desk.until(lambda: desk.shown_id == dawit.id, "the next one")
        await desk.press("z")
        await desk.shows("Undone: closed Chloe Martin")
        assert (await desk.thread(CHLOE)).state is State.OPEN


@BOTH_SIZES
async def test_once_the_confirmation_is_gone_undo_asks(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.open_thread(CHLOE)
        await desk.press("E")
        await desk.shows("Closed Chloe Martin · z undoes")
        desk.inbox.show_status("")
        await desk.press("z")
        await desk.shows("z again reopens Chloe Martin, closed just now")


@BOTH_SIZES
async def test_a_text_to_another_customer_is_named(desk: Desk, size: Size) -> None:
    async with desk.open(size, grace_seconds=30):
        await desk.open_thread(CHLOE)
        await desk.press("r")
        await desk.type("Friday is fine")
        await desk.press("enter", "escape")
        await desk.until(lambda: is_queued(desk), "queued")
        await desk.press("escape")
        await desk.move_to(BOB)
        await desk.press("z")
        await desk.shows("z again cancels the text to Chloe Martin, written just now")
        assert (await desk.last(CHLOE)).status is Status.QUEUED
        await desk.press("z")
        await desk.shows("Cancelled: not sent")


async def is_queued(desk: Desk) -> bool:
    """Return whether the text to Chloe is queued."""
    return (await desk.last(CHLOE)).status is Status.QUEUED


@BOTH_SIZES
async def test_undo_of_many_says_how_many(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.press("x", "x", "e")
        await desk.shows("Closed 2 conversations")
        await desk.move_to(HUGO)
        await desk.press("z")
        await desk.shows("z again reopens 2 conversations, closed just now")
        await desk.press("z")
        await desk.shows("Undone: closed 2 conversations")


async def test_moving_on_after_the_question_asks_again(desk: Desk) -> None:
    async with desk.open(NARROW):
        await desk.move_to(ANA)
        await desk.press("s")
        await desk.move_to(BOB)
        await desk.press("z")
        await desk.shows("z again undoes")
        await desk.press("k", "z")
        assert (await desk.thread(ANA)).starred
        await desk.press("z")
        await desk.shows("Undone: starred Ana Kowalska")


@BOTH_SIZES
async def test_what_cannot_be_undone_is_not_asked_about(desk: Desk, size: Size) -> None:
    async with desk.open(size, grace_seconds=30):
        await desk.open_thread(CHLOE)
        await desk.press("s", "r")
        await desk.type("Friday is fine")
        await desk.press("enter", "escape")
        await desk.until(lambda: is_queued(desk), "queued")
        desk.clock.advance(MINUTE)
        claims = await desk.store.outbox.claim_due_messages("sync", "au", 100)
        assert "Friday is fine" in [claim.message.body for claim in claims]
        await desk.press("escape")
        await desk.move_to(BOB)
        await desk.press("z")
        await desk.shows("Too late to cancel the text to Chloe Martin: it is being sent")
        await desk.press("z")
        await desk.shows("z again undoes", "Chloe Martin")
        await desk.press("z")
        await desk.shows("Undone: starred Chloe Martin")


@BOTH_SIZES
async def test_undo_says_which_key_cancels_what_the_provider_holds(desk: Desk, size: Size) -> None:
    async with desk.open(size, grace_seconds=30):
        await desk.open_thread(CHLOE)
        await desk.press("r")
        await desk.type("See you tomorrow")
        await desk.press("f5")
        await desk.type("tomorrow 9")
        await desk.press("enter", "enter", "escape")
        await desk.shows("scheduled for")
        message = await desk.last(CHLOE)
        await desk.store.outbox.claim_due_messages("sync", "au", 100)
        await desk.store.outbox.settle_message(message.id, SendRecord(Status.SCHEDULED, "id-1"))
        desk.inbox.show_status("")
        await desk.press("z")
        await desk.shows("au has the text to Chloe Martin already", "D asks to cancel it")
