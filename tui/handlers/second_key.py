"""Ask for the second key of a sequence, and run its command or show its view."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tui.commands import get_prefixed_commands
from tui.handlers.common import InboxActions
from tui.screens.base import report_store_errors
from tui.store.errors import StoreError

if TYPE_CHECKING:
    from tui.store.view_rows import SavedView


async def ask_second_key(inbox: InboxActions) -> None:
    """Show which keys can follow the prefix key, and wait for one."""
    from tui.screens.key_help import ChordScreen

    commands = get_prefixed_commands(inbox.app_context.commands)
    labels = {key: command.title.removeprefix("Show ") for key, command in commands.items()}
    inbox.app.push_screen(
        ChordScreen(labels, partial(_load_view_names, inbox)), partial(_run_second_key, inbox)
    )


async def _load_keyed_views(inbox: InboxActions) -> dict[str, SavedView]:
    """Return the saved views that have a digit, by digit."""
    return {v.key: v for v in await inbox.store.views.list_views(inbox.app_context.agent) if v.key}


async def _load_view_names(inbox: InboxActions) -> dict[str, str]:
    """Return the names of the saved views, by digit."""
    try:
        return {key: view.name for key, view in (await _load_keyed_views(inbox)).items()}
    except StoreError:  # reported when the agent chooses a view
        return {}


@report_store_errors
async def _run_second_key(inbox: InboxActions, key: str | None) -> None:
    """Run the command or show the view that belongs to the second key, if there is one."""
    command = get_prefixed_commands(inbox.app_context.commands).get(key or "")
    if command is not None:
        await inbox.action_run(command.id)
    elif key is not None and key.isdigit():
        saved = await _load_keyed_views(inbox)
        if key in saved:
            await inbox.show_view(saved[key].view)
