"""The registry as Textual's command palette shows it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider, SearchIcon

from tui.commands import Command, shown

if TYPE_CHECKING:
    from tui.screens.inbox import InboxScreen


class Palette(CommandPalette):
    """Textual's, with a sign that every terminal can show: the key that opens it."""

    def on_mount(self) -> None:
        """A magnifying glass takes two cells on some terminals, and none on others."""
        self.query_one(SearchIcon).icon = ":"


class CommandProvider(Provider):
    """Every command of the inbox by its words."""

    @property
    def _inbox(self) -> InboxScreen:
        """The screen the palette was opened over."""
        from tui.screens.inbox import InboxScreen

        assert isinstance(self.screen, InboxScreen)
        return self.screen

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for command in self._inbox.seat.commands:
            yield DiscoveryHit(_line(command), self._call(command), help=command.hint)

    async def search(self, query: str) -> Hits:
        """Those whose words match."""
        matcher = self.matcher(query)
        for command in self._inbox.seat.commands:
            score = matcher.match(_line(command))
            if score > 0:
                yield Hit(
                    score, matcher.highlight(_line(command)), self._call(command), help=command.hint
                )

    def _call(self, command: Command) -> Callable[[], Awaitable[None]]:
        """Run it on the inbox."""
        return partial(self._inbox.action_run, command.id)


def _line(command: Command) -> str:
    """Words and first key."""
    keys = f"  ({shown(command.keys[0])})" if command.keys else ""
    return f"{command.words}{keys}"
