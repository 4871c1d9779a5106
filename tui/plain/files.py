"""Files that customers sent: named with their kind and size, saved by number."""

import asyncio

from tui import present
from tui.desk.saving import save_new
from tui.domain.text import one_line
from tui.plain.desk import Desk
from tui.store.messages import NEWEST

_LOOKED_AT = 100
"""Messages of a conversation in which files are looked for."""


async def files(desk: Desk, typed: str) -> None:
    """Save one of the files of the open conversation, the newest first."""
    newest = await desk.store.messages.before(desk.here.id, NEWEST, _LOOKED_AT)
    found = []
    for message in reversed([m for m in newest if m.attachments]):
        found += await desk.store.messages.attachments(message.id)
    if not found:
        desk.talk.say("No files came in this conversation.")
        return
    names = [line.removeprefix("+ ") for line in present.file_lines(found, ascii=True)]
    place = await desk.talk.choose("Save which file?", names, typed)
    if place is None:
        return
    file, folder = found[place], desk.seat.downloads
    data = await desk.store.messages.attachment_data(file.id)
    try:
        path = await asyncio.to_thread(save_new, folder, file.name, file.content_type, data)
    except OSError as error:
        desk.talk.say(f"Not saved into {one_line(str(folder), 200)}: {error.strerror}.")
        return
    desk.talk.say(f"Saved as {one_line(str(path), 300)}")
