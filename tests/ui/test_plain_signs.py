"""A terminal that has only ASCII: nothing of ours needs more, and texts stay as they came."""

from textual.widgets import Input

from tests.ui.desk import BOTH_SIZES, NARROW, Desk
from tests.ui.history import BOB, CHLOE, DAWIT, FARID, HUGO, NOBODY, PRIYA
from tests.ui.hostile import LEFT_OUT, leave
from tui.commands import Scope
from tui.domain.templates import CannedReply

Size = tuple[int, int]

SIGNS = "“·” – → ● ✓ … │ ★"
"""What a customer may write that looks like ours."""


class Eye:
    """Notes every line on a desk with a sign that is neither ASCII nor a letter."""

    def __init__(self, desk: Desk) -> None:
        """Nothing was seen."""
        self._desk = desk
        self.seen: set[str] = set()

    async def look(self) -> None:
        """Note what is on the screen now."""
        await self._desk.pilot.pause()
        for line in self._desk.lines():
            if any(not sign.isascii() and not sign.isalpha() for sign in line):
                self.seen.add(line.strip())


@BOTH_SIZES
async def test_no_screen_shows_a_sign_of_ours_beyond_ascii(desk: Desk, size: Size) -> None:
    await desk.store.templates.save_template(
        CannedReply("hello", "Hello {name}, it is {what}"), "mia"
    )
    async with desk.open(size, ascii=True, grace_seconds=5, quiet_hours=(13, 15)):
        eye = Eye(desk)
        await eye.look()
        numbers = [CHLOE, DAWIT, PRIYA, BOB, NOBODY, HUGO, FARID]
        for place, command in enumerate(desk.seat.commands):
            if command.id in LEFT_OUT or not command.keys:
                continue
            await desk.inbox.go_to_conversation(await desk.thread(numbers[place % len(numbers)]))
            if command.scope is Scope.COMPOSE:
                await desk.press("r")
            await desk.press(*command.keys[0].split(" "))
            await eye.look()
            if isinstance(desk.app.focused, Input):
                await desk.type("pa")
                await eye.look()
            await desk.press("enter")
            await eye.look()
            await leave(desk)
    assert sorted(eye.seen) == []


async def test_what_a_customer_wrote_keeps_its_signs_and_so_does_what_is_written(
    desk: Desk,
) -> None:
    async with desk.open(NARROW, ascii=True):
        await desk.world.writes(CHLOE, SIGNS)
        await desk.shows(SIGNS)
        await desk.open_thread(CHLOE)
        await desk.until(lambda: desk.shown_id != 0 and SIGNS in desk.text())
        await desk.shows("14:02 - au", SIGNS)
        await desk.press("r")
        await desk.type("well → ")
        await desk.shows("well → ")
        await desk.press("escape", "g", "slash")
        await desk.type("hat")
        await desk.hides("–")


async def test_a_line_that_is_cut_ends_in_two_dots(desk: Desk) -> None:
    async with desk.open(NARROW, ascii=True):
        await desk.world.writes(CHLOE, "word " * 30)
        await desk.shows("word w..")
