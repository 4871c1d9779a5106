"""Test sending failed messages of many conversations again, after one question."""

from tests.ui.desk import BOTH_SIZES, NARROW, WIDE, Desk
from tests.ui.history import BOB, CHLOE, DAWIT, PRIYA
from tui.domain.status import Status

Size = tuple[int, int]


async def list_retries(desk: Desk, number: str) -> list[str]:
    """Return the texts of a conversation that were sent again."""
    return [message.body for message in await desk.messages(number) if message.retry_of]


@BOTH_SIZES
async def test_selected_conversations_are_retried_after_one_question(
    desk: Desk, size: Size
) -> None:
    await desk.events.add_reply(DAWIT, "We send a new one", Status.FAILED, "no route")
    async with desk.open(size):
        await desk.move_to(BOB)
        await desk.press("x")
        await desk.move_to(DAWIT)
        await desk.press("x", "R")
        await desk.shows("2 failed texts in 2 conversations", "Send all 2 again")
        await desk.press("r")
        await desk.shows("Send all 2 again")
        assert await list_retries(desk, BOB) == []
        await desk.press("enter")
        await desk.shows("Sent 2 texts again · z cancels those not sent yet")
        assert await list_retries(desk, BOB) == ["Hello Bob, until six"]
        assert await list_retries(desk, DAWIT) == ["We send a new one"]
        await desk.press("z")
        await desk.shows("Cancelled: 2 not sent, the texts are drafts again")
        assert (await desk.draft(BOB)) is not None


@BOTH_SIZES
async def test_the_list_of_failures_names_the_keys_that_matter(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.hides("R Send again")
        await desk.press("g", "f")
        await desk.until(lambda: "R Send again  M Resolve" in desk.lines()[size[1] - 1])
        await desk.press("x")
        await desk.until(lambda: "1 selected  R Send again  M Resolve" in desk.lines()[size[1] - 1])
        await desk.press("escape", "enter")
        await desk.until(lambda: "R Send again  M Resolve" in desk.lines()[size[1] - 1])
        await desk.press("escape", "g", "o")
        await desk.until(lambda: "R Send again" not in desk.text())


@BOTH_SIZES
async def test_the_list_of_failures_is_retried_without_those_left_out(
    desk: Desk, size: Size
) -> None:
    async with desk.open(size):
        await desk.press("g", "f")
        await desk.shows("─ Failed 2")
        await desk.press("R")
        await desk.shows(
            "4 failed texts in 2 conversations",
            "1 through au: the number is not in use",
            "Left out: 1 maybe sent (M resolves it)",
        )
        assert (await list_retries(desk, BOB), await list_retries(desk, PRIYA)) == ([], [])
        await desk.press("enter")
        await desk.shows("Sent 4 texts again")
        assert await list_retries(desk, BOB) == ["Hello Bob, until six"]
        priya = ["This one is rejected", "This one is failed", "This one is expired"]
        assert sorted(await list_retries(desk, PRIYA)) == sorted(priya)
        await desk.shows("─ Failed 1")


@BOTH_SIZES
async def test_only_the_failure_under_the_cursor_can_be_retried(desk: Desk, size: Size) -> None:
    async with desk.open(size):
        await desk.press("g", "f")
        await desk.shows("─ Failed 2")
        await desk.move_to(BOB)
        await desk.press("R")
        await desk.shows("Only this, to Bob Nilsson: Hello Bob, until six")
        await desk.press("R")
        await desk.until(lambda: was_retried(desk, BOB))
        assert await list_retries(desk, PRIYA) == []


async def was_retried(desk: Desk, number: str) -> bool:
    """Return whether any message of a conversation was sent again."""
    return bool(await list_retries(desk, number))


async def test_escape_sends_nothing(desk: Desk) -> None:
    async with desk.open(NARROW):
        await desk.press("g", "f")
        await desk.shows("─ Failed 2")
        await desk.press("R")
        await desk.shows("Send all 4 again")
        await desk.press("escape")
        await desk.hides("Send all 4 again")
        assert (await list_retries(desk, BOB), await list_retries(desk, PRIYA)) == ([], [])


async def test_an_opened_failure_is_sent_again_alone(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.press("g", "f")
        await desk.shows("─ Failed 2")
        await desk.open_thread(BOB)
        await desk.press("R")
        await desk.until(lambda: was_retried(desk, BOB))
        assert await list_retries(desk, PRIYA) == []


async def test_a_selection_without_failures_says_so(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.move_to(CHLOE)
        await desk.press("x", "R")
        await desk.shows("Nothing has failed here")


async def test_a_list_with_a_single_failure_asks_nothing(desk: Desk) -> None:
    async with desk.open(NARROW):
        await desk.press("g", "f")
        await desk.press("slash")
        await desk.type("bob")
        await desk.hides("Priya")
        await desk.press("enter", "R")
        await desk.until(lambda: was_retried(desk, BOB))


async def test_opted_out_customers_are_left_out_and_counted(desk: Desk) -> None:
    bob = await desk.thread(BOB)
    async with desk.open(WIDE):
        await desk.press("g", "f")
        await desk.shows("─ Failed 2")
        await desk.store.consent.record_decision(bob.id, "bo", opted_out=True, evidence="said so")
        await desk.shows("STOP")
        await desk.press("R")
        await desk.shows("3 failed texts in 1 conversation", "1 opted out")
        await desk.press("enter")
        await desk.shows("Sent 3 texts again")
        assert await list_retries(desk, BOB) == []


async def test_quiet_hours_are_shown_before_sending(desk: Desk) -> None:
    async with desk.open(NARROW, quiet_hours=(20, 8)):
        await desk.press("g", "f")
        await desk.shows("─ Failed 2")
        await desk.press("R")
        await desk.shows("Send all 4 again", "It is night for 2 customers of these")
