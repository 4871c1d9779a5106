"""What the failure coach says on screen: the key that does the next best step, and the words."""

from collections.abc import Iterable

from tui.commands import Command, format_key, index_by_id
from tui.domain.coach import recommend_step
from tui.domain.message import Message


class FailureKeyHints:
    """Describe the next best step for a failed message, with the agent's own key for it."""

    def __init__(self, commands: Iterable[Command], *, several_accounts: bool) -> None:
        """Create the hints of one agent.

        Args:
            commands: The registry with the agent's own keys.
            several_accounts: Whether there is another account to try.
        """
        self._keys = {name: command.keys for name, command in index_by_id(commands).items()}
        self._several_accounts = several_accounts

    def format_hint(self, message: Message) -> str:
        """Return a hint like "R sends it again now", or "" if there is nothing to do."""
        advice = recommend_step(message, several_accounts=self._several_accounts)
        if advice is None:
            return ""
        keys = self._keys.get(advice.command, ())
        return f"{format_key(keys[0])} {advice.text}" if keys else advice.text
