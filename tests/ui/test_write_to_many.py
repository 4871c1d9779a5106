"""Test writing one text to the selected conversations, and working from its result."""

from tests.ui.desk import WIDE, Desk, presses
from tests.ui.history import BOB, CHLOE, DAWIT, PRIYA
from tui.desk.bulk_feeder import BulkFeeder
from tui.domain.bulk_text import BulkState
from tui.domain.status import Status
from tui.screens.write_to_many import WriteToManyScreen
from tui.store.event_rows import SendRecord

Size = tuple[int, int]


async def select(desk: Desk, *numbers: str) -> None:
    """Select conversations of the list."""
    for number in numbers:
        await desk.move_to(number)
        await desk.press("x")


async def feed(desk: Desk, status: Status = Status.ACCEPTED) -> None:
    """Queue and send what waits, as the process that serves does."""
    accounts = desk.app_context.accounts
    feeder = BulkFeeder(desk.store, desk.clock, accounts, None)
    for account in accounts:
        await feeder.run_round(account.name)
        found = await desk.store.outbox.claim_due_messages("t", account.name, 100)
        results = [(one.message.id, SendRecord(status, f"p{one.message.id}")) for one in found]
        await desk.store.outbox.settle_messages(results)


async def confirm(desk: Desk) -> None:
    """Press Enter as soon as what it does is on the screen."""
    screen = desk.inbox.app.screen
    await desk.until(lambda: isinstance(screen, WriteToManyScreen) and screen.can_confirm)
    await desk.press("enter")


async def list_bodies(desk: Desk, number: str) -> list[str]:
    """Return the texts of a conversation that went out."""
    return [message.body for message in await desk.messages(number) if message.status]


@presses("reply", "bulk_texts")
async def test_a_text_goes_to_each_after_one_confirmation_and_is_worked_from(
    desk: Desk, size: Size
) -> None:
    async with desk.open(size):
        await select(desk, BOB, CHLOE)
        await desk.press("r")
        await desk.shows("Write to 2 conversations", "Nothing to send yet")
        await desk.type("Hello {first_name}")
        await desk.shows("Enter twice sends 2 texts (2 parts) through")
        await desk.shows("Hello Bob", "Hello Chloe")
        await desk.press("enter")
        await desk.shows("Enter sends 2 texts (2 parts) through")
        assert await desk.store.bulk_texts.list_newest(1) == []
        await desk.press("escape", "!", "enter")
        await desk.shows("Hello Bob!", "Enter sends 2 texts")
        await confirm(desk)
        await desk.shows("running: 2 waiting")
        await desk.press("p")
        await desk.shows("paused: 2 waiting")
        await feed(desk)
        assert "Hello Bob!" not in await list_bodies(desk, BOB)
        await desk.press("p")
        await desk.shows("running: 2 waiting")
        await feed(desk, Status.FAILED)
        await desk.shows("done: 2 failed")
        assert "Hello Bob!" in await list_bodies(desk, BOB)
        await desk.press("R")
        await desk.shows("Sent 2 texts again")
        await desk.press("escape")
        assert not desk.inbox.threads.marked
        await desk.press("g", "x")
        await desk.shows("Texts to many", "to 2 conversations", "done: 2 sending")
        await desk.press("enter")
        await desk.shows("Bob")
        await desk.press("enter")
        await desk.until(lambda: desk.shown_id != 0)
        await desk.shows("Hello")


async def test_undo_cancels_what_was_not_sent(desk: Desk) -> None:
    async with desk.open(WIDE):
        await select(desk, BOB, CHLOE)
        await desk.press("r")
        await desk.type("Hello")
        await desk.press("enter")
        await desk.shows("Enter sends 2 texts")
        await confirm(desk)
        await desk.shows("running: 2 waiting")
        await desk.press("escape", "z")
        await desk.shows("Cancelled: 2 texts not sent")
        (bulk,) = await desk.store.bulk_texts.list_newest(9)
        assert bulk.state is BulkState.CANCELLED
        await feed(desk)
        assert "Hello" not in await list_bodies(desk, BOB)


async def test_who_is_left_out_is_named_with_the_reason_and_can_be_chosen(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.open_thread(BOB)
        await desk.press("r")
        await desk.type("We are late")
        await desk.press("enter", "escape", "escape")
        row = await desk.thread(PRIYA)
        await desk.store.consent.record_decision(row.id, "tom", opted_out=True, evidence="")
        await desk.press("g", "a")  # an opted-out conversation is closed
        await select(desk, BOB, CHLOE, PRIYA, DAWIT)
        await desk.press("r")
        await desk.type("We are late")
        await desk.press("enter")
        await desk.shows("2 texts", "2 left out", "1 opted out", "1 the same text within a day")
        await desk.press("s")
        await desk.shows("they get it again", "3 texts", "1 left out")
        await desk.press("escape", "escape")
        await desk.shows("Nothing was sent")
        await desk.press("escape")
        await desk.hides("Write to 4")
        assert await desk.store.bulk_texts.list_newest(1) == []


async def test_one_selected_conversation_is_the_one_that_is_written_to(desk: Desk) -> None:
    async with desk.open(WIDE):
        await select(desk, BOB)
        await desk.move_to(DAWIT)
        await desk.press("r")
        bob = await desk.thread(BOB)
        await desk.until(lambda: desk.shown_id == bob.id)


async def test_the_same_text_to_one_customer_asks_once(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.open_thread(BOB)
        await desk.press("r")
        await desk.type("We are late")
        await desk.press("enter")
        await desk.until(lambda: desk.typed == "")
        await desk.type("we are  LATE")
        await desk.press("enter")
        await desk.shows("The same text went to this number just now", "Enter again")
        await desk.press("enter")
        await desk.until(lambda: desk.typed == "")
        assert (await list_bodies(desk, BOB))[-2:] == ["We are late", "we are  LATE"]


async def test_enter_is_not_offered_where_everyone_is_left_out(desk: Desk) -> None:
    for number in (BOB, CHLOE):
        row = await desk.thread(number)
        await desk.store.consent.record_decision(row.id, "tom", opted_out=True, evidence="")
    async with desk.open(WIDE):
        await desk.press("g", "a")  # opted-out conversations are closed
        await select(desk, BOB, CHLOE)
        await desk.press("r")
        await desk.type("We are late")
        await desk.press("enter")
        await desk.shows("Nothing to send: 2 left out")
        await desk.hides("Enter sends")
        await confirm(desk)
        await desk.shows("Write to 2 conversations")
        assert await desk.store.bulk_texts.list_newest(1) == []
