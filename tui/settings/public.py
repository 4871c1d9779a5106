"""Hold the settings without secrets: all that a screen or a script needs.

No provider client is loaded for them.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from tui.domain.account import Account


class QuietHours(NamedTuple):
    """Hours in which customers are not texted, by their own clocks."""

    start: int
    """First quiet hour, 0 to 23."""
    end: int
    """First hour that is no longer quiet, 0 to 23."""


DEFAULT_QUIET_HOURS = QuietHours(20, 8)


class ListenAddress(NamedTuple):
    """Host and port on which a server listens."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class NotificationPreferences:
    """How an agent is notified of a new message while looking elsewhere."""

    bell: bool = True
    """Sound the terminal alert."""
    desktop: bool = True
    """Send a desktop notification through the terminal."""
    every_seconds: float = 10.0
    """Minimum time between two notifications."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """Validated settings without secrets; their defaults are the defaults of the settings."""

    database: Path = Path("inbox.db")
    """Database file of the inbox."""
    agent: str = ""
    """Name of the agent, as colleagues see it."""
    group_access: bool = False
    """Whether the database file is shared with its group (0660) or private (0600)."""
    theme: str = "dark"
    ascii: bool | None = None
    """Plain ASCII badges and borders; None: depends on the terminal."""
    enter_sends: bool = True
    """Enter sends and Alt+Enter breaks the line, or the reverse."""
    default_region: str | None = None
    """Country (ISO, like AU) of numbers typed without a country code."""
    grace_seconds: float = 5.0
    """How long a message can be cancelled before it is submitted."""
    quiet_hours: QuietHours | None = DEFAULT_QUIET_HOURS
    poll_min_seconds: float = 2.0
    """Time between two polls while a reply or receipt is expected."""
    poll_max_seconds: float = 30.0
    """Time between two polls of an inactive account."""
    listen: ListenAddress | None = None
    """Where pushed replies and receipts are received; None: nowhere."""
    public_url: str = ""
    """How providers reach the listener, for the callback addresses in sent messages."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Command id to its keys, separated by commas."""
    notifications: NotificationPreferences = NotificationPreferences()
    downloads: str = "~/Downloads"
    """Directory into which files of customers are saved."""
    pipe: str = "less"
    """Command suggested for a conversation as plain text."""
    log_level: str = "info"
    opt_out_words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Additional keywords that mean STOP, by country (`*`: everywhere)."""
    silent_after_minutes: int = 0
    """Warn if an account delivers nothing for this long; 0: never."""
    accounts: tuple[Account, ...] = ()
    warnings: tuple[str, ...] = ()
    """Allowed settings that should be fixed, one line each."""


def to_json_data(preferences: Preferences) -> dict[str, Any]:
    """Return the preferences as data that JSON can hold."""
    return {**asdict(preferences), "database": str(preferences.database)}


def from_json_data(data: Mapping[str, Any]) -> Preferences:
    """Return the preferences that were given to `to_json_data`.

    Args:
        data: Data read from JSON.

    Raises:
        TypeError, KeyError, ValueError: The data is damaged.
    """
    quiet, listen = data["quiet_hours"], data["listen"]
    shaped = {
        "database": Path(data["database"]),
        "quiet_hours": QuietHours(*quiet) if quiet else None,
        "listen": ListenAddress(*listen) if listen else None,
        "notifications": NotificationPreferences(**data["notifications"]),
        "opt_out_words": {key: tuple(keywords) for key, keywords in data["opt_out_words"].items()},
        "accounts": tuple(
            Account(**{**account, "senders": tuple(account["senders"])})
            for account in data["accounts"]
        ),
        "warnings": tuple(data["warnings"]),
    }
    return Preferences(**{**data, **shaped})
