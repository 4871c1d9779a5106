"""An agent at the screen: presses keys, reads what is shown, and looks into the store."""

import asyncio
import contextlib
import io
import unicodedata
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from rich.console import Console
from textual.app import App
from textual.events import Key
from textual.keys import _character_to_key, _get_unicode_name_from_key
from textual.pilot import Pilot

from tests.contexts import change_context
from tests.ui.history import Scribe
from tests.waiting import wait_until
from tui.app import SmsDeskApp
from tui.clock import ManualClock
from tui.commands import index_by_id
from tui.desk.context import AppContext
from tui.domain.conversation import Conversation, Draft
from tui.domain.message import Message
from tui.screens.inbox import InboxScreen
from tui.store.messages import NEWEST
from tui.store.store import Store

NARROW = (80, 24)
WIDE = (130, 40)
SIZES = (NARROW, WIDE)

_NAMED = {" ": "space", "\n": "enter"}

BOTH_SIZES = pytest.mark.parametrize("size", SIZES, ids=["80x24", "130x40"])
"""Runs a test that takes `size` at both sizes."""


def presses(*command_ids: str) -> pytest.MarkDecorator:
    """Names the commands that a test presses (a test looks for those that none does).

    The test runs at both sizes, so it takes `size`.
    """
    unknown = set(command_ids) - index_by_id().keys()
    assert not unknown, f"no such command: {unknown}"
    return BOTH_SIZES


def texts(app: App[Any]) -> list[str]:
    """The visible screen as lines of text, whatever screens lie over each other."""
    width, height = app.size
    console = Console(
        width=width, height=height, file=io.StringIO(), record=True, force_terminal=True
    )
    shown = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    console.print(shown)
    return console.export_text().split("\n")


def _character(key: str) -> str | None:
    """What a key types, by Textual's name for it; None for a key that types nothing."""
    if len(key) == 1:
        return key
    try:
        return unicodedata.lookup(_get_unicode_name_from_key(key))
    except KeyError:
        return None


class Desk:
    """A store with a history, and the app over it while `open` lasts."""

    app: SmsDeskApp
    pilot: Pilot[int]

    def __init__(self, store: Store, clock: ManualClock, seat: AppContext) -> None:
        """Nothing is on the screen before `open`."""
        self.store = store
        self.clock = clock
        self.seat = seat
        self.world = Scribe(store, clock, "now")
        """What customers and providers do meanwhile."""

    @contextlib.asynccontextmanager
    async def open(
        self, size: tuple[int, int] = WIDE, *, headless: bool = True, **seat: Any
    ) -> AsyncIterator["Desk"]:
        """Sit down at a terminal of `size`, or at the real one; more arguments change the seat."""
        self.seat = change_context(self.seat, **seat)
        self.app = SmsDeskApp(self.store, self.seat)
        async with self.app.run_test(
            size=size if headless else None, headless=headless, notifications=True
        ) as pilot:
            self.pilot = pilot
            await self.settle()
            yield self

    async def settle(self) -> None:
        """Wait for the first picture."""
        await self.until(self._settled, "the first picture")

    async def _settled(self) -> bool:
        """Whether the list is there and its conversation is shown."""
        if not all(self.inbox.query(part) for part in ("ConversationPane", "ThreadList")):
            return False
        threads = self.inbox.threads
        open_ones = (await self.store.conversations.get_counts()).open
        row = threads.current_row
        return threads.total == open_ones and self.shown_id == (row.id if row else 0)

    @property
    def inbox(self) -> InboxScreen:
        """The screen at the bottom."""
        return self.app.inbox

    # Pressing ---------------------------------------------------------------------------------

    async def press(self, *keys: str) -> None:
        """Press keys by Textual's names, and wait until each has done its work."""
        for key in keys:
            await self._press(_character_to_key(key) if len(key) == 1 else key)
        await self.work_done()

    async def _press(self, key: str, character: str | None = None) -> None:
        """Press one key as a terminal sends it, and wait until it has done its work.

        It is pressed at the time of the test's clock, so that only a test that moves the clock
        makes a pause between two keys.
        """
        press = Key(key, character or _character(key))
        press.time = self.clock.monotonic()
        received = asyncio.Event()
        if self.app.post_message(press) and self.app.call_later(received.set):
            await self._while_running(received.is_set, "the key is received")
            await self._while_running(lambda: not self.app.is_busy_with_keys, "the key's work")

    async def work_done(self) -> None:
        """Wait until every widget has handled what it was sent so far."""
        if self.app.is_running and self.app.screen_stack:
            await self.pilot._wait_for_screen()

    async def _while_running(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for a condition, or for the end of the app."""
        await wait_until(lambda: condition() or not self.app.is_running, what=what)

    async def command(self, command_id: str) -> None:
        """Press the first key of a command, as this seat has it."""
        await self.press(*index_by_id(self.seat.commands)[command_id].keys[0].split(" "))

    async def type(self, text: str) -> None:
        """Press the keys of a text; those that are on no keyboard come from an input method."""
        for char in text:
            name = char if not char.isascii() else _NAMED.get(char, _character_to_key(char))
            await self._press(name, char)
        await self.work_done()

    async def stand_on(self, number: str) -> None:
        """Move the cursor of the list, by keys, onto a conversation it shows."""
        wanted = (await self.thread(number)).id
        await self.press("home")
        for _ in range(100):
            row = self.inbox.threads.current_row
            assert row is not None, "the list is empty"
            if row.id == wanted:
                await wait_until(lambda: self.shown_id == wanted, what=f"{number} shown")
                return
            await self.press("j")
        raise AssertionError(f"{number} is not in the list")

    async def open_thread(self, number: str) -> None:
        """Open a conversation that the list shows."""
        await self.stand_on(number)
        await self.press("enter")

    # Looking ----------------------------------------------------------------------------------

    def lines(self) -> list[str]:
        """The screen as lines."""
        return texts(self.app)

    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(self.lines())

    async def shows(self, *words: str) -> None:
        """Wait until all of these are on the screen."""
        await self._wait(lambda: [w for w in words if w not in self.text()], "not shown")

    async def hides(self, *words: str) -> None:
        """Wait until none of these is on the screen."""
        await self._wait(lambda: [w for w in words if w in self.text()], "still shown")

    async def _wait(self, wrong: Callable[[], list[str]], what: str) -> None:
        """Wait until nothing is wrong; the failure shows the screen."""
        try:
            await wait_until(lambda: not wrong())
        except AssertionError:
            raise AssertionError(f"{what}: {wrong()}\n{self.text()}") from None

    @property
    def shown_id(self) -> int:
        """The id of the conversation whose messages are on the screen; 0 for none."""
        shown = self.inbox.pane.message_view.conversation
        return shown.id if shown is not None else 0

    @property
    def typed(self) -> str:
        """What stands in the composer."""
        return self.inbox.pane.compose_pane.composer.text

    # What is stored ---------------------------------------------------------------------------

    async def thread(self, number: str) -> Conversation:
        """The conversation with a number as the store has it."""
        return await self.world.conversation(number)

    async def messages(self, number: str) -> list[Message]:
        """Every message of a conversation, oldest first."""
        conversation = await self.thread(number)
        return await self.store.messages.list_before(conversation.id, NEWEST, 1_000)

    async def last(self, number: str) -> Message:
        """The newest message of a conversation."""
        return (await self.messages(number))[-1]

    async def draft(self, number: str, agent: str = "") -> Draft | None:
        """An agent's draft (the seat's own, unless named)."""
        conversation = await self.thread(number)
        return await self.store.drafts.get_draft(conversation.id, agent or self.seat.agent)

    async def until(self, condition: Any, what: str = "") -> None:
        """Wait until a condition, plain or async, holds."""
        await wait_until(condition, what=what)
