"""Write a consistent copy of the inbox while others continue to work.

The file is never simply copied: such a copy lacks the content of the write-ahead log and
can be inconsistent.
"""

import asyncio
import os
import sqlite3
from pathlib import Path

from tui.store.errors import CannotOpen, CannotWrite

_MODE = 0o600


async def write_backup(source: Path, target: Path) -> int:
    """Write a copy of the inbox to a private new file; return its size in bytes.

    The file has mode 0600. Nothing is left behind if the copy fails.

    Args:
        source: Database file of the inbox.
        target: File to create; it must not exist.

    Raises:
        CannotOpen: `target` exists or cannot be created.
        CannotWrite: The copy failed.
    """
    _create_private_file(target)
    try:
        return await asyncio.to_thread(_copy_database, source, target)
    except sqlite3.Error as error:
        raise CannotWrite(f"Cannot write the backup {target} ({error})") from error
    finally:
        _remove_if_empty(target)


def _create_private_file(target: Path) -> None:
    """Create the file empty and private before anything is written to it."""
    try:
        descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, _MODE)
    except FileExistsError:
        raise CannotOpen(f"{target} exists: name a new file for the backup") from None
    except OSError as error:
        raise CannotOpen(
            f"Cannot create the backup {target} ({error.strerror}): name another place"
        ) from None
    try:
        # The umask may have removed bits from the mode given to os.open.
        os.fchmod(descriptor, _MODE)
    finally:
        os.close(descriptor)


def _copy_database(source: Path, target: Path) -> int:
    """Copy the database with SQLite, wait until it is on disk, and return its size."""
    connection = sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)
    try:
        # VACUUM INTO reads one snapshot, includes the log, and accepts an existing empty file.
        connection.execute("vacuum into ?", (str(target),))
    except sqlite3.Error:
        # Only an empty file is removed afterwards; a partial copy would stay.
        os.truncate(target, 0)
        raise
    finally:
        connection.close()
    with target.open("rb+") as file:
        os.fsync(file.fileno())
    return target.stat().st_size


def _remove_if_empty(target: Path) -> None:
    """Remove the file if the backup was never written."""
    if target.exists() and target.stat().st_size == 0:
        target.unlink()
