"""Describe what can be wrong with the database, in one line that names the file and the fix.

StoreError
├── CannotOpen        the file or its directory is missing, read-only or not ours
├── NotADatabase      the file contains something else
│   ├── UnfinishedMove  it contains a part of an inbox
│   ├── Rehearsal     it contains the copy of an inbox that is used elsewhere
│   └── MovedAway     the inbox is used elsewhere now
├── NewerDatabase     a later smsdesk wrote it
├── OutdatedSchema    an earlier smsdesk wrote it; opening the inbox updates it
│   └── EmptySchema   no smsdesk has opened it on the server yet; opening the inbox fills it
├── BadValue          no column can store a value; nothing was written
├── Busy              another process held the lock for too long; nothing was written
├── Unreachable       the server does not answer; the desk goes on once it does
│   └── UnknownOutcome  it may or may not have stored what was written last
├── CannotWrite       the disk is full; nothing was written
│   ├── ReadOnly      the file or its folder may not be written
│   └── NotPermitted  the user of the server lacks a privilege; nothing was written
├── StaleReply        a newer message arrived after the agent began to write
├── DraftChanged      another window of the agent has changed the text
│   └── DraftSent     another window of the agent has sent it
├── ConversationGone  the customer was forgotten meanwhile; nothing was changed
├── OnlyLeads         the agent may not change this; nothing was changed
└── OptedOut          the customer must not be texted
"""

import json
import sqlite3
from datetime import datetime
from typing import Self

_MS = 1_000


class StoreError(Exception):
    """Failure of a store operation; the text can be shown to an agent."""


class CannotOpen(StoreError):
    """The database file cannot be opened."""


class NotADatabase(StoreError):
    """The file is not an SQLite database, or one of another program."""


class InboxMark(NotADatabase):
    """The database is marked, so that no desk opens it."""

    def name_inbox(self, name: str) -> "InboxMark":
        """Return the error with the name of the database.

        Args:
            name: Path or address.
        """
        return type(self)(f"{name} is not an inbox: {self}")


class UnfinishedMove(InboxMark):
    """A move into the database has begun and not ended."""

    def __init__(
        self,
        text: str = "a move into it has not ended; run the `smsdesk import` that began it again",
    ) -> None:
        """Create the error."""
        super().__init__(text)


class Rehearsal(InboxMark):
    """A move into the database was a rehearsal."""

    def __init__(
        self,
        text: str = "a move into it was a rehearsal; drop it, or run the `smsdesk import` without"
        " --rehearse",
    ) -> None:
        """Create the error."""
        super().__init__(text)


class MovedAway(InboxMark):
    """The inbox was moved, and is used where it is now."""

    def __init__(self, place: str, at: int, name: str = "") -> None:
        """Create the error.

        Args:
            place: Path or address where it is now.
            at: Time of the move, in ms UTC.
            name: Path or address where it was, if it is known.
        """
        from shlex import quote

        self.place = place
        self.at = at
        moment = f"{datetime.fromtimestamp(at / _MS):%d %b %Y %H:%M}"
        super().__init__(
            f"{name or 'it'} was moved to {place} on {moment}: set `database` to that; if it must"
            " be used again nevertheless: smsdesk import"
            f" {quote(name) if name else 'INBOX'} --reopen"
        )

    def name_inbox(self, name: str) -> "InboxMark":
        """Return the error with the name of the database.

        Args:
            name: Path or address.
        """
        return MovedAway(self.place, self.at, name)

    def format_mark(self) -> str:
        """Return what the database stores."""
        return json.dumps([self.place, self.at])

    @classmethod
    def parse_mark(cls, stored: str) -> Self:
        """Return the error that a database stores.

        Args:
            stored: Stored text; a damaged one keeps the database closed all the same.
        """
        try:
            place, at = json.loads(stored)
            return cls(str(place), int(at))
        except (ValueError, TypeError, OverflowError, OSError):
            return cls("another database", 0)


class NewerDatabase(StoreError):
    """The database was written by a later version of smsdesk."""


class OutdatedSchema(StoreError):
    """The schema of an earlier smsdesk has not been brought up to date."""


class EmptySchema(OutdatedSchema):
    """The schema on the server has no tables yet."""


class BadValue(StoreError):
    """A value cannot be stored, whatever is tried."""


class Busy(StoreError):
    """Another process holds the lock of the database."""


class Unreachable(StoreError):
    """The database server does not answer; later it may."""

    def __init__(self, text: str, what: str = "does not answer") -> None:
        """Create the error.

        Args:
            text: What happened and what it means, as text for an agent.
            what: What the server does or not, in few words.
        """
        super().__init__(text)
        self.what = what


class UnknownOutcome(Unreachable):
    """The connection was lost before the answer to the last statement of a transaction."""


class CannotWrite(StoreError):
    """The database cannot be written."""


class ReadOnly(CannotWrite):
    """The database may not be written by this user, or by no one."""


class NotPermitted(CannotWrite):
    """The user of the database server may not do this."""


class StaleReply(StoreError):
    """The conversation contains a new message that the agent has not seen."""


class DraftChanged(StoreError):
    """The stored draft is not the text that the window shows."""


class DraftSent(DraftChanged):
    """Another window of the agent has sent the text."""


class ConversationGone(StoreError):
    """There is no conversation with this id any more."""

    def __init__(self) -> None:
        """Create the error."""
        super().__init__("This customer was forgotten meanwhile: nothing was changed")


class OnlyLeads(StoreError):
    """The agent is no lead, and only leads change this."""


class OptedOut(StoreError):
    """The customer has opted out."""


BAD_VALUE_ERRORS = (
    ValueError,
    TypeError,
    AttributeError,
    OverflowError,
    BadValue,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    sqlite3.IntegrityError,
    sqlite3.DataError,
)
"""Errors of the engines and the domain for a value that cannot be stored, unlike a disk error."""


class EventsGoneError(StoreError):
    """Events after the one that was named are not kept any more."""
