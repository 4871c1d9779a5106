"""What the app is given: who sits here, which accounts there are, how things should look."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from tui.clock import Clock
from tui.commands import COMMANDS, Command, remapped
from tui.domain.account import Account
from tui.domain.local_time import Hours
from tui.terminal.asking import Manners

if TYPE_CHECKING:
    from tui.enrol import Enrol

_ENTER_BREAKS: Mapping[str, tuple[str, ...]] = {
    "send": ("alt+enter", "ctrl+j"),
    "new_line": ("enter",),
}
"""The keys for those who want Enter to break the line."""


@dataclass(frozen=True, slots=True)
class Seat:
    """The settings as far as a screen may know them: no secret is here."""

    agent: str
    clock: Clock
    accounts: tuple[Account, ...] = ()
    theme: str = "dark"
    ascii: bool = False
    colours: bool = True
    """False where NO_COLOR asks for none: only reverse, bold and dim are left."""
    enter_sends: bool = True
    region: str | None = None
    """Two-letter country for numbers typed without a country code."""
    zone: tzinfo | None = None
    """Where the agent is; None: as the system says."""
    grace_ms: int = 0
    """How long a message can be taken back before it leaves."""
    quiet_hours: Hours | None = None
    """By the customer's clock; sending in them asks first."""
    editor: str = ""
    """The command that edits a draft; empty: none is known."""
    shell: str = "/bin/sh"
    """Runs the commands to which an agent pipes a conversation."""
    pipe: str = ""
    """The command that is offered for that first."""
    manners: Manners = field(default_factory=Manners)
    """How the agent is told of news while looking elsewhere."""
    enrol: "Enrol | None" = None
    """Proves and keeps new accounts; None where there are none to be added."""
    downloads: Path = Path("Downloads")
    """Where files of customers are saved."""
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The user's own keys by command id."""

    @property
    def commands(self) -> tuple[Command, ...]:
        """The registry with the user's keys."""
        if self.enter_sends and not self.keys:
            return COMMANDS
        return remapped({**({} if self.enter_sends else _ENTER_BREAKS), **self.keys})

    def account(self, name: str) -> Account | None:
        """An account by its name."""
        return next((account for account in self.accounts if account.name == name), None)
