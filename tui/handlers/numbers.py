"""The command that shows how the desk has been doing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.handlers.kind import Handler

if TYPE_CHECKING:
    from tui.screens.inbox import InboxScreen


async def numbers(inbox: InboxScreen) -> None:
    """Counts and plots of today and the last week."""
    from tui.screens.numbers import NumbersScreen

    inbox.app.push_screen(NumbersScreen(inbox.store, inbox.seat))


HANDLERS: dict[str, Handler] = {"numbers": numbers}
