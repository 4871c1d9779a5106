"""Check the inbox file: location, permissions, integrity, and unprocessed items."""

import glob
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from tui.clock import DAY
from tui.desk.format import format_age
from tui.desk.held_text import find_fix, format_group, format_refusals
from tui.doctor.checks import CheckResult, report_bad, report_good, report_note
from tui.domain.attention import has_future_time
from tui.domain.text import format_count
from tui.settings.public import Preferences
from tui.store.errors import OutdatedSchema, StoreError
from tui.store.feed import CHANGES_KEPT
from tui.store.reader import InboxReader
from tui.store.sqlite import database_files
from tui.store.sqlite.file_errors import translate_error
from tui.store.upkeep import MOST_READ

_MIN_FREE_BYTES = 200 * 1024 * 1024
"""Free space below which the disk is reported."""
_REFUSALS_SHOWN_MS = 7 * DAY
_TABLES_SHOWN = 6
_MOST_ROWS = {
    "changes": 2 * CHANGES_KEPT,
    "processes": 1_000,
    "presence": 1_000,
    "listeners": 1_000,
    "arrivals": 2 * MOST_READ,
}
"""Rows of tables that are pruned, above which nothing prunes them."""
_MOST_WAL_BYTES = 256 << 20
_MOST_LOG_BYTES = 64 << 20
_MOST_BACKUP_BYTES = 4 << 30
_WAL_FIX = "close programs that keep the inbox open for long, then open it again"
_OPEN_TO_ALL = stat.S_IRWXO
_OPEN_TO_GROUP = stat.S_IRWXG


def check_database(
    desk: Preferences, now: int, log_path: Path | None = None
) -> Iterator[CheckResult]:
    """Run every check of the inbox file.

    Args:
        desk: Settings with the path of the file.
        now: Current time in ms UTC.
        log_path: Log file of all processes, or None if there is none.
    """
    path = desk.database
    assert isinstance(path, Path)
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        yield report_note(
            "database", f"{path} is not there yet; it is made when the inbox is opened"
        )
        return
    except OSError as error:
        fix = "check the permissions of its directory"
        yield report_bad("database", f"{path} cannot be looked at ({error.strerror})", fix)
        return
    yield from _check_file_system(path)
    yield from _check_permissions(path, mode, desk.group_access)
    yield from _check_content(desk, now)
    for subject, grown, limit, fix in _list_growing_files(path, log_path):
        yield _judge_files(subject, grown, limit, fix)


def _check_file_system(path: Path) -> Iterator[CheckResult]:
    """Check the file system on which the file lies."""
    kind = database_files.detect_file_system(path.parent)
    # File locks and the shared memory of SQLite's write-ahead log fail on network file systems.
    if database_files.is_network_file_system(kind):
        fix = "set database to a local path"
        yield report_bad("database", f"{path} lies on a network file system ({kind})", fix)
    free = shutil.disk_usage(path.parent).free
    if free < _MIN_FREE_BYTES:
        fix = "make room before the inbox cannot be written to"
        yield report_bad("disk", f"only {free // 1024 // 1024} MB are free beside {path}", fix)


def _check_permissions(path: Path, mode: int, shared: bool) -> Iterator[CheckResult]:
    """Check which users may read and write the file."""
    bits = stat.S_IMODE(mode)
    if bits & _OPEN_TO_ALL:
        wanted = "660" if shared else "600"
        line = f"every user of this machine can read {path} (mode {bits:o})"
        yield report_bad("file mode", line, f"chmod {wanted} {path}")
    elif bits & _OPEN_TO_GROUP and not shared:
        line = f"the group can reach {path} (mode {bits:o}), though group_access is off"
        yield report_note("file mode", line, f"chmod 600 {path}, or set group_access = true")
    elif shared and bits & 0o660 != 0o660:
        line = f"group_access is on, but the group cannot write to {path} (mode {bits:o})"
        yield report_bad("file mode", line, f"chmod 660 {path}")
    else:
        yield report_good(
            "file mode", f"{bits:o}, shared with the group" if shared else f"{bits:o}"
        )


def _check_content(desk: Preferences, now: int) -> Iterator[CheckResult]:
    """Check whether the file opens and is sound."""
    path = desk.database
    assert isinstance(path, Path)
    try:
        with InboxReader(path) as reader:
            problem = _run_quick_check(path)
            if problem:
                fix = "restore a backup, and keep this file for examination"
                yield report_bad("database", f"{path} is damaged: {problem}", fix)
                return
            yield report_good("database", f"{path} opens and is sound")
            yield from _check_replication(path, desk)
            yield from check_pending_work(reader, desk, now)
    except OutdatedSchema:
        yield report_note(
            "database", f"{path} is of an earlier smsdesk; opening the inbox updates it"
        )
    except StoreError as error:
        yield report_bad("database", str(error))


def _check_replication(path: Path, desk: Preferences) -> Iterator[CheckResult]:
    """Check who checkpoints where Litestream has left its tables in the file."""
    uri = f"{path.absolute().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True, timeout=5.0)) as connection:
            found = connection.execute(
                "select 1 from sqlite_master where name = '_litestream_seq'"
            ).fetchone()
    except sqlite3.Error as error:
        raise translate_error(error, path) from error
    if found and desk.own_checkpoints:
        yield report_note(
            "replication",
            "Litestream replicates the inbox, and smsdesk checkpoints it too",
            "set own_checkpoints = false while Litestream runs: smsdesk help service",
        )


def _run_quick_check(path: Path) -> str:
    """Return the damage that SQLite finds; empty for none. Raise `StoreError` if it fails."""
    uri = f"{path.absolute().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True, timeout=5.0)) as connection:
            found = [row[0] for row in connection.execute("pragma quick_check(3)")]
    except sqlite3.Error as error:
        raise translate_error(error, path) from error
    return "" if found == ["ok"] else "; ".join(found)


def check_pending_work(reader: InboxReader, desk: Preferences, now: int) -> Iterator[CheckResult]:
    """Report held items, refused requests and accounts that no process serves.

    Args:
        reader: Open reader of the inbox.
        desk: Settings without secrets.
        now: Current time in ms UTC; for an inbox on a server the time of the server.
    """
    names = {account.name for account in desk.accounts}
    for group in reader.summarize_held():
        whose = "" if group.account in names else " (not in the settings any more)"
        line = f"{group.account}{whose}: {format_group(group)}"
        fix = f"{find_fix(group, names)} (smsdesk held list, smsdesk held retry)"
        yield report_bad("held", line, fix)
    yield from _check_refusals(reader, now)
    yield from _check_clock(reader, now)
    yield from _check_growth(reader)
    yield from _check_retention(reader, desk)
    idle = [
        account.name for account in desk.accounts if not reader.get_lease_holder(account.name, now)
    ]
    if idle:
        fix = "open the inbox, or keep smsdesk sync running"
        yield report_note("service", f"no process polls and sends for {', '.join(idle)} now", fix)
    elif desk.accounts:
        yield report_good("service", "all accounts are being polled")


def _check_clock(reader: InboxReader, now: int) -> Iterator[CheckResult]:
    """Report stored times that are in the future: the clock was set back since."""
    if has_future_time(now + (lead := reader.find_clock_lead(now)), now):
        line = f"the clock was set back by {format_age(now, now + lead)} since the inbox was used"
        fix = "check the time and date of this computer; what waits in the inbox goes on by itself"
        yield report_bad("clock set back", line, fix)


def _check_retention(reader: InboxReader, desk: Preferences) -> Iterator[CheckResult]:
    """Report how long messages are kept, and what was erased but is not overwritten yet."""
    if days := desk.keep_days:
        yield report_good("retention", f"messages are deleted after {format_count(days, 'day')}")
    else:
        yield report_good("retention", "messages are kept for ever (keep_days)")
    if reader.has_waiting_erasure():
        fix = "keep smsdesk sync or an inbox running, and close programs that read the file"
        yield report_note("retention", "what was erased is not overwritten in the file yet", fix)


def _check_growth(reader: InboxReader) -> Iterator[CheckResult]:
    """Report the largest tables, and those that nothing prunes."""
    tables = reader.measure_tables()
    shown = [
        f"{name} {count:,} rows" + (f" ({_format_megabytes(size)})" if size else "")
        for name, (count, size) in tables.items()
        if count
    ]
    yield report_good("growth", "; ".join(shown[:_TABLES_SHOWN]) or "the inbox is empty")
    for name, most in _MOST_ROWS.items():
        if (count := tables.get(name, (0, 0))[0]) > most:
            fix = "keep smsdesk sync running, or run smsdesk sync --once: it deletes what is old"
            yield report_note("growth", f"{name} has {count:,} rows, more than {most:,}", fix)


def _list_growing_files(
    path: Path, log_path: Path | None
) -> list[tuple[str, list[Path], int, str]]:
    """Return the files that grow: subject, paths, limit in bytes and fix of each group."""
    beside = sorted(path.parent.glob(f"{glob.escape(path.stem)}*"))
    own = {path.name, *(f"{path.name}{end}" for end in ("-wal", "-shm", "-journal"))}
    logs = sorted(log_path.parent.glob(f"{glob.escape(log_path.name)}*")) if log_path else []
    groups = (
        ("write-ahead log", [path.with_name(f"{path.name}-wal")], _MOST_WAL_BYTES, _WAL_FIX),
        ("log files", logs, _MOST_LOG_BYTES, "delete the older ones"),
        (
            "backups",
            [one for one in beside if one.name not in own and database_files.is_database(one)],
            _MOST_BACKUP_BYTES,
            "delete the backups that are not needed any more",
        ),
    )
    return [
        (name, found, limit, fix)
        for name, files, limit, fix in groups
        if (found := [one for one in files if one.is_file()])
    ]


def _judge_files(subject: str, files: list[Path], limit: int, fix: str) -> CheckResult:
    """Return the size of files that grow, and what to do if it is above their limit."""
    size = sum(one.stat().st_size for one in files)
    line = f"{format_count(len(files), 'file')}, {_format_megabytes(size)}: {files[0]}"
    if size <= limit:
        return report_good(subject, line)
    return report_note(subject, f"{line} (more than {_format_megabytes(limit)})", fix)


def _format_megabytes(size: int) -> str:
    """Return a number of bytes in megabytes: "0.4 MB", "12 MB"."""
    megabytes = size / (1 << 20)
    return f"{megabytes:.1f} MB" if megabytes < 10 else f"{megabytes:,.0f} MB"


def _check_refusals(reader: InboxReader, now: int) -> Iterator[CheckResult]:
    """Report requests of the last days that were refused without being kept."""
    for found in reader.list_refusals():
        if now - found.last_at > _REFUSALS_SHOWN_MS:
            continue
        line = format_refusals(found)
        if found.account:
            line = f"{found.account}: {line}"
        fix = "compare the address at the provider with the one that smsdesk doctor prints"
        yield report_note("refused", line, fix)
