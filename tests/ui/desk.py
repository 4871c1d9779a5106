"""Drive the app as an agent at the screen: press keys, read the screen, look into the store."""

import asyncio
import contextlib
import unicodedata
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from textual._compositor import LayoutUpdate
from textual.app import App
from textual.events import Key
from textual.keys import _character_to_key, _get_unicode_name_from_key
from textual.pilot import Pilot

from tests.contexts import change_context
from tests.slow_cases import slow_case
from tests.ui.history import EventWriter
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

_KEY_NAMES = {" ": "space", "\n": "enter"}

BOTH_SIZES = pytest.mark.parametrize("size", SIZES, ids=["80x24", "130x40"])
"""Run a test that takes `size` at both sizes."""
LONG_AT_BOTH_SIZES = pytest.mark.parametrize(
    "size", [pytest.param(NARROW, id="80x24"), slow_case(WIDE, name="130x40")]
)
"""The same for a long walk through the screens: the wide one runs by hand."""


def presses(*command_ids: str) -> pytest.MarkDecorator:
    """Name the commands that a test presses, and run it at both sizes.

    A test of the registry looks for commands that no test presses. The test takes `size`.
    """
    unknown = set(command_ids) - index_by_id().keys()
    assert not unknown, f"no such command: {unknown}"
    return BOTH_SIZES


def read_screen(app: App[Any]) -> list[str]:
    """Return the visible screen as lines of text, with all screens that lie over each other."""
    shown = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    assert isinstance(shown, LayoutUpdate)
    return ["".join(strip.text for strip in line) for line in shown.strips]


def _find_character(key: str) -> str | None:
    """Return the character that a key types, or None for a key that types nothing."""
    if len(key) == 1:
        return key
    try:
        return unicodedata.lookup(_get_unicode_name_from_key(key))
    except KeyError:
        return None


class Desk:
    """Keep a store with a history, and the app over it while `open` lasts."""

    app: SmsDeskApp
    pilot: Pilot[int]

    def __init__(self, store: Store, clock: ManualClock, app_context: AppContext) -> None:
        """Create a desk; `open` shows it.

        Args:
            store: Store that the app opens.
            clock: Clock of the app and of the events.
            app_context: Settings and helpers of the app.
        """
        self.store = store
        self.clock = clock
        self.app_context = app_context
        self.events = EventWriter(store, clock, "now")
        """Texts of customers and receipts of providers that come in meanwhile."""

    @contextlib.asynccontextmanager
    async def open(
        self, size: tuple[int, int] = WIDE, *, headless: bool = True, **changes: Any
    ) -> AsyncIterator["Desk"]:
        """Show the app.

        Args:
            size: Columns and lines of the terminal.
            headless: Whether to run without the real terminal.
            **changes: Fields of the context to replace.
        """
        self.app_context = change_context(self.app_context, **changes)
        self.app = SmsDeskApp(self.store, self.app_context)
        async with self.app.run_test(
            size=size if headless else None, headless=headless, notifications=True
        ) as pilot:
            self.pilot = pilot
            await self.settle()
            yield self
            for error in self.app.handler_errors:
                raise error

    async def settle(self) -> None:
        """Wait for the first picture."""
        await self.until(self._is_settled, "the first picture")

    async def _is_settled(self) -> bool:
        """Return whether the list is there and its conversation is shown."""
        if not all(self.inbox.query(part) for part in ("ConversationPane", "ThreadList")):
            return False
        threads = self.inbox.threads
        open_count = (await self.store.conversations.get_counts()).open
        row = threads.current_row
        return threads.total == open_count and self.shown_id == (row.id if row else 0)

    @property
    def inbox(self) -> InboxScreen:
        """Return the screen at the bottom."""
        return self.app.inbox

    # Keys -------------------------------------------------------------------------------------

    async def press(self, *keys: str) -> None:
        """Press keys by Textual's names, and wait until each has done its work."""
        for key in keys:
            await self._press(_character_to_key(key) if len(key) == 1 else key)
        await self.work_done()

    async def _press(self, key: str, character: str | None = None) -> None:
        """Press one key as a terminal sends it, and wait until it has done its work."""
        self._send_key(key, character)
        await self.keys_done()

    def send_keys(self, *keys: str) -> None:
        """Press keys at once, as a slow connection brings them; wait with `keys_done`."""
        for key in keys:
            self._send_key(_character_to_key(key) if len(key) == 1 else key)

    def _send_key(self, key: str, character: str | None = None) -> None:
        """Press a key at the time of the test's clock.

        So only a test that moves the clock makes a pause between two keys.
        """
        press = Key(key, character or _find_character(key))
        press.time = self.clock.monotonic()
        self.app.post_message(press)

    async def keys_done(self) -> None:
        """Wait until every key pressed so far has done its work."""
        received = asyncio.Event()
        if self.app.call_later(received.set):
            await self._while_running(received.is_set, "the keys are received")
            await self._while_running(lambda: not self.app.is_busy_with_keys, "the keys' work")

    async def work_done(self) -> None:
        """Wait until every widget has handled what it was sent so far."""
        if self.app.is_running and self.app.screen_stack:
            await self.pilot._wait_for_screen()

    async def _while_running(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for a condition, or for the end of the app."""
        await wait_until(lambda: condition() or not self.app.is_running, what=what)

    async def command(self, command_id: str) -> None:
        """Press the first key of a command, as this agent has it."""
        await self.press(*index_by_id(self.app_context.commands)[command_id].keys[0].split(" "))

    async def type(self, text: str) -> None:
        """Press the keys of a text; characters on no keyboard come from an input method."""
        for char in text:
            name = char if not char.isascii() else _KEY_NAMES.get(char, _character_to_key(char))
            await self._press(name, char)
        await self.work_done()

    async def move_to(self, number: str) -> None:
        """Move the cursor of the list, by keys, onto a conversation that it shows."""
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
        await self.move_to(number)
        await self.press("enter")

    # Screen -----------------------------------------------------------------------------------

    def lines(self) -> list[str]:
        """Return the screen as lines."""
        return read_screen(self.app)

    def text(self) -> str:
        """Return the screen as one text."""
        return "\n".join(self.lines())

    async def shows(self, *texts: str) -> None:
        """Wait until all of these texts are on the screen."""
        await self._wait_until_none(
            lambda shown: [text for text in texts if text not in shown], "not shown"
        )

    async def hides(self, *texts: str) -> None:
        """Wait until none of these texts is on the screen."""
        await self._wait_until_none(
            lambda shown: [text for text in texts if text in shown], "still shown"
        )

    async def _wait_until_none(self, find_wrong: Callable[[str], list[str]], what: str) -> None:
        """Wait until no text is wrong; the failure shows the screen."""
        try:
            await wait_until(lambda: not find_wrong(self.text()))
        except AssertionError:
            shown = self.text()
            raise AssertionError(f"{what}: {find_wrong(shown)}\n{shown}") from None

    @property
    def shown_id(self) -> int:
        """Return the id of the conversation whose messages are on the screen; 0 for none."""
        shown = self.inbox.pane.message_view.conversation
        return shown.id if shown is not None else 0

    @property
    def typed(self) -> str:
        """Return the text in the composer."""
        return self.inbox.pane.compose_pane.composer.text

    # Store ------------------------------------------------------------------------------------

    async def thread(self, number: str) -> Conversation:
        """Return the conversation with a number as it is stored."""
        return await self.events.conversation(number)

    async def messages(self, number: str) -> list[Message]:
        """Return every message of a conversation, oldest first."""
        conversation = await self.thread(number)
        return await self.store.messages.list_before(conversation.id, NEWEST, 1_000)

    async def last(self, number: str) -> Message:
        """Return the newest message of a conversation."""
        return (await self.messages(number))[-1]

    async def draft(self, number: str, agent: str = "") -> Draft | None:
        """Return the draft of an agent in a conversation.

        Args:
            number: Phone number of the customer.
            agent: Name of the agent; by default the one at this desk.
        """
        conversation = await self.thread(number)
        return await self.store.drafts.get_draft(conversation.id, agent or self.app_context.agent)

    async def until(self, condition: Any, what: str = "") -> None:
        """Wait until a condition, plain or async, holds."""
        await wait_until(condition, what=what)
