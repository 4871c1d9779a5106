"""The command that shows what came with a message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.message import Message
from tui.handlers.kind import Handler

if TYPE_CHECKING:
    from tui.screens.inbox import InboxScreen


async def files(inbox: InboxScreen) -> None:
    """Files of the selected message, else of the newest one that has any."""
    message = _with_files(inbox)
    found = await inbox.store.messages.attachments(message.id) if message else []
    if not found:
        inbox.say("No files here: they stand under the message they came with")
        return
    from tui.screens.files import FilesScreen

    seat = inbox.seat
    inbox.app.push_screen(FilesScreen(inbox.store, found, seat.downloads, colours=seat.colours))


def _with_files(inbox: InboxScreen) -> Message | None:
    """The message that the agent means."""
    view = inbox.pane.view
    if view.selected:
        return next((m for m in view.messages if m.id == view.selected), None)
    return next((m for m in reversed(view.messages) if m.attachments), None)


HANDLERS: dict[str, Handler] = {"files": files}
