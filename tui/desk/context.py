"""The settings that the app is given: the agent, the accounts, how things look and behave."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from tui.clock import Clock
from tui.commands import COMMANDS, Command, remap_keys
from tui.domain.account import Account
from tui.domain.local_time import HourRange
from tui.terminal.notifications import NotificationSettings

if TYPE_CHECKING:
    from tui.desk.account_form import AccountSetup

_ENTER_NEW_LINE_KEYS: Mapping[str, tuple[str, ...]] = {
    "send": ("alt+enter", "ctrl+j"),
    "new_line": ("enter",),
}
"""Keys for agents who want Enter to begin a new line."""


@dataclass(frozen=True, slots=True)
class AppContext:
    """The settings that a screen needs; they contain no secret."""

    agent: str
    clock: Clock
    accounts: tuple[Account, ...] = ()
    theme: str = "dark"
    ascii: bool = False
    colours: bool = True
    """False if NO_COLOR is set: only reverse, bold and dim are used then."""
    enter_sends: bool = True
    region: str | None = None
    """Country code (ISO 3166, two characters) for numbers typed without one."""
    zone: tzinfo | None = None
    """Time zone of the agent; None for the system's."""
    grace_ms: int = 0
    """Time in which a message can be cancelled before it is sent."""
    quiet_hours: HourRange | None = None
    """Hours by the customer's clock in which sending needs a confirmation; None for no check."""
    editor: str = ""
    """Command that edits a draft; empty if none is known."""
    shell: str = "/bin/sh"
    """Shell that runs the commands to which an agent pipes a conversation."""
    pipe: str = ""
    """Command that is suggested first for piping a conversation."""
    notification_settings: NotificationSettings = field(default_factory=NotificationSettings)
    """How the agent is notified while looking elsewhere."""
    account_setup: "AccountSetup | None" = None
    """Tests and stores new accounts; None if none can be added."""
    downloads: Path = Path("Downloads")
    """Folder for files from customers."""
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The user's own keys by command id."""

    @property
    def commands(self) -> tuple[Command, ...]:
        """Return the registry with the user's keys."""
        if self.enter_sends and not self.keys:
            return COMMANDS
        return remap_keys({**({} if self.enter_sends else _ENTER_NEW_LINE_KEYS), **self.keys})

    def find_account(self, name: str) -> Account | None:
        """Return the account with a name, or None."""
        return next((account for account in self.accounts if account.name == name), None)
