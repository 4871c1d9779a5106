"""Files that customers sent: named with their kind and size, saved by number."""

import asyncio

from tui.desk import format
from tui.desk.downloads import save_new_file
from tui.domain.text import one_line
from tui.plain.desk import PlainSession
from tui.store.messages import NEWEST

_FILE_SEARCH_LIMIT = 100
"""Messages of a conversation that are searched for files."""


async def save_file(session: PlainSession, typed: str) -> None:
    """Save one of the files of the open conversation, the newest first.

    Args:
        session: State of this agent's line-mode session.
        typed: Rest of the command line; empty if there is none.
    """
    newest = await session.store.messages.list_before(
        session.current.id, NEWEST, _FILE_SEARCH_LIMIT
    )
    found = []
    for message in reversed([m for m in newest if m.attachments]):
        found += await session.store.messages.list_attachments(message.id)
    if not found:
        session.dialog.write_line("No files came in this conversation.")
        return
    names = [line.removeprefix("+ ") for line in format.format_files(found, ascii=True)]
    place = await session.dialog.choose_item("Save which file?", names, typed)
    if place is None:
        return
    file, folder = found[place], session.context.downloads
    data = await session.store.messages.get_attachment_data(file.id)
    try:
        path = await asyncio.to_thread(save_new_file, folder, file.name, file.content_type, data)
    except OSError as error:
        session.dialog.write_line(f"Not saved into {one_line(str(folder), 200)}: {error.strerror}.")
        return
    session.dialog.write_line(f"Saved as {one_line(str(path), 300)}")
