"""Find out which processes use an inbox: by their heartbeats in it, and by what they have open."""

import contextlib
import os
import sqlite3
from pathlib import Path

from tui.clock import SECOND
from tui.store.errors import Busy
from tui.store.sqlite.backup_check import make_uri

_ALIVE_MS = 10 * SECOND
"""Age (ms) up to which a heartbeat shows that its process lives."""
_LOCK_SECONDS = 1.0


def list_live_processes(inbox: Path, now: int) -> list[str]:
    """Return the processes whose last heartbeat in an inbox is young, for a person.

    Args:
        inbox: Path of the inbox; of a damaged one nothing is known.
        now: Current time (ms UTC).
    """
    try:
        with contextlib.closing(
            sqlite3.connect(f"{make_uri(inbox)}?mode=ro", uri=True, timeout=_LOCK_SECONDS)
        ) as connection:
            found = connection.execute(
                "select owner, agent, kind from processes"
                " where abs(:now - seen_at) < :alive order by kind desc, agent",
                {"now": now, "alive": _ALIVE_MS},
            ).fetchall()
    except sqlite3.Error:
        return []
    return [
        f"the service (process {_find_process(owner)})"
        if kind == "service"
        else f"the inbox of {agent or 'an agent'} (process {_find_process(owner)})"
        for owner, agent, kind in found
        if not _has_ended(owner)
    ]


def _find_process(owner: str) -> str:
    """Return the number of a process, and its host if it is another one."""
    host, _, rest = owner.rpartition("-")[0].rpartition("-")
    return rest if host in ("", os.uname().nodename) else f"{rest} on {host}"


def _has_ended(owner: str) -> bool:
    """Return whether a process of this host is known to have ended."""
    number = _find_process(owner)
    if not number.isdecimal():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False


def list_openers(file: Path) -> list[str]:
    """Return the other processes that have a file open, as far as this user may see them."""
    try:
        wanted = file.stat()
    except OSError:
        return []
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        # It may end at any step, or belong to another user.
        with contextlib.suppress(OSError):
            if process.name != str(os.getpid()) and _has_open(process, wanted):
                name = (process / "comm").read_text(errors="replace").strip()
                found.append(f"{name} (process {process.name})")
    return found


def _has_open(process: Path, wanted: os.stat_result) -> bool:
    """Return whether a process has a file open.

    Args:
        process: Its folder in /proc.
        wanted: What is known of the file.

    Raises:
        OSError: It has ended, or belongs to another user.
    """
    for entry in (process / "fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            opened = entry.stat()
            if (opened.st_dev, opened.st_ino) == (wanted.st_dev, wanted.st_ino):
                return True
    return False


def describe_users(inbox: Path, users: list[str]) -> Busy:
    """Return the error that names who uses the inbox.

    Args:
        inbox: Path of the inbox.
        users: Its processes, for a person; empty if they are not known.
    """
    who = ", ".join(users) or "another program"
    return Busy(
        f"{inbox} is in use by {who}: nothing was changed; "
        "stop the service and close every inbox, then restore again"
    )
