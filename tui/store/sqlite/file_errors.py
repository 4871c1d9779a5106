"""Put errors of SQLite into one line that names the file and the fix."""

from pathlib import Path

from tui.store.errors import (
    Busy,
    CannotOpen,
    CannotWrite,
    InboxMark,
    NewerDatabase,
    NotADatabase,
    ReadOnly,
    StoreError,
)


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
        case InboxMark():
            return error.name_inbox(str(path))
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
