"""A sound copy of the inbox while everybody works on: never by copying the file, which lacks what
is still in the log and can be torn."""

import asyncio
import os
import sqlite3
from pathlib import Path

from tui.store.errors import CannotOpen, CannotWrite

_MODE = 0o600


async def backup(source: Path, target: Path) -> int:
    """Write all of the inbox in `source` into the new file `target`, mode 0600; its size in bytes.

    Raises `CannotOpen` when `target` exists or cannot be made, `CannotWrite` when the copy fails;
    then nothing is left behind.
    """
    _reserve(target)
    try:
        return await asyncio.to_thread(_vacuum, source, target)
    except sqlite3.Error as error:
        raise CannotWrite(f"Cannot write the backup {target} ({error})") from error
    finally:
        _drop_if_empty(target)


def _reserve(target: Path) -> None:
    """Make the file, empty and private, before anything is in it."""
    try:
        descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, _MODE)
    except FileExistsError:
        raise CannotOpen(f"{target} exists: name a new file for the backup") from None
    except OSError as error:
        raise CannotOpen(
            f"Cannot create the backup {target} ({error.strerror}): name another place"
        ) from None
    try:
        os.fchmod(descriptor, _MODE)
    finally:
        os.close(descriptor)


def _vacuum(source: Path, target: Path) -> int:
    """Let SQLite write the copy, and wait until the disk has it."""
    connection = sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)
    try:
        connection.execute("vacuum into ?", (str(target),))
    except sqlite3.Error:
        os.truncate(target, 0)
        raise
    finally:
        connection.close()
    with target.open("rb+") as file:
        os.fsync(file.fileno())
    return target.stat().st_size


def _drop_if_empty(target: Path) -> None:
    """Take away a file that never became a backup."""
    if target.exists() and target.stat().st_size == 0:
        target.unlink()
