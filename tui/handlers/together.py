"""Commands about colleagues at the same conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.handlers.acting import take_up
from tui.handlers.kind import Handler

if TYPE_CHECKING:
    from tui.screens.inbox import InboxScreen


async def take_over(inbox: InboxScreen) -> None:
    """Write here although a colleague does; the colleague is told and keeps the draft."""
    if inbox.pane.conversation is None:
        inbox.say("Open a conversation first")
        return
    await inbox.open_current()
    await take_up(inbox, force=True)


HANDLERS: dict[str, Handler] = {"take_over": take_over}
