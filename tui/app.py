"""The app: it wires the store's news to the screen, and keeps the theme, the keys and the door."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import ClassVar

from textual.app import App

from tui.domain.text import one_line
from tui.palette import CommandProvider
from tui.screens.inbox import InboxScreen
from tui.seat import Seat
from tui.store.errors import StoreError
from tui.store.store import Store
from tui.themes import THEMES

Background = Callable[[], AbstractAsyncContextManager[object]]
"""What runs behind the screen: it is entered after the first paint and left at the end."""


class CannotServe(Exception):
    """The background cannot start; the text is fit for an agent."""


class SmsDeskApp(App[int]):
    """An inbox over an open store."""

    TITLE = "smsdesk"
    CSS_PATH: ClassVar[list[str]] = ["app.tcss", "screens/inbox.tcss"]  # type: ignore[assignment]
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+k"
    COMMANDS: ClassVar[set[type[CommandProvider]]] = {CommandProvider}  # type: ignore[assignment]

    def __init__(self, store: Store, seat: Seat, background: Background | None = None) -> None:
        """`store` is open; `background` talks to the providers."""
        super().__init__()
        self._store = store
        self._seat = seat
        self._background = background
        self._serving: asyncio.Task[None] | None = None
        self.failure: Exception | None = None
        """What ended the app, if it did not end in good order."""
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = f"smsdesk-{seat.theme}"

    def get_default_screen(self) -> InboxScreen:
        """The inbox is the only screen at the bottom."""
        return InboxScreen(self._store, self._seat)

    def on_mount(self) -> None:
        """Follow the store; begin the rest when the first picture is out."""
        self.run_worker(self._follow(), name="news", exit_on_error=False)
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        """What nobody waits for."""
        if self._background is not None:
            self._serving = asyncio.create_task(self._serve(self._background), name="sync")

    async def end_background(self) -> None:
        """Let what runs behind the screen finish: to be awaited before the store is closed."""
        if self._serving is not None:
            self._serving.cancel()
            await asyncio.wait([self._serving])

    @property
    def inbox(self) -> InboxScreen:
        """The screen at the bottom of the stack."""
        screen = self.screen_stack[0]
        assert isinstance(screen, InboxScreen)
        return screen

    async def _follow(self) -> None:
        """Hand every batch of changes to the inbox."""
        async for changes in self._store.feed.watch():
            try:
                await self.inbox.apply(changes)
            except StoreError as error:
                self.inbox.say(one_line(str(error), 300))

    async def _serve(self, background: Background) -> None:
        """Keep the background running until the app ends."""
        try:
            async with background():
                await asyncio.Event().wait()
        except (CannotServe, StoreError, OSError) as error:
            self.inbox.say(one_line(f"Not connected: {error}", 300))

    def _handle_exception(self, error: Exception) -> None:
        """Keep what ended the app, for whoever ran it."""
        self.failure = self.failure or error
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Textual would print every local variable, texts of customers among them: say one line.

        The error itself goes to the log, by whoever ran the app.
        """
        self._exit_renderables.clear()
        self._close_messages_no_wait()
