"""Connect the store, the inbox screen, the terminal and the background work in one app.

The app follows changes in the store, sets the theme, passes on keys and ends in good order. It
reads its stylesheets once, as it starts: Textual would read them for its own theme first, and all
of them again as soon as another theme is set.
"""

import asyncio
import contextlib
import itertools
from collections.abc import Sequence
from typing import Any, ClassVar

from rich.console import RenderableType
from textual import on
from textual.driver import Driver
from textual.events import Key
from textual.filter import LineFilter
from textual.screen import Screen
from textual.widgets import Input, TextArea
from textual.worker import WorkerFailed

from tui.desk.context import AppContext
from tui.desk.key_guard import EARLY_KEYS
from tui.desk.notifications import AgentNotifier
from tui.domain.change import RELOAD, Change
from tui.key_handling import InboxKeys
from tui.screens.base import DialogScreen, FormScreen
from tui.screens.inbox import InboxScreen
from tui.served_app import Background, ServedApp
from tui.startup import gc_tuning
from tui.store.errors import StoreError
from tui.store.store import Store
from tui.terminal.app_terminal import AsciiFilter, TerminalGuest
from tui.terminal.cell_diff import TerminalCells
from tui.terminal.private_api import ScreenUpdate
from tui.terminal.private_strips import make_strips_light
from tui.widgets.status_messages import RedrawRequest, StatusMessage
from tui.widgets.themes import ThemedApp

_ACCOUNT_CHECK_SECONDS = 3.0
"""Seconds between two checks for accounts that have stopped, fallen silent or lost the listener.

A listener that dies changes nothing in the store.
"""
_RETRY_SECONDS, _LATER_RETRY_SECONDS = 1.0, 5.0
"""Seconds before the screen is read again after an error, and after each further one."""
_SAVE_SECONDS, _PAINT_SECONDS = 2.0, 2.0
"""Seconds to store the draft at the end, and to paint the first set-up."""


class SmsDeskApp(InboxKeys, TerminalGuest, ServedApp, ThemedApp, inherit_bindings=False):
    """Show the inbox over an open store; the only keys are those of the command registry."""

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
    """Look of dialogs; here and not in a stylesheet, so that a screen can override it."""
    ENABLE_COMMAND_PALETTE = False
    """The palette is opened by a command of the registry instead."""

    def __init__(
        self, store: Store, context: AppContext, background: Background | None = None
    ) -> None:
        """Create the app.

        Args:
            store: Store that is already open.
            context: Settings and helpers shared by the screens.
            background: Work that talks to the providers; None for a desk without any.
        """
        make_strips_light()
        theme_setting = context.preferences.theme if context.colours else "terminal"
        super().__init__(theme_setting, ansi_color=None if context.colours else True)
        self.background = background
        self._store = store
        self._app_context = context
        self.failure: Exception | None = None
        """Error that ended the app, or None if it ended in good order."""
        self._ascii_filter = AsciiFilter()
        self._terminal_cells = TerminalCells(xterm_like=context.terminal.is_xterm_like)
        self._form_shown_at = 0.0
        """When the first set-up was painted, in seconds of the steady clock; 0 if it was not."""
        self._notifier = AgentNotifier(
            store,
            context,
            write=self.write_to_terminal,
            has_focus=lambda: self.app_focus,
            show=lambda words: self.inbox.keys.show_status(words, is_general=True),
        )
        self.set_class(context.ascii, "-ascii")
        if self._needs_account:
            self.hold_keys()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return the filters of the output, with ASCII replacement last if it is wanted."""
        filters = super().get_line_filters()
        return [*filters, self._ascii_filter] if self._app_context.ascii else filters

    def get_driver_class(self) -> type[Driver]:
        """Return Textual's driver, patched to read keys and pastes correctly."""
        from tui.terminal.driver import patch_driver

        return patch_driver(super().get_driver_class())

    def get_default_screen(self) -> InboxScreen:
        """Return the inbox, which stays at the bottom of the screen stack."""
        return InboxScreen(self._store, self._app_context)

    def on_mount(self) -> None:
        """Follow the store at once; start everything else after the first picture."""
        self.run_worker(self._follow_store(), name="news")
        self.set_interval(1.0, self._notifier.notify_if_due)
        self.set_interval(_ACCOUNT_CHECK_SECONDS, self._check_accounts)
        self.follow_terminal()
        self.call_after_refresh(self._notifier.start)

    @on(InboxScreen.Complete)
    def _start_after_picture(self) -> None:
        """Start the work that the first picture need not wait for."""
        gc_tuning.resume_collection()
        self.start_background()
        self.load_handlers()
        if self._needs_account:
            self.run_worker(self._open_first_form(), exit_on_error=False)

    @property
    def _needs_account(self) -> bool:
        """Return whether the app begins with the set-up of the first account."""
        return self._app_context.account_setup is not None and not self._app_context.accounts

    async def _open_first_form(self) -> None:
        """Open the set-up of the first account; keys typed before it is shown are not for it."""
        try:
            # First, as a key that is read late would count as pressed late.
            await self.wait_for_keys()
            await self.inbox.action_run("add_account")
            await self._wait_for_paint()
        finally:
            # Without a picture by now, on a very slow machine, nothing typed was for the form.
            self.accept_keys(self._form_shown_at or self._app_context.clock.monotonic())

    def report_dropped_keys(self) -> None:
        """Show in the first form that keys were dropped, if one was."""
        from tui.screens.setup import SetupScreen

        if self.has_dropped_keys and isinstance(self.screen, SetupScreen):
            self.screen.show_notice(EARLY_KEYS)

    async def _wait_for_paint(self) -> None:
        """Wait until the uppermost screen has been painted."""
        is_painted = asyncio.Event()
        self.screen.call_after_refresh(is_painted.set)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(is_painted.wait(), _PAINT_SECONDS)

    @on(StatusMessage)
    def _show_status_message(self, event: StatusMessage) -> None:
        """Show or clear the message of a widget or a dialog in the inbox."""
        keys = self.inbox.keys
        if event.replaces:
            keys.withdraw_status(event.replaces)
        else:
            keys.show_status(event.text, event.seconds, needs_reading=event.needs_reading)

    def forget_cells(self) -> None:
        """Forget what the terminal shows: the next frame writes all of its cells."""
        self._terminal_cells.forget_cells()

    @on(RedrawRequest)
    def action_redraw(self) -> None:
        """Read the size of the terminal again, and write all cells."""
        self.forget_cells()
        for screen in self.screen_stack:
            screen.refresh(layout=True)

    async def run_command_key(self, press: Key) -> bool:
        """Run the command of a key in the list, which handles no key by itself."""
        if not self.app_focus or self.focused is not self.inbox.threads:
            return False
        self.inbox.on_key(press)  # as the key does not come by there
        return await self.run_bound_key(press.key)

    def action_explain_dialog(self) -> None:
        """Show the keys of the dialog that is open."""
        from tui.screens.key_help import HelpScreen, list_dialog_sections

        if isinstance(self.screen, DialogScreen):
            sections = list_dialog_sections(self.screen)
            self.push_screen(HelpScreen(sections, self.screen.describe_place()))

    def paint_update(self, screen: Screen[object], update: ScreenUpdate) -> None:
        """Write only the cells that have changed, and nothing if none has.

        Args:
            screen: Screen that has changed.
            update: Cells to paint.
        """
        if not self._form_shown_at and isinstance(screen, FormScreen):
            self._form_shown_at = self._app_context.clock.monotonic()
        place = self.screen.outer_size.clamp_offset(self.cursor_position)
        cursor = place if isinstance(self.focused, Input | TextArea) else None
        cells = self._terminal_cells
        self.write_frame(cells.diff_update(update, self.size, self.screen, self.console, cursor))

    async def _follow_store(self) -> None:
        """Pass every batch of changes to the inbox; after an error read everything again."""
        after: int | None = None
        while True:
            try:
                async for changes in self._store.feed.watch_changes(after=after):
                    await self._apply_changes(changes)
            except Exception as error:
                self.report_update_error(error)
                after = await self._reload_inbox()

    async def _apply_changes(self, changes: tuple[Change, ...]) -> None:
        """Show a batch; if that fails, read everything again. The feed goes on after the batch."""
        try:
            # Before the paint: a notification depends on whether the agent is looking now.
            await self._notifier.process_changes(changes)
            await self.inbox.apply_changes(changes)
            for screen in self.screen_stack[1:]:
                if isinstance(screen, DialogScreen) and screen.is_mounted:
                    await self._update_dialog(screen, changes)
        except Exception as error:  # whatever it is, the next changes must be shown
            self.report_update_error(error)
            await self._reload_inbox()

    async def _update_dialog(self, dialog: DialogScreen[Any], changes: tuple[Change, ...]) -> None:
        """Pass changes to a dialog; if it is closed meanwhile, it needs none."""
        try:
            await dialog.apply_changes(changes)
        except Exception as error:
            if dialog in self.screen_stack:
                self.report_update_error(error)

    async def prepare_shutdown(self) -> None:
        """Save the draft, if the disk accepts it, and stop the workers, however the app ends."""
        with contextlib.suppress(Exception):
            await asyncio.wait_for(self.inbox.compose_pane.flush_draft(), _SAVE_SECONDS)
        # A change that is applied to a screen being removed would fail.
        self.workers.cancel_all()

    @property
    def can_set_title(self) -> bool:
        """Return whether the terminal has a title that can be restored."""
        return self._app_context.terminal.has_title

    def show_title_again(self) -> None:
        """Show our title, after another program had the terminal."""
        self._notifier.show_title_again()

    async def _check_accounts(self) -> None:
        """Follow the settings and raise alarms; `_follow_store` reports errors of the store."""
        self.check_settings()
        with contextlib.suppress(StoreError):
            await self._notifier.report_problems()
            await self.inbox.refresh_accounts()

    async def _reload_inbox(self) -> int | None:
        """Read everything again until it succeeds; return the number of the last change before."""
        for seconds in itertools.chain([_RETRY_SECONDS], itertools.repeat(_LATER_RETRY_SECONDS)):
            await asyncio.sleep(seconds)
            try:
                last = await self._store.feed.get_last_number()
                await self.inbox.apply_changes((RELOAD,))
            except Exception as error:
                self.report_update_error(error)
            else:
                return last
        return None

    def report_failure(self, error: Exception) -> None:
        """End the app because of an error, and keep it for the code that ran the app."""
        if self.survive_failure(error):
            return
        inner = error.error if isinstance(error, WorkerFailed) else error
        self.failure = self.failure or (inner if isinstance(inner, Exception) else error)
        super().report_failure(error)

    def panic(self, *renderables: RenderableType) -> None:
        """End the app without drawing the error.

        Some errors can draw themselves and would show the data they were about. The code that
        runs the app logs the error and prints one line.
        """
        self.end_silently()
