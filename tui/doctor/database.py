"""The inbox file: where it lies, who may read it, whether it is sound, what waits in it."""

import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from tui.doctor.finding import Finding, bad, good, note
from tui.settings.desk import Desk
from tui.store import files
from tui.store.errors import StoreError, translated
from tui.store.reader import Outdated, Reader

_LITTLE_SPACE = 200 * 1024 * 1024
_OPEN_TO_ALL = stat.S_IRWXO
_OPEN_TO_GROUP = stat.S_IRWXG


def database(desk: Desk, now: int) -> Iterator[Finding]:
    """All about the file; `now` is ms UTC."""
    path = desk.database
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        yield note("database", f"{path} is not there yet; it is made when the inbox is opened")
        return
    except OSError as error:
        mend = "check the permissions of its directory"
        yield bad("database", f"{path} cannot be looked at ({error.strerror})", mend)
        return
    yield from _place(path)
    yield from _access(path, mode, desk.group_access)
    yield from _content(desk, now)


def _place(path: Path) -> Iterator[Finding]:
    """The file system under it."""
    kind = files.file_system(path.parent)
    if files.is_network(kind):
        mend = "set database to a local path"
        yield bad("database", f"{path} lies on a network file system ({kind})", mend)
    free = shutil.disk_usage(path.parent).free
    if free < _LITTLE_SPACE:
        mend = "make room before the inbox cannot be written to"
        yield bad("disk", f"only {free // 1024 // 1024} MB are free beside {path}", mend)


def _access(path: Path, mode: int, shared: bool) -> Iterator[Finding]:
    """Who may read and write it."""
    bits = stat.S_IMODE(mode)
    if bits & _OPEN_TO_ALL:
        wanted = "660" if shared else "600"
        line = f"everyone on this machine can reach {path} (mode {bits:o})"
        yield bad("file mode", line, f"chmod {wanted} {path}")
    elif bits & _OPEN_TO_GROUP and not shared:
        line = f"the group can reach {path} (mode {bits:o}), though group_access is off"
        yield note("file mode", line, f"chmod 600 {path}, or set group_access = true")
    elif shared and bits & 0o660 != 0o660:
        line = f"group_access is on, but the group cannot write to {path} (mode {bits:o})"
        yield bad("file mode", line, f"chmod 660 {path}")
    else:
        yield good("file mode", f"{bits:o}, shared with the group" if shared else f"{bits:o}")


def _content(desk: Desk, now: int) -> Iterator[Finding]:
    """What is in it."""
    path = desk.database
    try:
        with Reader(path) as reader:
            problem = _quick_check(path)
            if problem:
                mend = "restore a backup, and keep this file for whoever looks into it"
                yield bad("database", f"{path} is damaged: {problem}", mend)
                return
            yield good("database", f"{path} opens and is sound")
            yield from _waiting(reader, desk, now)
    except Outdated:
        yield note("database", f"{path} is of an earlier smsdesk; opening the inbox updates it")
    except StoreError as error:
        yield bad("database", str(error))


def _quick_check(path: Path) -> str:
    """What SQLite finds wrong with the file; empty for nothing. Raises `StoreError`."""
    place = f"{path.absolute().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(place, uri=True, timeout=5.0)) as connection:
            found = [row[0] for row in connection.execute("pragma quick_check(3)")]
    except sqlite3.Error as error:
        raise translated(error, path) from error
    return "" if found == ["ok"] else "; ".join(found)


def _waiting(reader: Reader, desk: Desk, now: int) -> Iterator[Finding]:
    """What was set aside, and who serves the accounts."""
    aside = reader.aside()
    if aside:
        mend = "they are kept raw in the table events, where problem is not empty"
        yield note("set aside", f"{aside} items of providers could not be read", mend)
    idle = [account.name for account in desk.accounts if not reader.holder(account.name, now)]
    if idle:
        mend = "open the inbox, or keep smsdesk sync running"
        yield note("service", f"nobody fetches and sends for {', '.join(idle)} now", mend)
    elif desk.accounts:
        yield good("service", "all accounts are being served")
