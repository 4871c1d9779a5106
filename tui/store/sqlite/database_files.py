"""Prepare the database file, and copy it while others continue to work.

The file is private from the start, and never on a network file system. A backup is never a plain
copy of it: that would lack the content of the write-ahead log and can be inconsistent.
"""

import asyncio
import contextlib
import os
import sqlite3
import stat
from pathlib import Path
from typing import NamedTuple

from tui.private_files import (
    PRIVATE_DIRECTORY_MODE,
    copy_access,
    create_file,
    make_directory,
)
from tui.store.errors import CannotOpen, CannotWrite, NotADatabase

_HEADER = b"SQLite format 3\0"

COMPANION_ENDINGS = ("-wal", "-shm", "-journal")
"""Endings of the files that SQLite keeps beside a database: its logs and their index."""

_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "afs", "ncpfs", "9p", "ceph", "glusterfs"}
    | {"fuse.sshfs", "fuse.s3fs", "fuse.glusterfs", "fuse.ceph", "fuse.rclone", "fuse.davfs"}
)


def prepare_file(path: Path, *, shared: bool = False) -> None:
    """Create the file with mode 0600 (0660 if a group shares it) unless it exists.

    Args:
        path: Path of the database file.
        shared: Whether the group of the file may read and write it.

    Raises:
        CannotOpen: The path cannot be used; the text says how to fix it.
        NotADatabase: The file contains something else.
    """
    prepare_folder(path, shared=shared)
    _create_file(path, 0o660 if shared else 0o600)
    _check_header(path)


def prepare_folder(path: Path, *, shared: bool) -> None:
    """Create the folder of the database file, and check that a database can lie there.

    Args:
        path: Path of the database file.
        shared: Whether the group of the file may read and write it.

    Raises:
        CannotOpen: The path cannot be used; the text says how to fix it.
    """
    _check_kind(path)
    _create_parent(path.parent, shared)
    kind = detect_file_system(path.parent)
    if is_network_file_system(kind):
        raise CannotOpen(
            f"{path} lies on a network file system ({kind}), where SQLite loses data: "
            "set SMSDESK_DATABASE to a local path"
        )


def _check_kind(path: Path) -> None:
    """Refuse what is there and is no file: opening a pipe would wait for ever."""
    if _is_directory(path):
        raise CannotOpen(f"{path} is a directory: name a file, for example {path / 'inbox.db'}")
    with contextlib.suppress(OSError):
        if not stat.S_ISREG(path.stat().st_mode):
            raise CannotOpen(f"{path} is a device or a pipe: name a file")


def _create_parent(folder: Path, shared: bool) -> None:
    """Create the directory, as private as the file, whatever the umask."""
    if _is_directory(folder):
        return
    try:
        # The setgid bit gives the log and shared-memory files the group of the directory.
        make_directory(folder, 0o2770 if shared else PRIVATE_DIRECTORY_MODE)
    except OSError as error:
        raise CannotOpen(
            f"Cannot make the directory {folder} ({error.strerror}): "
            "make it yourself or set SMSDESK_DATABASE to another path"
        ) from None


def _check_header(path: Path) -> None:
    """Refuse a file that is no database: SQLite would overwrite a very short one."""
    try:
        with path.open("rb") as file:
            header = file.read(len(_HEADER))
    except OSError as error:
        raise CannotOpen(
            f"Cannot read the database {path} ({error.strerror}): check its permissions"
        ) from None
    if header and header != _HEADER:
        raise NotADatabase(f"{path} is not a database: name another file or restore a backup")


def is_database(path: Path) -> bool:
    """Return whether a file that can be read begins as SQLite files do."""
    try:
        with path.open("rb") as file:
            return file.read(len(_HEADER)) == _HEADER
    except OSError:
        return False


def _is_directory(path: Path) -> bool:
    """Return whether the path is a directory; raise `CannotOpen` if it cannot be read."""
    try:
        return path.is_dir()
    except OSError as error:
        raise CannotOpen(
            f"Cannot look at {path} ({error.strerror}): "
            "check the directory's permissions or set SMSDESK_DATABASE to another path"
        ) from None


def _create_file(path: Path, mode: int) -> None:
    """Create an empty file with exactly this mode unless it exists."""
    try:
        os.close(create_file(path, mode))
    except FileExistsError:
        return
    except OSError as error:
        raise CannotOpen(
            f"Cannot create the database {path} ({error.strerror}): "
            "check the directory's permissions or set SMSDESK_DATABASE to another path"
        ) from None


def is_network_file_system(kind: str) -> bool:
    """Return whether file systems of this type are remote, where SQLite's locks fail."""
    return kind in _NETWORK


def detect_file_system(folder: Path) -> str:
    """Return the type of the file system of a folder; empty if it is unknown."""
    try:
        mounts = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    location = f"{folder.resolve()}/"
    # The longest matching mount point wins; of equal ones, the last mounted.
    best, kind = "", ""
    for line in mounts.splitlines():
        _, point, mount_type, *_ = line.split(" ")
        # The kernel writes a space in a mount point as \040.
        point = point.replace("\\040", " ")
        if location.startswith(point.rstrip("/") + "/") and len(point) >= len(best):
            best, kind = point, mount_type
    return kind


class Backup(NamedTuple):
    """A copy of the inbox that was written."""

    size: int
    """Size in bytes."""
    shut_out: str
    """Who can open the inbox but not the copy; empty for no one."""


async def write_backup(source: Path, target: Path) -> Backup:
    """Write a copy of the inbox to a new file, for those who can open the inbox.

    It is private while it is written. Nothing is left behind if the copy fails.

    Args:
        source: Database file of the inbox.
        target: File to create; it must not exist.

    Raises:
        CannotOpen: `target` is the inbox or a file of it, exists, or cannot be created.
        CannotWrite: The copy failed.
    """
    _check_target(source, target)
    _create_private_file(target)
    try:
        size = await asyncio.to_thread(_copy_database, source, target)
        return Backup(size, copy_access(source, target))
    except sqlite3.Error as error:
        raise CannotWrite(f"Cannot write the backup {target} ({error})") from error
    finally:
        _remove_if_empty(target)


def list_companions(path: Path) -> list[Path]:
    """Return the files that SQLite keeps beside a database, whether they exist or not."""
    return [path.with_name(path.name + ending) for ending in COMPANION_ENDINGS]


def _check_target(source: Path, target: Path) -> None:
    """Refuse a target that would damage the inbox, or that old files beside it would damage."""
    if _is_directory(target):
        raise CannotOpen(f"{target} is a directory: name a file, for example {target / 'inbox.db'}")
    inbox, copy = Path(os.path.realpath(source)), Path(os.path.realpath(target))
    with contextlib.suppress(OSError):
        if os.path.samefile(inbox, copy):
            raise CannotOpen(f"{target} is the inbox itself: name another file for the backup")
    if copy in list_companions(inbox) or Path(os.path.abspath(target)) in list_companions(source):
        raise CannotOpen(
            f"{target} is a file that SQLite keeps beside the inbox: "
            "name another file for the backup"
        )
    for old in list_companions(copy):
        if os.path.lexists(old):
            # SQLite would apply the log of another database to the copy.
            raise CannotOpen(
                f"{old} is left from another database and would damage the backup: "
                "name another file, or move it away"
            )


def _create_private_file(target: Path) -> None:
    """Create the file empty and private before anything is written to it."""
    try:
        os.close(create_file(target))
    except FileExistsError:
        raise CannotOpen(f"{target} exists: name a new file for the backup") from None
    except OSError as error:
        raise CannotOpen(
            f"Cannot create the backup {target} ({error.strerror}): name another place"
        ) from None


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


def rewrite_file(connection: sqlite3.Connection, *, empties_log: bool) -> bool:
    """Write a database anew without the remains of deleted rows; return False if it is in use.

    The indexes of the search are joined first, as their older parts still have the deleted terms.
    The log is emptied last, as it has the old pages.

    Args:
        connection: Connection that writes.
        empties_log: Whether this program moves the log into the file; Litestream does it else.
    """
    for index in ("messages_fts", "people_fts", "fields_fts"):
        connection.execute(f"insert into {index} ({index}) values ('optimize')")
    connection.execute("vacuum")
    if not empties_log:
        return True
    return not connection.execute("pragma wal_checkpoint(truncate)").fetchone()[0]
