"""Test the list of held items: seen on every screen, harmless, taken in after a fix."""

from collections.abc import Sequence

from tests.ui.desk import WIDE, Desk, presses
from tests.ui.history import CHLOE
from tui.desk.held_text import HeldRetryError
from tui.domain.arrivals import Arrival, Channel, HeldItem, RetryResult
from tui.domain.events import Cause, Reply, Unreadable
from tui.screens.held import HeldItemsScreen

BODY = b"from=+61491570006&text=[b]Hi[/b]\x1b[2J there"


async def hold(desk: Desk, body: bytes = BODY, reason: str = "The signature is wrong") -> None:
    """Hold a push to the account `au`."""
    bad = Unreadable("", reason, "", can_confirm=False, cause=Cause.SIGNATURE)
    push = Arrival(Channel.PUSH, body, method="POST", headers={"content-type": "text/plain"})
    await desk.store.ingest.store_events("au", [bad], arrival=push)


@presses("held")
async def test_held_items_are_listed_and_shown_as_harmless_text(
    desk: Desk, size: tuple[int, int]
) -> None:
    await hold(desk)
    async with desk.open(size):
        await desk.shows("1 held")
        await desk.command("held")
        await desk.shows("Held", "au  The signature is wrong", "Reason   The signature is wrong")
        await desk.shows("[b]Hi[/b]", "POST push, text/plain, 42 B", "Correct inbound_secret or")
        await desk.press("escape")
        await desk.hides("Reason")


async def test_an_account_with_held_items_needs_attention(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.hides("held")
        await hold(desk)
        await desk.shows("▲ au attention", "1 held")
        await desk.command("accounts")
        await desk.shows("1 held: The signature is wrong", "restart smsdesk sync", "· g\u00a0h")


async def test_an_item_is_taken_in_after_the_fix(desk: Desk) -> None:
    async def take_in(items: Sequence[HeldItem]) -> RetryResult:
        for item in items:
            reply = Reply(f"r-{item.id}", CHLOE, "Now it is here", None, "{}")
            await desk.store.ingest.store_retry(item, [reply], "mia")
        return RetryResult(taken=len(items), new_events=len(items))

    await hold(desk)
    await hold(desk, b"another")
    await hold(desk, b"other reason", "It has no number")
    async with desk.open(WIDE, retry_held=take_in):
        await desk.command("held")
        await desk.shows("It has no number")
        await desk.press("j", "R")
        await desk.shows("2 taken in")
        await desk.hides("The signature is wrong")
        await desk.press("r")
        await desk.shows("1 taken in", "Nothing is held.")
        await desk.press("escape")
        await desk.hides("1 held")


async def test_all_of_a_reason_are_taken_in_even_those_that_the_list_does_not_show(
    desk: Desk,
) -> None:
    taken: list[HeldItem] = []

    async def take_in(items: Sequence[HeldItem]) -> RetryResult:
        taken.extend(items)
        return RetryResult(still_held=len(items))

    page = [Unreadable(f"i{n}", "It has no number", f"{n}") for n in range(501)]
    await desk.store.ingest.store_events("au", page)
    await desk.store.ingest.store_events("pl", page[:1])
    async with desk.open(WIDE, retry_held=take_in):
        await desk.command("held")
        await desk.press("j", "R")
        await desk.shows("501 still held")
    assert {item.account for item in taken} == {"au"} and len(taken) == 501


async def test_settings_that_cannot_be_read_are_named(desk: Desk) -> None:
    async def fail(items: Sequence[HeldItem]) -> RetryResult:
        raise HeldRetryError("The settings have an error: accounts.au: unknown key")

    await hold(desk)
    async with desk.open(WIDE, retry_held=fail):
        await desk.command("held")
        await desk.press("r")
        await desk.shows("The settings have an error: accounts.au: unknown key")


async def test_dismissing_is_undone_by_a_key(desk: Desk) -> None:
    await hold(desk)
    async with desk.open(WIDE):
        await desk.command("held")
        await desk.press("d")
        await desk.shows("Dismissed · z undoes", "Nothing is held.")
        await desk.press("z")
        await desk.shows("It is held again", "The signature is wrong")
        await desk.press("r")
        await desk.shows("Nothing can be taken in here")


async def test_what_comes_in_meanwhile_is_shown_in_the_open_list(desk: Desk) -> None:
    async with desk.open(WIDE):
        await desk.command("held")
        await desk.shows("Nothing is held.")
        await hold(desk)
        await desk.shows("Reason   The signature is wrong")
        assert isinstance(desk.app.screen, HeldItemsScreen)


async def test_the_cursor_stays_on_its_item_when_another_arrives(desk: Desk) -> None:
    for number in range(3):
        await hold(desk, b"text=number %d" % number)
    async with desk.open(WIDE):
        await desk.command("held")
        await desk.shows("Held 3")
        await desk.press("G", "home", "j")
        screen = desk.app.screen
        assert isinstance(screen, HeldItemsScreen)
        item = screen.current_item
        assert item is not None
        await hold(desk, b"text=a new one")
        await desk.shows("Held 4")
        assert screen.current_item == item
        await desk.press("d")
        await desk.shows("Held 3", "Dismissed · z undoes")
        after = screen.current_item
        assert after is not None
        assert after.arrival.body == b"text=number 0"


async def test_dismissing_is_undone_after_the_list_was_closed(desk: Desk) -> None:
    await hold(desk)
    async with desk.open(WIDE):
        await desk.command("held")
        await desk.press("d")
        await desk.shows("Nothing is held.")
        await desk.press("escape")
        await desk.command("held")
        await desk.press("z")
        await desk.shows("It is held again", "The signature is wrong")
        await desk.press("d", "escape")
        await desk.command("undo")
        await desk.shows('z again undoes "Dismissed"')
        await desk.command("undo")
        await desk.shows("It is held again", "1 held")
