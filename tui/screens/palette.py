"""The command registry as Textual's command palette shows it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider, SearchIcon
from textual.widgets import OptionList

from tui.commands import Command
from tui.desk.key_names import format_key

if TYPE_CHECKING:
    from tui.handlers.common import InboxActions


class Palette(CommandPalette):
    """Command palette whose search icon every terminal can show: the key that opens it."""

    def on_mount(self) -> None:
        """Replace the search icon.

        A magnifying glass takes two cells on some terminals and none on others.
        """
        self.query_one(SearchIcon).icon = ":"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether an action can run: not while there is no command to move to.

        The commands appear some time after the palette, and Textual fails on a list without any,
        or without a place on the screen.

        Args:
            action: Name of the action.
            parameters: Its parameters.
        """
        if action == "command_list":
            found = self.query_one(OptionList)
            return bool(found.option_count and found.scrollable_content_region)
        return super().check_action(action, parameters)


class CommandProvider(Provider):
    """Find the commands of the inbox by their labels."""

    @property
    def _inbox(self) -> InboxActions:
        """Return the screen over which the palette was opened, which is always the inbox."""
        return cast("InboxActions", self.screen)

    async def discover(self) -> Hits:
        """Yield all commands before anything is typed."""
        for command in self._inbox.app_context.commands:
            yield DiscoveryHit(
                _format_command(command), self._bind_command(command), help=command.description
            )

    async def search(self, query: str) -> Hits:
        """Yield the commands whose labels match.

        Args:
            query: Text typed by the agent.
        """
        matcher = self.matcher(query)
        for command in self._inbox.app_context.commands:
            score = matcher.match(_format_command(command))
            if score > 0:
                yield Hit(
                    score,
                    matcher.highlight(_format_command(command)),
                    self._bind_command(command),
                    help=command.description,
                )

    def _bind_command(self, command: Command) -> Callable[[], Awaitable[None]]:
        """Return a call that runs the command on the inbox."""
        return partial(self._inbox.action_run, command.id)


def _format_command(command: Command) -> str:
    """Return the label of the command and its first key."""
    keys = f"  ({format_key(command.keys[0])})" if command.keys else ""
    return f"{command.title}{keys}"
