"""Check that a file is a complete inbox which can take the place of the present one."""

import contextlib
import os
import sqlite3
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tui.store.errors import CannotOpen, InboxMark, NewerDatabase, NotADatabase, StoreError
from tui.store.sqlite import migrations
from tui.store.sqlite.database_files import list_companions

_HEADER_BYTES = 100


class Content(NamedTuple):
    """What an inbox contains."""

    conversations: int
    messages: int
    queued: int
    """Messages that are not sent yet."""
    newest_at: int
    """Time of the newest message (ms UTC); 0 if there is none."""


def check_backup(copy: Path, inbox: Path) -> Content:
    """Return what a backup contains, after checking that it can take the place of the inbox.

    Args:
        copy: Backup, which is not changed.
        inbox: Path of the inbox.

    Raises:
        StoreError: It is not a complete inbox that this version can open.
    """
    _check_place(copy, inbox)
    _check_size(copy)
    try:
        with open_backup(copy) as connection:
            version = migrations.read_version(connection)
            newest = migrations.list_migrations()[-1][0]
            if version > newest:
                raise NewerDatabase(f"schema {version}, this smsdesk knows up to {newest}")
            if version == 0:
                raise NotADatabase("it is empty")
            # The messages of a damaged file are many; one is enough.
            problem = connection.execute("pragma quick_check(1)").fetchone()[0]
            if problem != "ok":
                raise NotADatabase(f"it is damaged ({problem})")
            return _count_content(connection)
    except NewerDatabase as error:
        raise NewerDatabase(
            f"{copy} was written by a newer smsdesk ({error}): install that version first"
        ) from None
    except InboxMark as error:
        raise error.name_inbox(str(copy)) from None
    except NotADatabase as error:
        raise NotADatabase(f"{copy} cannot be restored: {error}; name another backup") from None
    except UnicodeDecodeError as error:
        raise NotADatabase(
            f"{copy} cannot be restored: it is damaged (no UTF-8); name another backup"
        ) from error
    except sqlite3.DatabaseError as error:
        raise _describe_unreadable(copy, error) from error


def _describe_unreadable(copy: Path, error: sqlite3.DatabaseError) -> StoreError:
    """Return the error for a backup that SQLite cannot read."""
    if isinstance(error, sqlite3.OperationalError) and "open" in str(error):
        return CannotOpen(f"Cannot open {copy} ({error}): check its permissions and its folder's")
    return NotADatabase(f"{copy} cannot be restored: it is damaged ({error}); name another backup")


def _check_place(copy: Path, inbox: Path) -> None:
    """Refuse what is no file, or belongs to the inbox itself."""
    if copy.is_dir():
        raise CannotOpen(f"{copy} is a directory: name the backup in it")
    if Path(os.path.realpath(copy)) in list_companions(inbox):
        raise CannotOpen(f"{copy} is a part of the inbox in use: name a backup")
    try:
        if not copy.is_file() and copy.exists():
            raise CannotOpen(f"{copy} is a device or a pipe: name a backup")
        with copy.open("rb"):
            pass
        if inbox.exists() and os.path.samefile(copy, inbox):
            raise CannotOpen(f"{copy} is the inbox in use: name a backup")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise CannotOpen(f"Cannot open {copy} ({reason}): name a backup") from None
    journal = copy.with_name(f"{copy.name}-journal")
    if journal.exists() and journal.stat().st_size:
        raise CannotOpen(
            f"{journal} shows that {copy.name} was copied while it was written: "
            "make the copy again with smsdesk backup"
        )


def _check_size(copy: Path) -> None:
    """Refuse a file that is no database, or shorter than its header says."""
    with copy.open("rb") as file:
        header = file.read(_HEADER_BYTES)
        size = os.fstat(file.fileno()).st_size
    if not header:
        raise NotADatabase(f"{copy} is empty: name another backup")
    if len(header) < _HEADER_BYTES or not header.startswith(b"SQLite format 3\0"):
        raise NotADatabase(f"{copy} is not a database: name another backup")
    (page_size,) = struct.unpack(">H", header[16:18])
    page_size = 65_536 if page_size == 1 else page_size
    changes, pages = struct.unpack(">II", header[24:32])
    (counted_at,) = struct.unpack(">I", header[92:96])
    # The count is only valid if the program that changed the file last has written it.
    if counted_at == changes and size < pages * page_size:
        raise NotADatabase(
            f"{copy} is not complete ({size:,} of {pages * page_size:,} bytes): copy it again"
        )


@contextlib.contextmanager
def open_backup(copy: Path) -> Iterator[sqlite3.Connection]:
    """Yield a connection that reads a backup, with what is only in a log copied with it."""
    log = copy.with_name(f"{copy.name}-wal")
    # Without a log nothing may be created beside the backup, which can lie on a read-only disk.
    mode = "mode=ro" if log.exists() and log.stat().st_size else "mode=ro&immutable=1"
    connection = sqlite3.connect(f"{make_uri(copy)}?{mode}", uri=True, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


def make_uri(path: Path) -> str:
    """Return the address of a database file; links are followed."""
    return Path(os.path.realpath(path)).as_uri()


def _count_content(connection: sqlite3.Connection) -> Content:
    """Return what an inbox of any version contains."""
    (conversations,) = connection.execute("select count(*) from conversations").fetchone()
    messages, newest_at = connection.execute("select count(*), max(at) from messages").fetchone()
    (queued,) = connection.execute(
        "select count(*) from messages where status in ('queued', 'sending')"
    ).fetchone()
    return Content(conversations, messages, queued, newest_at or 0)
