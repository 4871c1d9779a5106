"""What the app is given: the user's preferences, and what the terminal and the system provide."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from tui.clock import Clock
from tui.commands import COMMANDS, Command, remap_keys
from tui.domain.account import Account
from tui.settings.public import Preferences
from tui.terminal.desktop_notifications import TerminalFeatures

if TYPE_CHECKING:
    from tui.desk.account_form import AccountSetup
    from tui.desk.held_text import RetryHeld
    from tui.desk.panel_addresses import LoadAddresses

_ENTER_NEW_LINE_KEYS: Mapping[str, tuple[str, ...]] = {
    "send": ("alt+enter", "ctrl+j"),
    "new_line": ("enter",),
}
"""Keys for agents who want Enter to begin a new line."""


class BackgroundStartError(Exception):
    """Raised when the service behind a screen cannot start; the text is fit for an agent."""


@dataclass(frozen=True, slots=True)
class AppContext:
    """What a screen needs besides the store; it contains no secret."""

    preferences: Preferences
    """The settings; their accounts know their capabilities here."""
    clock: Clock
    ascii: bool = False
    """Whether to show only ASCII: as set in the preferences, else as the terminal requires."""
    colours: bool = True
    """False if NO_COLOR is set: only reverse, bold and dim are used then."""
    zone: tzinfo | None = None
    """Time zone of the agent; None for the system's."""
    editor: str = ""
    """Command that edits a draft; empty if none is known."""
    shell: str = "/bin/sh"
    """Shell that runs the commands to which an agent pipes a conversation."""
    terminal: TerminalFeatures = field(default_factory=TerminalFeatures)
    """Features of the terminal that notifications use."""
    log_file: Path | None = None
    """File in which unexpected errors are logged; None for none."""
    account_setup: "AccountSetup | None" = None
    """Tests and stores new accounts; None if none can be added."""
    retry_held: "RetryHeld | None" = None
    """Reads held items again with the settings of now; None where there are no settings."""
    load_addresses: "LoadAddresses | None" = None
    """Reads what to enter at the providers' panels, which holds secrets; None for the demo."""

    @property
    def agent(self) -> str:
        """Return the name of the agent, as colleagues see it."""
        return self.preferences.agent

    @property
    def accounts(self) -> tuple[Account, ...]:
        """Return the accounts, in the order of the settings."""
        return self.preferences.accounts

    @property
    def commands(self) -> tuple[Command, ...]:
        """Return the registry with the user's keys."""
        keys, enter_sends = self.preferences.keys, self.preferences.enter_sends
        if enter_sends and not keys:
            return COMMANDS
        return remap_keys({**({} if enter_sends else _ENTER_NEW_LINE_KEYS), **keys})

    def find_account(self, name: str) -> Account | None:
        """Return the account with a name, or None."""
        return next((account for account in self.accounts if account.name == name), None)
