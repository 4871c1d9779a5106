"""How the desk looks: the colours, for as long as it is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.handlers.kind import Handler
from tui.themes import THEMES, to_theme_setting

if TYPE_CHECKING:
    from tui.screens.inbox import InboxScreen


async def switch_theme(inbox: InboxScreen) -> None:
    """Switch to the next theme; the settings decide the theme of the next start."""
    if not inbox.app_context.colours:
        inbox.show_status("NO_COLOR is set in your environment: the desk stays without colours")
        return
    names = [theme.name for theme in THEMES]
    index = names.index(inbox.app.theme) if inbox.app.theme in names else -1
    chosen = names[(index + 1) % len(names)]
    inbox.app.theme = chosen
    inbox.show_status(
        f"Look: {to_theme_setting(chosen)} · to keep it, "
        f'theme = "{to_theme_setting(chosen)}" in the settings'
    )


THEME_HANDLERS: dict[str, Handler] = {"look": switch_theme}
