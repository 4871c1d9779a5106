"""The settings that need no secret: what a screen or a script knows before anything is loaded."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from tui.domain.account import Account


class QuietHours(NamedTuple):
    """The hours in which customers are left alone, by their own clocks."""

    start: int
    """First quiet hour, 0 to 23."""
    end: int
    """First hour that is no longer quiet, 0 to 23."""


EVENING_TO_MORNING = QuietHours(20, 8)


class Address(NamedTuple):
    """Where a server listens."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Notifications:
    """How an agent is told of a new text while looking elsewhere."""

    bell: bool = True
    """Ring the terminal's bell."""
    desktop: bool = True
    """Ask the terminal for a desktop notification."""
    every_seconds: float = 10.0
    """At most one in this time."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Desk-level settings, validated; the defaults here are the defaults of the settings."""

    database: Path = Path("inbox.db")
    """The inbox file."""
    agent: str = ""
    """Who sits here, as colleagues see it."""
    group_access: bool = False
    """Whether the inbox file is shared by its group (0660) or private (0600)."""
    theme: str = "dark"
    ascii: bool | None = None
    """Plain ASCII badges and borders; None: as the terminal suggests."""
    enter_sends: bool = True
    """Enter sends and Alt+Enter breaks the line, or the other way round."""
    default_region: str | None = None
    """Two-letter country of numbers typed without a country code."""
    grace_seconds: float = 5.0
    """How long a message can be taken back before it goes out."""
    quiet_hours: QuietHours | None = EVENING_TO_MORNING
    poll_min_seconds: float = 2.0
    """Between two polls while something is expected."""
    poll_max_seconds: float = 30.0
    """Between two polls of a quiet account."""
    listen: Address | None = None
    """Where pushed replies and receipts are taken in; None: nowhere."""
    public_url: str = ""
    """How providers reach the listener, for the callback addresses in sent messages."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Command id to its keys, separated by commas."""
    notifications: Notifications = Notifications()
    downloads: str = "~/Downloads"
    """Directory into which files of customers are saved."""
    pipe: str = "less"
    """The command that is offered for a conversation as plain text."""
    log_level: str = "info"
    opt_out_words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Further words that mean STOP, by country (`*`: everywhere)."""
    silent_after_minutes: int = 0
    """Raise an alarm when an account brings nothing for so long; 0: never."""
    accounts: tuple[Account, ...] = ()
    warnings: tuple[str, ...] = ()
    """What is allowed but should be mended, one line each."""


def to_plain(desk: Desk) -> dict[str, Any]:
    """The desk as JSON can hold it."""
    return {**asdict(desk), "database": str(desk.database)}


def from_plain(plain: Mapping[str, Any]) -> Desk:
    """The desk that `to_plain` was given; raises `TypeError`, `KeyError` or `ValueError`."""
    quiet, listen = plain["quiet_hours"], plain["listen"]
    shaped = {
        "database": Path(plain["database"]),
        "quiet_hours": QuietHours(*quiet) if quiet else None,
        "listen": Address(*listen) if listen else None,
        "notifications": Notifications(**plain["notifications"]),
        "opt_out_words": {key: tuple(words) for key, words in plain["opt_out_words"].items()},
        "accounts": tuple(
            Account(**{**account, "senders": tuple(account["senders"])})
            for account in plain["accounts"]
        ),
        "warnings": tuple(plain["warnings"]),
    }
    return Desk(**{**plain, **shaped})
