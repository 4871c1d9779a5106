"""What the prefix key asks for: a command's second key, or the digit of a saved view."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tui.commands import after_prefix
from tui.screens.said import said

if TYPE_CHECKING:
    from tui.screens.inbox import InboxScreen
    from tui.store.views import SavedView


async def ask(inbox: InboxScreen) -> None:
    """Show which keys may follow, and wait for one."""
    from tui.screens.chord import ChordScreen

    saved = {v.key: v for v in await inbox.store.views.all(inbox.seat.agent) if v.key}
    commands = after_prefix(inbox.seat.commands)
    words = {key: command.words.removeprefix("Show ") for key, command in commands.items()}
    words |= {key: view.name for key, view in saved.items() if key not in commands}
    inbox.app.push_screen(ChordScreen(words), partial(_go, inbox, saved))


@said
async def _go(inbox: InboxScreen, saved: dict[str, SavedView], key: str | None) -> None:
    """Do what the two keys say, if they say anything."""
    command = after_prefix(inbox.seat.commands).get(key or "")
    if command is not None:
        await inbox.action_run(command.id)
    elif key in saved:
        await inbox.show_view(saved[key].view)
