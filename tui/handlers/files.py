"""The command that shows what came with a message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.domain.message import Message
from tui.handlers.kind import Handler

if TYPE_CHECKING:
    from tui.screens.inbox import InboxScreen


async def show_files(inbox: InboxScreen) -> None:
    """Show the files of the selected message, else of the newest message that has any."""
    message = _find_message_with_files(inbox)
    attachments = await inbox.store.messages.list_attachments(message.id) if message else []
    if not attachments:
        inbox.show_status("No files here: they stand under the message they came with")
        return
    from tui.screens.files import FilesScreen

    app_context = inbox.app_context
    inbox.app.push_screen(
        FilesScreen(inbox.store, attachments, app_context.downloads, colours=app_context.colours)
    )


def _find_message_with_files(inbox: InboxScreen) -> Message | None:
    """Return the selected message, else the newest one with files."""
    view = inbox.pane.message_view
    if view.selected_id:
        return next((m for m in view.messages if m.id == view.selected_id), None)
    return next((m for m in reversed(view.messages) if m.attachments), None)


FILE_HANDLERS: dict[str, Handler] = {"files": show_files}
