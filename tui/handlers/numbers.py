"""The command that shows how the desk has been doing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.handlers.kind import Handler

if TYPE_CHECKING:
    from tui.screens.inbox import InboxScreen


async def show_statistics(inbox: InboxScreen) -> None:
    """Show counts and plots of today and the last week."""
    from tui.screens.numbers import StatisticsScreen

    inbox.app.push_screen(StatisticsScreen(inbox.store, inbox.app_context))


STATISTICS_HANDLERS: dict[str, Handler] = {"numbers": show_statistics}
