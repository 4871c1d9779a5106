"""What the app is given: the user's preferences, and what the terminal and the system provide."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from tui.clock import Clock
from tui.command_types import Command
from tui.commands import COMMANDS, remap_keys
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


class ChangedSettingsError(Exception):
    """Raised when changed settings cannot be used; the text is fit for an agent."""


ReadChangedSettings = Callable[[], Awaitable[Preferences | None]]
"""Return the preferences if the settings have changed since the last call, else None.

Raises `ChangedSettingsError` if the settings are not valid.
"""


@dataclass(slots=True)
class AppContext:
    """What a screen needs besides the store; it contains no secret.

    Everything stays as it is while the app runs but the accounts, hooks and webhooks.
    """

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
    program_environ: Mapping[str, str] | None = None
    """Environment of programs that are not shown what ours holds; None for that of smsdesk."""
    terminal: TerminalFeatures = field(default_factory=TerminalFeatures)
    """Features of the terminal that notifications use."""
    log_file: Path | None = None
    """File in which unexpected errors are logged; None for none."""
    banner: str = ""
    """Line below the header that says what kind of inbox this is; empty for a real one."""
    account_setup: "AccountSetup | None" = None
    """Tests and stores new accounts; None if none can be added."""
    retry_held: "RetryHeld | None" = None
    """Reads held items again with the settings of now; None where there are no settings."""
    load_addresses: "LoadAddresses | None" = None
    """Reads what to enter at the providers' panels, which holds secrets; None for the demo."""
    read_changed_settings: "ReadChangedSettings | None" = None
    """Reads the settings again, so that other accounts work at once; None for the demo."""

    @property
    def agent(self) -> str:
        """Return the name of the agent, as colleagues see it."""
        return self.preferences.agent

    @property
    def accounts(self) -> tuple[Account, ...]:
        """Return the accounts, in the order of the settings."""
        return self.preferences.accounts

    @property
    def has_several_accounts(self) -> bool:
        """Return whether messages can go through more than one account."""
        return len(self.accounts) > 1

    def apply_settings(self, fresh: Preferences) -> str:
        """Use other accounts and hooks from now on; return which accounts are different, or "".

        Args:
            fresh: The settings as they are now; their other values are not used.
        """
        old = {account.name: account for account in self.accounts}
        new = {account.name: account for account in fresh.accounts}
        self.preferences = replace(
            self.preferences,
            accounts=fresh.accounts,
            hooks=fresh.hooks,
            webhooks=fresh.webhooks,
        )
        names = {
            "added": [name for name in new if name not in old],
            "changed": [name for name in new if name in old and new[name] != old[name]],
            "removed": [name for name in old if name not in new],
        }
        return " · ".join(f"{', '.join(found)} {what}" for what, found in names.items() if found)

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
