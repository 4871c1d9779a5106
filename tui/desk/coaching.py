"""What the failure coach says on screen: the key that does the next best step, and the words."""

from collections.abc import Iterable

from tui.commands import Command, by_id, shown
from tui.domain.coach import coach
from tui.domain.message import Message


class Coach:
    """Knows this agent's keys, and whether there is another account to try."""

    def __init__(self, commands: Iterable[Command], *, several_accounts: bool) -> None:
        """`commands` is the registry with the agent's own keys."""
        self._keys = {name: command.keys for name, command in by_id(commands).items()}
        self._several_accounts = several_accounts

    def words(self, message: Message) -> str:
        """For example "R sends it again now"; empty where there is nothing to do."""
        counsel = coach(message, several_accounts=self._several_accounts)
        if counsel is None:
            return ""
        keys = self._keys.get(counsel.command, ())
        return f"{shown(keys[0])} {counsel.words}" if keys else counsel.words
