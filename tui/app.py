"""The app: it wires the store's news to the screen, and keeps the theme, the keys and the door."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
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
            self.run_worker(self._serve(self._background), name="sync", exit_on_error=False)

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
        async with AsyncExitStack() as stack:
            try:
                await stack.enter_async_context(background())
            except (StoreError, OSError) as error:
                self.inbox.say(one_line(f"Not connected: {error}", 300))
                return
            await self._ended()

    def _fatal_error(self) -> None:
        """Textual would print every local variable, texts of customers among them: say one line.

        The error itself goes to the log, by whoever ran the app.
        """
        self._exit_renderables.clear()
        self._close_messages_no_wait()

    async def _ended(self) -> None:
        """Never returns: the worker is cancelled when the app ends."""
        await asyncio.Event().wait()
