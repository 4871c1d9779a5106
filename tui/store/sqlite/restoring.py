"""Put a backup in the place of the inbox, so that a crash at any step leaves one of both usable.

The inbox is locked before anything else. Its log is moved into it, so that the file that is kept
is complete; the logs of a damaged one are kept beside it, as SQLite would apply them to the backup.
The backup is copied to a temporary file in the same folder and renamed, which is one step.

A process that opened the old file just before, and waits for the lock, would go on with it, and
with the log of the new one. So the lock is held until no process has the old file open.
"""

import contextlib
import fcntl
import os
import shutil
import sqlite3
import struct
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from tui.clock import SECOND
from tui.private_files import copy_access, create_file
from tui.store.errors import Busy, CannotWrite, NotADatabase
from tui.store.sqlite import migrations
from tui.store.sqlite.backup_check import make_uri, open_backup
from tui.store.sqlite.database_files import COMPANION_ENDINGS, list_companions, prepare_folder
from tui.store.sqlite.file_errors import translate_error
from tui.store.sqlite.file_users import describe_users, list_live_processes, list_openers

_LOCK_SECONDS = 1.0
_LATE_SECONDS = 8.0
"""Longest time to wait for processes that opened the old file; longer than they wait for a lock."""
_LATE_PAUSE = 0.05
_PAGES_AT_ONCE = 4_096
_LOCK_START, _LOCK_LENGTH = 0x40000000, 512
"""Bytes of the file by which SQLite locks it."""

ReportStep = Callable[[str], object]
"""Function that is called before each step, with what is done next."""


class Restored(NamedTuple):
    """Result of a restore."""

    kept: Path | None
    """Name of the inbox before; None if there was none."""
    is_damaged: bool
    """Whether that inbox could not be read."""
    shut_out: str
    """Who could open that inbox and cannot open the new one; empty for no one."""


def restore_inbox(
    copy: Path, inbox: Path, *, now: int, shared: bool, report: ReportStep = lambda step: None
) -> Restored:
    """Put a backup that was checked in the place of the inbox, and keep the inbox beside it.

    Args:
        copy: Backup, which is not changed.
        inbox: Path of the inbox; it may be missing or damaged.
        now: Current time (ms UTC).
        shared: Whether the group of a new inbox may read and write it.
        report: Called before each step.

    Raises:
        Busy: Other processes use the inbox; the text says which.
        StoreError: The backup cannot be put in place; the inbox is as it was.
    """
    inbox = Path(os.path.realpath(inbox))
    prepare_folder(inbox, shared=shared)
    temporary = inbox.with_name(f".{inbox.name}.restore-{os.getpid()}")
    try:
        with _lock_inbox(inbox, now) as is_damaged:
            report("lock")
            _remove_leftovers(inbox)
            report("copy")
            _copy_backup(copy, temporary)
            shut_out = _set_access(inbox, temporary, shared)
            kept = _replace_inbox(inbox, temporary, now, report)
            return Restored(kept, is_damaged, shut_out)
    except OSError as error:
        raise CannotWrite(
            f"Cannot restore into {inbox.parent} ({error.strerror}): the inbox is as it was; "
            "check the folder's permissions and the disk's space"
        ) from error
    finally:
        for path in (temporary, *list_companions(temporary)):
            path.unlink(missing_ok=True)


@contextlib.contextmanager
def _lock_inbox(inbox: Path, now: int) -> Iterator[bool]:
    """Keep every other process out of the inbox; yield whether it is damaged."""
    if not inbox.exists():
        yield False
        return
    if users := list_live_processes(inbox, now):
        raise describe_users(inbox, users)
    with contextlib.ExitStack() as stack:
        is_damaged = _is_damaged(inbox) or not _lock_database(inbox, stack)
        if is_damaged:
            stack.enter_context(_lock_bytes(inbox))
        yield is_damaged


def _is_damaged(inbox: Path) -> bool:
    """Return whether SQLite cannot read the inbox.

    Raises:
        NotADatabase: It is a database of another program.
    """
    if not inbox.stat().st_size:
        return False
    # Only to read: a connection that may write removes a log that it cannot use when it is closed.
    with contextlib.closing(
        sqlite3.connect(f"{make_uri(inbox)}?mode=ro", uri=True, timeout=_LOCK_SECONDS)
    ) as connection:
        try:
            migrations.read_version(connection)
        except NotADatabase as error:
            raise translate_error(error, inbox) from None
        except sqlite3.DatabaseError as error:
            return isinstance(translate_error(error, inbox), NotADatabase)
    return False


def _lock_database(inbox: Path, stack: contextlib.ExitStack) -> bool:
    """Lock an inbox that has its log in it then; return False if it is damaged."""
    connection = sqlite3.connect(
        f"{make_uri(inbox)}?mode=rw", uri=True, isolation_level=None, timeout=_LOCK_SECONDS
    )
    try:
        # Moves the log into the file, and removes it: that needs the file for itself.
        connection.execute("pragma journal_mode = delete").fetchall()
        connection.execute("begin exclusive")
    except sqlite3.DatabaseError as error:
        connection.close()
        found = translate_error(error, inbox)
        if isinstance(found, NotADatabase):
            return False
        if isinstance(found, Busy):
            found = describe_users(inbox, list_openers(inbox))
        raise found from None
    stack.callback(connection.close)
    return True


@contextlib.contextmanager
def _lock_bytes(inbox: Path) -> Iterator[None]:
    """Lock a file as SQLite does, though SQLite cannot read it."""
    with inbox.open("rb+") as file:
        # Of the open file, not of the process, where the system has it: see fcntl(2).
        command = getattr(fcntl, "F_OFD_SETLK", fcntl.F_SETLK)
        place = (fcntl.F_WRLCK, os.SEEK_SET, _LOCK_START, _LOCK_LENGTH, 0)
        try:
            fcntl.fcntl(file, command, struct.pack("hhqqi4x", *place))
        except BlockingIOError:
            raise describe_users(inbox, list_openers(inbox)) from None
        yield


def _remove_leftovers(inbox: Path) -> None:
    """Remove what a restore that was broken off has left: copies, and a second name of the inbox.

    The inbox is locked, so no other restore runs.
    """
    for path in inbox.parent.glob(f".{_escape_glob(inbox.name)}.restore-*"):
        path.unlink(missing_ok=True)
    for path in inbox.parent.glob(f"{_escape_glob(inbox.stem)}-before-restore-*"):
        if inbox.exists() and path.samefile(inbox):
            path.unlink()


def _escape_glob(name: str) -> str:
    """Return a name as a pattern that matches nothing else."""
    return "".join(f"[{char}]" if char in "[*?" else char for char in name)


def _copy_backup(copy: Path, temporary: Path) -> None:
    """Copy the backup, with what is in its log, and wait until it is on disk."""
    os.close(create_file(temporary))
    try:
        with (
            open_backup(copy) as source,
            contextlib.closing(sqlite3.connect(temporary, isolation_level=None)) as target,
        ):
            source.backup(target, pages=_PAGES_AT_ONCE)
            # One file without a log; the next process that opens it switches back.
            target.execute("pragma journal_mode = delete").fetchall()
    except sqlite3.Error as error:
        raise CannotWrite(
            f"Cannot copy {copy} to {temporary.parent} ({error}): the inbox is as it was"
        ) from error
    with temporary.open("rb+") as file:
        os.fsync(file.fileno())


def _set_access(inbox: Path, temporary: Path, shared: bool) -> str:
    """Let those open the new inbox who can open the old one; return who cannot."""
    if inbox.exists():
        return copy_access(inbox, temporary)
    temporary.chmod(0o660 if shared else 0o600)
    return ""


def _replace_inbox(inbox: Path, temporary: Path, now: int, report: ReportStep) -> Path | None:
    """Keep the old inbox under a name of its own, and put the new one in its place."""
    kept = _keep_inbox(inbox, now, report) if inbox.exists() else None
    report("replace")
    temporary.replace(inbox)
    report("sync")
    _sync_folder(inbox.parent)
    if kept is not None:
        _wait_for_late_processes(kept)
    return kept


def _keep_inbox(inbox: Path, now: int, report: ReportStep) -> Path:
    """Give the inbox, and the logs of a damaged one, a second name; then remove the logs."""
    kept = _choose_name(inbox, now)
    report("keep")
    # A link, as a rename would leave no inbox if the next step did not follow.
    _link_or_copy(inbox, kept)
    logs = [path for path in list_companions(inbox) if path.exists()]
    for log in logs:
        report("keep log")
        _link_or_copy(log, kept.with_name(kept.name + log.name.removeprefix(inbox.name)))
    _sync_folder(inbox.parent)
    for log in logs:
        report("remove log")
        log.unlink()
    return kept


def _choose_name(inbox: Path, now: int) -> Path:
    """Return an unused name with the time, beside the inbox."""
    moment = datetime.fromtimestamp(now / SECOND).strftime("%Y-%m-%d-%H%M%S")
    for number in range(1, 1_000):
        ending = "" if number == 1 else f"-{number}"
        kept = inbox.with_name(f"{inbox.stem}-before-restore-{moment}{ending}{inbox.suffix}")
        if not any(os.path.lexists(f"{kept}{end}") for end in ("", *COMPANION_ENDINGS)):
            return kept
    raise CannotWrite(f"Too many inboxes are kept in {inbox.parent}: move them away")


def _link_or_copy(path: Path, name: Path) -> None:
    """Give a file a second name, or copy it where a file has only one."""
    try:
        name.hardlink_to(path)
    except OSError:
        os.close(create_file(name))
        shutil.copyfile(path, name)
        copy_access(path, name)
        with name.open("rb+") as file:
            os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _wait_for_late_processes(kept: Path) -> None:
    """Wait until no other process has the old inbox open; each gives up while it is locked."""
    end = time.monotonic() + _LATE_SECONDS
    while list_openers(kept) and time.monotonic() < end:
        time.sleep(_LATE_PAUSE)
