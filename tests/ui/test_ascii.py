"""Test an ASCII terminal: the app's own symbols are ASCII, and texts of customers stay."""

from textual.widgets import Input

from tests.ui.desk import LONG_AT_BOTH_SIZES, NARROW, Desk
from tests.ui.history import BOB, CHLOE, DAWIT, FARID, HUGO, PRIYA, UNNAMED
from tests.ui.hostile import LEFT_OUT, return_to_list
from tui.command_types import Scope
from tui.domain.templates import CannedReply

Size = tuple[int, int]

SYMBOLS = "“·” – → ● ✓ … │ ★"
"""Text of a customer that looks like the app's own symbols."""


class SymbolRecorder:
    """Record every line of the screen with a character that is neither ASCII nor alphabetic."""

    def __init__(self, desk: Desk) -> None:
        """Create a recorder without lines."""
        self._desk = desk
        self.found: set[str] = set()

    async def record(self) -> None:
        """Record the lines on the screen now."""
        await self._desk.pilot.pause()
        for line in self._desk.lines():
            if any(not char.isascii() and not char.isalpha() for char in line):
                self.found.add(line.strip())


@LONG_AT_BOTH_SIZES
async def test_no_screen_shows_an_own_symbol_beyond_ascii(desk: Desk, size: Size) -> None:
    await desk.store.templates.save_template(
        CannedReply("hello", "Hello {name}, it is {what}"), "mia"
    )
    async with desk.open(size, ascii=True, grace_seconds=5, quiet_hours=(13, 15)):
        recorder = SymbolRecorder(desk)
        await recorder.record()
        numbers = [CHLOE, DAWIT, PRIYA, BOB, UNNAMED, HUGO, FARID]
        for place, command in enumerate(desk.app_context.commands):
            if command.id in LEFT_OUT or not command.keys:
                continue
            await desk.inbox.go_to_conversation(await desk.thread(numbers[place % len(numbers)]))
            if command.scope is Scope.COMPOSE:
                await desk.press("r")
            await desk.press(*command.keys[0].split(" "))
            await recorder.record()
            if isinstance(desk.app.focused, Input):
                await desk.type("pa")
                await recorder.record()
            await desk.press("enter")
            await recorder.record()
            await return_to_list(desk)
    assert sorted(recorder.found) == []


async def test_texts_of_customers_and_of_the_composer_keep_their_symbols(
    desk: Desk,
) -> None:
    async with desk.open(NARROW, ascii=True):
        await desk.events.receive_texts(CHLOE, SYMBOLS)
        await desk.shows(SYMBOLS)
        await desk.open_thread(CHLOE)
        await desk.until(lambda: desk.shown_id != 0 and SYMBOLS in desk.text())
        await desk.shows("14:02 - au", SYMBOLS)
        await desk.press("r")
        await desk.type("well → ")
        await desk.shows("well → ")
        await desk.press("escape", "g", "slash")
        await desk.type("hat")
        await desk.hides("–")


async def test_a_cut_line_ends_in_two_dots(desk: Desk) -> None:
    async with desk.open(NARROW, ascii=True):
        await desk.events.receive_texts(CHLOE, "word " * 30)
        await desk.shows("word w..")
