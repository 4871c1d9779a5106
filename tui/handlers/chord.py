"""What the prefix key asks for: a command's second key, or the digit of a saved view."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tui.commands import after_prefix
from tui.screens.said import said
from tui.store.errors import StoreError

if TYPE_CHECKING:
    from tui.screens.inbox import InboxScreen
    from tui.store.views import SavedView


async def ask(inbox: InboxScreen) -> None:
    """Show which keys may follow, and wait for one."""
    from tui.screens.chord import ChordScreen

    commands = after_prefix(inbox.seat.commands)
    words = {key: command.words.removeprefix("Show ") for key, command in commands.items()}
    inbox.app.push_screen(ChordScreen(words, partial(_names, inbox)), partial(_go, inbox))


async def _saved(inbox: InboxScreen) -> dict[str, SavedView]:
    """The saved views by their digits."""
    return {v.key: v for v in await inbox.store.views.all(inbox.seat.agent) if v.key}


async def _names(inbox: InboxScreen) -> dict[str, str]:
    """What the saved views are called, by their digits."""
    try:
        return {key: view.name for key, view in (await _saved(inbox)).items()}
    except StoreError:  # told when one of them is asked for
        return {}


@said
async def _go(inbox: InboxScreen, key: str | None) -> None:
    """Do what the two keys say, if they say anything."""
    command = after_prefix(inbox.seat.commands).get(key or "")
    if command is not None:
        await inbox.action_run(command.id)
    elif key is not None and key.isdigit():
        saved = await _saved(inbox)
        if key in saved:
            await inbox.show_view(saved[key].view)
