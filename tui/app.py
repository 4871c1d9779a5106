"""The app: it wires the store's news to the screen, and keeps the theme, the keys and the door."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import ClassVar

from rich.console import RenderableType
from textual import events, on
from textual._compositor import CompositorUpdate
from textual.driver import Driver
from textual.filter import LineFilter
from textual.screen import Screen
from textual.worker import WorkerFailed

from tui import garbage
from tui.desk.telling import Telling
from tui.domain.change import RELOAD
from tui.domain.text import one_line
from tui.handlers.desk import leave_at_once
from tui.palette import CommandProvider
from tui.screens.inbox import InboxScreen
from tui.seat import Seat
from tui.store.errors import StoreError
from tui.store.store import Store
from tui.terminal.asking import KEEP_TITLE, RESTORE_TITLE
from tui.terminal.frugal import Picture, Ready
from tui.terminal.one_key import OneKeyAtATime
from tui.terminal.turns import Press
from tui.terminal.twice import Twice
from tui.themed import Themed
from tui.unserved import CannotServe
from tui.widgets.plain_signs import PlainSigns
from tui.widgets.say import Say

Background = Callable[[], AbstractAsyncContextManager[object]]
"""What runs behind the screen: it is entered after the first paint and left at the end."""


_ALARMS_EVERY = 5.0
"""Seconds between two looks for accounts that have stopped or fallen silent."""
_PAUSE = 1.0
"""Seconds before the store is watched again after trouble."""


class SmsDeskApp(OneKeyAtATime, Themed, inherit_bindings=False):
    """An inbox over an open store. Its keys are the registry's, and only these."""

    TITLE = "smsdesk"
    CSS_PATH: ClassVar[list[str]] = ["app.tcss", "screens/inbox.tcss", "looks.tcss"]  # type: ignore[assignment]
    DEFAULT_CSS = """
    .dialog {
        width: 72;
        max-width: 95%;
        height: auto;
        max-height: 90%;
        padding: 1 2;
        background: $surface;
        border: round $border;
        border-title-color: $foreground;
        border-subtitle-color: $text-muted;
    }
    """
    """Dialogs, unless a screen says otherwise: a style sheet would outweigh what it says."""
    ENABLE_COMMAND_PALETTE = False
    """The palette is opened by the registry's own command."""
    COMMANDS: ClassVar[set[type[CommandProvider]]] = {CommandProvider}  # type: ignore[assignment]

    def __init__(self, store: Store, seat: Seat, background: Background | None = None) -> None:
        """`store` is open; `background` talks to the providers."""
        look = seat.theme if seat.colours else "terminal"
        super().__init__(look, ansi_color=None if seat.colours else True)
        self._store = store
        self._seat = seat
        self._background = background
        self._serving: asyncio.Task[None] | None = None
        self.failure: Exception | None = None
        """What ended the app, if it did not end in good order."""
        self._signs = PlainSigns()
        self._interrupts = Twice()
        self._picture = Picture()
        self._telling = Telling(
            store,
            seat,
            write=self._ask_terminal,
            focused=lambda: self.app_focus,
            say=lambda words: self.inbox.say(words),
        )
        self.set_class(seat.ascii, "-ascii")

    def get_line_filters(self) -> Sequence[LineFilter]:
        """On a poor terminal our signs become ASCII as the last thing before it."""
        filters = super().get_line_filters()
        return [*filters, self._signs] if self._seat.ascii else filters

    def get_driver_class(self) -> type[Driver]:
        """Textual's own, reading keys as they were meant."""
        from tui.terminal.keyboard import mended

        return mended(super().get_driver_class())

    def get_default_screen(self) -> InboxScreen:
        """The inbox is the only screen at the bottom."""
        return InboxScreen(self._store, self._seat)

    def on_mount(self) -> None:
        """Follow the store; begin the rest when the first picture is out."""
        self.run_worker(self._follow(), name="news")
        self._ask_terminal(KEEP_TITLE if self._seat.manners.terminal.titled else "")
        self.set_interval(1.0, self._telling.tick)
        self.set_interval(_ALARMS_EVERY, self._watch_accounts)
        self.app_resume_signal.subscribe(self, lambda _: self._picture.forget())
        self.call_after_refresh(self._begin)
        self.call_after_refresh(self._telling.begin)

    def _begin(self) -> None:
        """What nobody waits for."""
        self.inbox.threads.group_numbers()
        garbage.settle()
        if self._background is not None:
            self._serving = asyncio.create_task(self._serve(self._background), name="sync")
            self._serving.add_done_callback(self._served)
        if self._seat.enrol is not None and not self._seat.accounts:
            self.run_worker(self.inbox.action_run("add_account"), exit_on_error=False)

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

    @on(Say)
    def _said(self, event: Say) -> None:
        """A widget or a dialog has something to say."""
        if event.instead_of in ("", self.inbox.keys.said):
            self.inbox.say(event.words)

    def on_resize(self) -> None:
        """Terminals mix up what they show when their size changes."""
        self._picture.forget()

    def on_app_focus(self) -> None:
        """Others may have written on the terminal meanwhile."""
        self._picture.forget()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Send only the cells that change; nothing at all when none does."""
        writes = self._running and not (self._closed or self._batch_count or self.is_headless)
        if not (writes and isinstance(renderable, CompositorUpdate)):
            super()._display(screen, renderable)
            return
        sequence = self._picture.take(renderable, self.size, self.screen, self.console)
        moved = self.screen.outer_size.clamp_offset(self.cursor_position)
        if sequence or moved != self._previous_cursor_position:
            super()._display(screen, Ready(sequence))
        else:
            self.post_display_hook()

    def keeps_back(self, press: Press, now: float) -> bool:
        """Whether this is the second Ctrl+C, which leaves at once."""
        key = press.key if isinstance(press, events.Key) else ""
        if self._interrupts.pressed(key, now):
            self.run_worker(leave_at_once(self.inbox), exit_on_error=False)
            return True
        return False

    def passes_over(self, press: Press, now: float) -> bool:
        """Whether a key was meant for a text that could not be begun; that is said."""
        hush = self.inbox.hush
        key = press.key if isinstance(press, events.Key) else ""
        passed = self.screen is self.inbox and hush.takes(key, now)
        if passed:
            self.inbox.say(hush.notice if key != "escape" else "")
        return passed

    async def _follow(self) -> None:
        """Hand every batch of changes to the inbox; begin again when the store was in trouble."""
        while True:
            try:
                async for changes in self._store.feed.watch():
                    # Whether the agent was looking counts as of now, not as of after the paint.
                    await self._telling.heed(changes)
                    await self.inbox.apply(changes)
            except StoreError as error:
                self.inbox.say(one_line(str(error), 300))
                await asyncio.sleep(_PAUSE)
                await self._catch_up()

    async def _shutdown(self) -> None:
        """No news any more for a screen that is being taken away."""
        self.workers.cancel_all()
        await super()._shutdown()

    def on_unmount(self) -> None:
        """The terminal has its own title again."""
        self._ask_terminal(RESTORE_TITLE if self._seat.manners.terminal.titled else "")

    async def _watch_accounts(self) -> None:
        """Alarms; a store in trouble is told by the news."""
        with contextlib.suppress(StoreError):
            await self._telling.watch_accounts()

    def _ask_terminal(self, sequence: str) -> None:
        """Put a whole sequence on the terminal, between two pictures."""
        if sequence and self._driver is not None:
            self._driver.write(sequence)
            self._driver.flush()

    async def _catch_up(self) -> None:
        """Read everything again, as news was missed."""
        with contextlib.suppress(StoreError):  # told a moment ago, and again if it lasts
            await self.inbox.apply((RELOAD,))

    async def _serve(self, background: Background) -> None:
        """Keep the background running until the app ends."""
        try:
            async with background():
                await asyncio.Event().wait()
        except (CannotServe, StoreError, OSError) as error:
            self.inbox.say(one_line(f"Not connected: {error}", 300))

    def _served(self, task: asyncio.Task[None]) -> None:
        """The background has ended: in good order, or by a fault that must not stay unseen."""
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Exception):
            self._handle_exception(error)

    def _handle_exception(self, error: Exception) -> None:
        """Keep what ended the app, for whoever ran it."""
        inner = error.error if isinstance(error, WorkerFailed) else error
        self.failure = self.failure or (inner if isinstance(inner, Exception) else error)
        super()._handle_exception(error)

    def panic(self, *renderables: RenderableType) -> None:
        """An error that can draw itself would show what it was about: it ends like all others."""
        self._fatal_error()

    def _fatal_error(self) -> None:
        """Textual would print every local variable, texts of customers among them: say one line.

        The error itself goes to the log, by whoever ran the app.
        """
        self._exit_renderables.clear()
        self._close_messages_no_wait()
