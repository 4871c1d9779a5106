"""Commands about colleagues at the same conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.handlers.acting import begin_reply
from tui.handlers.kind import Handler

if TYPE_CHECKING:
    from tui.screens.inbox import InboxScreen


async def take_over_compose_lock(inbox: InboxScreen) -> None:
    """Begin to write although a colleague holds the compose lock.

    The colleague is notified and their draft stays stored.
    """
    if inbox.pane.conversation is None:
        inbox.show_status("Open a conversation first")
        return
    await inbox.open_current()
    await begin_reply(inbox, force=True)


TAKE_OVER_HANDLERS: dict[str, Handler] = {"take_over": take_over_compose_lock}
