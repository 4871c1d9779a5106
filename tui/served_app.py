"""Run the work that talks to the providers behind the app, always with the accounts of now.

When the settings change, by the set-up form or in an editor, the work is started again with the
accounts that they have then. The app itself goes on: nothing on the screen is lost.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

from textual import on

from tui.desk.context import AppContext, ChangedSettingsError
from tui.domain.text import one_line
from tui.handlers import load_handlers
from tui.store.errors import StoreError
from tui.terminal.private_api import HookedApp
from tui.widgets.status_messages import SettingsSaved

if TYPE_CHECKING:
    from tui.screens.inbox import InboxScreen

Background = Callable[[], AbstractAsyncContextManager[str | None]]
"""Make the context of the background work, entered after the first paint and left at the end.

It yields why it serves no account; "" or None if it serves them.
"""


class ServedApp(HookedApp[int]):
    """An app with background work that follows the settings."""

    _app_context: AppContext

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Create the app without background work."""
        super().__init__(*args, **kwargs)
        self.background: Background | None = None
        """Work that talks to the providers; None for a desk without any."""
        self._background_task: asyncio.Task[None] | None = None
        self._settings_lock = asyncio.Lock()

    @property
    def inbox(self) -> "InboxScreen":
        """Return the inbox."""
        raise NotImplementedError

    def load_handlers(self) -> None:
        """Import the handlers of all commands on a thread, so that no key has to wait for that."""
        self.run_worker(load_handlers, name="handlers", thread=True)

    def start_background(self) -> None:
        """Start the background work, if there are accounts to serve."""
        if self.background is not None and self._app_context.accounts:
            self._background_task = asyncio.create_task(
                self._run_background(self.background), name="sync"
            )
            self._background_task.add_done_callback(self._report_background_end)

    async def end_background(self) -> None:
        """Stop the background work and wait for it; call this before the store is closed."""
        if self._background_task is not None:
            self._background_task.cancel()
            await asyncio.wait([self._background_task])

    @on(SettingsSaved)
    def check_settings(self) -> None:
        """Look whether the settings have changed, without delaying keys."""
        if self._app_context.read_changed_settings is not None:
            self.run_worker(self._apply_settings(), name="settings", exit_on_error=False)

    async def _apply_settings(self) -> None:
        """Serve the accounts of the settings as they are now, if they have changed."""
        async with self._settings_lock:
            assert self._app_context.read_changed_settings is not None
            try:
                preferences = await self._app_context.read_changed_settings()
            except ChangedSettingsError as error:
                self.inbox.show_status(
                    one_line(f"Settings not used, the old ones stay: {error}", 300)
                )
                return
            if preferences is None:
                return
            difference = self._app_context.apply_settings(preferences)
            await self.end_background()
            self.start_background()
            await self.inbox.refresh_accounts()
            self.inbox.threads.refresh()
            if difference:
                self.inbox.show_status(f"Accounts: {difference}")

    async def _run_background(self, background: Background) -> None:
        """Run the background work until the app ends."""
        try:
            async with background() as problem:
                if problem:
                    self._report_not_connected(problem)
                await asyncio.Event().wait()
        except (StoreError, OSError) as error:
            self._report_not_connected(str(error))

    def _report_not_connected(self, problem: str) -> None:
        """Report why no account is served from here."""
        self.inbox.show_status(one_line(f"Not connected: {problem}", 300))

    def _report_background_end(self, task: asyncio.Task[None]) -> None:
        """Report an unexpected error that ended the background work, so that it is noticed."""
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Exception):
            self.report_failure(error)
