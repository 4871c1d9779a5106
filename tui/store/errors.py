"""Describe what can be wrong with the database, in one line that names the file and the fix.

StoreError
├── CannotOpen        the file or its directory is missing, read-only or not ours
├── NotADatabase      the file contains something else
├── NewerDatabase     a later smsdesk wrote it
├── OutdatedSchema    an earlier smsdesk wrote it; opening the inbox updates it
├── BadValue          no column can store a value; nothing was written
├── Busy              another process held the lock for too long; nothing was written
├── Unreachable       the server does not answer; the desk goes on once it does
│   └── UnknownOutcome  it may or may not have stored what was written last
├── CannotWrite       the disk is full or the file read-only; nothing was written
├── StaleReply        a newer message arrived after the agent began to write
├── DraftChanged      another window of the agent has changed the text
│   └── DraftSent     another window of the agent has sent it
└── OptedOut          the customer must not be texted
"""

import sqlite3


class StoreError(Exception):
    """Failure of a store operation; the text can be shown to an agent."""


class CannotOpen(StoreError):
    """The database file cannot be opened."""


class NotADatabase(StoreError):
    """The file is not an SQLite database, or one of another program."""


class NewerDatabase(StoreError):
    """The database was written by a later version of smsdesk."""


class OutdatedSchema(StoreError):
    """The schema of an earlier smsdesk has not been brought up to date."""


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


class StaleReply(StoreError):
    """The conversation contains a new message that the agent has not seen."""


class DraftChanged(StoreError):
    """The stored draft is not the text that the window shows."""


class DraftSent(DraftChanged):
    """Another window of the agent has sent the text."""


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
