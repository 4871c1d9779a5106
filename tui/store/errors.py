"""What can be wrong with the database, each as one line that names the file and the mend.

StoreError
├── CannotOpen        the file or its directory is missing, read-only or not ours
├── NotADatabase      the file holds something else
├── NewerDatabase     a later smsdesk wrote it
├── Busy              another process has held the lock for too long; nothing was written
├── CannotWrite       the disk is full or the file read-only; nothing was written
├── StaleReply        someone wrote in the conversation after the agent began
└── OptedOut          the customer must not be texted
"""

from pathlib import Path


class StoreError(Exception):
    """Something the store could not do; the text is fit for an agent."""


class CannotOpen(StoreError):
    """The database file cannot be opened."""


class NotADatabase(StoreError):
    """The file is not an SQLite database, or one of another program."""


class NewerDatabase(StoreError):
    """The database was written by a later version of smsdesk."""


class Busy(StoreError):
    """Another process keeps the database locked."""


class CannotWrite(StoreError):
    """The database cannot be written to."""


class StaleReply(StoreError):
    """Something new stands in the conversation that the agent has not seen."""


class OptedOut(StoreError):
    """The customer has opted out."""


def translated(error: Exception, path: Path) -> StoreError:
    """SQLite's error, or ours without the file's name, as a line that an agent can act on."""
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
    return _of_sqlite(text, path)


def _of_sqlite(text: str, path: Path) -> StoreError:
    """An error by SQLite's own words for it."""
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
        return CannotWrite(
            f"Cannot write to {path} ({text}): check its permissions and the disk's space"
        )
    if "unable to open" in text and path.is_dir():
        return CannotOpen(f"{path} is a directory: name a file, for example {path / 'inbox.db'}")
    if "unable to open" in text:
        return CannotOpen(f"Cannot open {path} ({text}): check its permissions")
    return StoreError(f"The database {path} reports: {text}")
