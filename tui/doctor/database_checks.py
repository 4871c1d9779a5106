"""Check the inbox file: location, permissions, integrity, and unprocessed items."""

import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from tui.clock import DAY
from tui.desk.held_text import find_fix, format_group, format_refusals
from tui.doctor.checks import CheckResult, report_bad, report_good, report_note
from tui.settings.public import Preferences
from tui.store import database_files
from tui.store.errors import StoreError, translate_error
from tui.store.reader import InboxReader, OutdatedSchema

_MIN_FREE_BYTES = 200 * 1024 * 1024
"""Free space below which the disk is reported."""
_REFUSALS_SHOWN_MS = 7 * DAY
_OPEN_TO_ALL = stat.S_IRWXO
_OPEN_TO_GROUP = stat.S_IRWXG


def check_database(desk: Preferences, now: int) -> Iterator[CheckResult]:
    """Run every check of the inbox file.

    Args:
        desk: Settings with the path of the file.
        now: Current time in ms UTC.
    """
    path = desk.database
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
    try:
        with InboxReader(path) as reader:
            problem = _run_quick_check(path)
            if problem:
                fix = "restore a backup, and keep this file for examination"
                yield report_bad("database", f"{path} is damaged: {problem}", fix)
                return
            yield report_good("database", f"{path} opens and is sound")
            yield from _check_pending_work(reader, desk, now)
    except OutdatedSchema:
        yield report_note(
            "database", f"{path} is of an earlier smsdesk; opening the inbox updates it"
        )
    except StoreError as error:
        yield report_bad("database", str(error))


def _run_quick_check(path: Path) -> str:
    """Return the damage that SQLite finds; empty for none. Raise `StoreError` if it fails."""
    uri = f"{path.absolute().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True, timeout=5.0)) as connection:
            found = [row[0] for row in connection.execute("pragma quick_check(3)")]
    except sqlite3.Error as error:
        raise translate_error(error, path) from error
    return "" if found == ["ok"] else "; ".join(found)


def _check_pending_work(reader: InboxReader, desk: Preferences, now: int) -> Iterator[CheckResult]:
    """Report held items, refused requests and accounts that no process serves."""
    names = {account.name for account in desk.accounts}
    for group in reader.summarize_held():
        whose = "" if group.account in names else " (not in the settings any more)"
        line = f"{group.account}{whose}: {format_group(group)}"
        fix = f"{find_fix(group, names)} (smsdesk held list, smsdesk held retry)"
        yield report_bad("held", line, fix)
    yield from _check_refusals(reader, now)
    idle = [
        account.name for account in desk.accounts if not reader.get_lease_holder(account.name, now)
    ]
    if idle:
        fix = "open the inbox, or keep smsdesk sync running"
        yield report_note("service", f"no process polls and sends for {', '.join(idle)} now", fix)
    elif desk.accounts:
        yield report_good("service", "all accounts are being polled")


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
