"""How the desk looks: the colours, for as long as it is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.handlers.kind import Handler
from tui.themes import THEMES, look_of

if TYPE_CHECKING:
    from tui.screens.inbox import InboxScreen


async def look(inbox: InboxScreen) -> None:
    """The next colours; the settings say with which the desk begins."""
    if not inbox.seat.colours:
        inbox.say("NO_COLOR is set in your environment: the desk stays without colours")
        return
    names = [theme.name for theme in THEMES]
    place = names.index(inbox.app.theme) if inbox.app.theme in names else -1
    chosen = names[(place + 1) % len(names)]
    inbox.app.theme = chosen
    inbox.say(f'Look: {look_of(chosen)} · to keep it, theme = "{look_of(chosen)}" in the settings')


HANDLERS: dict[str, Handler] = {"look": look}
