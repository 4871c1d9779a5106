"""Describe what can be wrong with the database, in one line that names the file and the fix.

StoreError
├── CannotOpen        the file or its directory is missing, read-only or not ours
├── NotADatabase      the file contains something else
├── NewerDatabase     a later smsdesk wrote it
├── Busy              another process held the lock for too long; nothing was written
├── CannotWrite       the disk is full; nothing was written
│   └── ReadOnly      the file or its folder may not be written
├── StaleReply        a newer message arrived after the agent began to write
├── DraftChanged      another window of the agent has changed the text
│   └── DraftSent     another window of the agent has sent it
└── OptedOut          the customer must not be texted
"""

import sqlite3
from pathlib import Path


class StoreError(Exception):
    """Failure of a store operation; the text can be shown to an agent."""


class CannotOpen(StoreError):
    """The database file cannot be opened."""


class NotADatabase(StoreError):
    """The file is not an SQLite database, or one of another program."""


class NewerDatabase(StoreError):
    """The database was written by a later version of smsdesk."""


class Busy(StoreError):
    """Another process holds the lock of the database."""


class CannotWrite(StoreError):
    """The database cannot be written."""


class ReadOnly(CannotWrite):
    """The database may not be written by this user, or by no one."""


class StaleReply(StoreError):
    """The conversation contains a new message that the agent has not seen."""


class DraftChanged(StoreError):
    """The stored draft is not the text that the window shows."""


class DraftSent(DraftChanged):
    """Another window of the agent has sent the text."""


class OptedOut(StoreError):
    """The customer has opted out."""


def translate_error(error: Exception, path: Path) -> StoreError:
    """Return the error as a `StoreError` whose text says what an agent can do.

    Args:
        error: Error of SQLite, or one of ours without the name of the file.
        path: Path of the database file.
    """
    text = str(error)
    match error:
        case NewerDatabase():
            return NewerDatabase(
                f"The database {path} was written by a newer smsdesk ({text}): "
                "install that version, or set SMSDESK_DATABASE to another file"
            )
        case NotADatabase():
            return NotADatabase(f"{path} is not an inbox: {text}; name another file")
        case StoreError():
            return error
    return _translate_sqlite_error(text, path)


def _translate_sqlite_error(text: str, path: Path) -> StoreError:
    """Return the error that matches the text of an SQLite error."""
    if "not a database" in text or "malformed" in text:
        return NotADatabase(
            f"{path} is not a readable SQLite database ({text}): "
            "name another file or restore a backup"
        )
    if "locked" in text or "busy" in text:
        return Busy(
            "The database is locked by another program: nothing was written, try again; "
            f"close what holds {path}"
        )
    if "readonly" in text or "read-only" in text or "full" in text or "disk I/O" in text:
        kind = ReadOnly if "read" in text else CannotWrite
        return kind(f"Cannot write to {path} ({text}): check its permissions and the disk's space")
    if "unable to open" in text and path.is_dir():
        return CannotOpen(f"{path} is a directory: name a file, for example {path / 'inbox.db'}")
    if "unable to open" in text:
        return CannotOpen(f"Cannot open {path} ({text}): check its permissions")
    return StoreError(f"The database {path} reports: {text}")


BAD_VALUE_ERRORS = (
    ValueError,
    TypeError,
    AttributeError,
    OverflowError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    sqlite3.IntegrityError,
    sqlite3.DataError,
)
"""Errors of SQLite and the domain for a value that cannot be stored, unlike a disk error."""
