"""Keep the top of the list on this host, for the first picture of the next start.

The server answers only after the driver is imported and the connection is open. The file lies
where the system keeps what belongs to a log-in and ends with it (`XDG_RUNTIME_DIR`); without that
directory nothing is kept. Nothing here imports the driver.
"""

import contextlib
import hashlib
import json
import os
import stat
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui import __version__
from tui.clock import DAY, SECOND
from tui.domain.conversation import ListGlimpse
from tui.domain.database import Database, ServerDatabase
from tui.private_files import create_file, make_directory
from tui.store.errors import StoreError
from tui.store.rows import to_conversation

if TYPE_CHECKING:
    import asyncio

    from tui.store.connections import Connection, Row
    from tui.store.store import Store

_ENDING = ".list"
_MOST_ROWS = 60
"""More than a terminal shows."""
_MOST_BYTES = 1 << 20
_PAUSE_SECONDS = 5.0
"""Time between two times that the list is kept: a busy inbox changes many times a second."""
_LAST_SECONDS = 2.0
"""Time for the last one; the agent wants to leave, perhaps because the server is gone."""
_OTHERS_READ, _OTHERS_WRITE = 0o077, 0o022
_LIST = """
select c.*, (select value from counters where name = 'open') as open_total, exists (
  select 1 from drafts d where d.conversation_id = c.id and d.agent = :agent and d.body <> ''
) as has_draft
from conversations c where c.state = 'open' order by c.rank, c.id limit :limit
"""
"""One statement, as the server may be far away."""


def find_kept_file(database: Database, agent: str, environ: Mapping[str, str]) -> Path | None:
    """Return where the list of an agent is kept, or None if it is not.

    Args:
        database: Database of the inbox.
        agent: Agent whose drafts are marked.
        environ: Environment variables.
    """
    folder = environ.get("XDG_RUNTIME_DIR", "")
    if not isinstance(database, ServerDatabase) or not os.path.isabs(folder):
        return None
    parts = (database.address, database.schema, agent)
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()
    return Path(folder) / "smsdesk" / f"{digest[:32]}{_ENDING}"


def read_kept_list(path: Path, now: int) -> ListGlimpse | None:
    """Return the list that was kept; None if there is none that can be trusted.

    A list that is older than a day or of another smsdesk is deleted.

    Args:
        path: File with the list.
        now: Current time of this host, in ms UTC.
    """
    try:
        content, changed_at = _read_private_file(path)
        digest, _, body = content.partition(b"\n")
        kept = json.loads(body) if digest.decode() == _compute_digest(body) else {}
        age = now - changed_at * SECOND
        if kept.get("version") != __version__ or not -SECOND * 60 <= age <= DAY:
            path.unlink()
            return None
        rows: list[dict[str, Any]] = kept["rows"]
        drafted = frozenset(row["id"] for row in rows if row["has_draft"])
        return ListGlimpse([to_conversation(row) for row in rows], kept["total"], drafted)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None


def discard_kept_list(database: Database, agent: str, environ: Mapping[str, str]) -> None:
    """Delete the list that was kept: the server does not let this user read the inbox.

    Args:
        database: Database of the inbox.
        agent: Agent for whom it was kept.
        environ: Environment variables.
    """
    path = find_kept_file(database, agent, environ)
    with contextlib.suppress(OSError):
        if path is not None:
            path.unlink()


def discard_all_lists(environ: Mapping[str, str]) -> None:
    """Delete every list that was kept here, as one may show a customer who was forgotten.

    Args:
        environ: Environment variables.
    """
    folder = environ.get("XDG_RUNTIME_DIR", "")
    if os.path.isabs(folder):
        with contextlib.suppress(OSError):
            for path in (Path(folder) / "smsdesk").glob(f"*{_ENDING}"):
                path.unlink()


@contextlib.asynccontextmanager
async def keep_list(store: "Store", agent: str, environ: Mapping[str, str]) -> AsyncIterator[None]:
    """Keep the list whenever it has changed, while the block runs and at its end.

    Args:
        store: Open store.
        agent: Agent of the desk.
        environ: Environment variables.
    """
    import asyncio

    path = find_kept_file(store.location, agent, environ)
    if path is None:
        yield
        return
    keeper = _ListKeeper(store, agent, path)
    task = asyncio.create_task(keeper.run(), name="kept list")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
        with contextlib.suppress(StoreError, OSError, TimeoutError):
            await asyncio.wait_for(keeper.keep(), _LAST_SECONDS)


class _ListKeeper:
    """Read the list from the store and write it to the file."""

    def __init__(self, store: "Store", agent: str, path: Path) -> None:
        """Create the keeper; nothing is read yet."""
        self._store = store
        self._agent = agent
        self._path = path
        self._seen = -1

    async def run(self) -> None:
        """Keep the list after changes, until cancelled."""
        import asyncio

        wakeup = asyncio.Event()
        wakeup.set()
        self._store.database.add_commit_callback(wakeup.set)
        watcher = asyncio.create_task(self._watch(wakeup))
        try:
            while True:
                await wakeup.wait()
                wakeup.clear()
                # Without a server, or a disk, the desk goes on; there is nothing to report.
                with contextlib.suppress(StoreError, OSError):
                    await self.keep()
                await asyncio.sleep(_PAUSE_SECONDS)
        finally:
            watcher.cancel()

    async def keep(self) -> None:
        """Write the list if anything has changed since it was read."""
        import asyncio

        number = await self._store.feed.get_last_number()
        if number == self._seen:
            return
        rows = await self._store.database.read(self._read)
        await asyncio.to_thread(_write_list, self._path, rows)
        self._seen = number

    async def _watch(self, wakeup: "asyncio.Event") -> None:
        """Notice the commits of others, also after the server was gone."""
        import asyncio

        while True:
            with contextlib.suppress(StoreError):
                await self._store.database.watch_commits(wakeup.set)
            await asyncio.sleep(_PAUSE_SECONDS)

    def _read(self, connection: "Connection") -> "list[Row]":
        """Return the rows of the list."""
        values = {"agent": self._agent, "limit": _MOST_ROWS}
        return connection.execute(_LIST, values).fetchall()


def _write_list(path: Path, rows: "list[Row]") -> None:
    """Replace the file, and delete old ones of other inboxes.

    Raises:
        OSError: The file cannot be written, or its folder could be changed by others.
    """
    kept = {
        "version": __version__,
        "total": rows[0]["open_total"] if rows else 0,
        "rows": [dict(zip(row.keys(), row, strict=True)) for row in rows],
    }
    body = json.dumps(kept).encode()
    make_directory(path.parent)
    _check_folder(path.parent)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with open(create_file(draft), "wb") as file:
        file.write(_compute_digest(body).encode() + b"\n" + body)
    draft.replace(path)
    for other in path.parent.iterdir():
        if time.time() - other.lstat().st_mtime > DAY / SECOND:
            other.unlink()


def _read_private_file(path: Path) -> tuple[bytes, float]:
    """Return the content of a file, and when it was written (seconds since 1970).

    Raises:
        OSError: There is no such file, or others could have read or written it.
    """
    _check_folder(path.parent)
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        is_ours = stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid()
        if not is_ours or found.st_mode & _OTHERS_READ or found.st_size > _MOST_BYTES:
            raise PermissionError(f"{path} is not private")
        return file.read(), found.st_mtime


def _check_folder(folder: Path) -> None:
    """Refuse a folder that belongs to another user or that others can write to.

    Raises:
        OSError: It is such a folder, a link, or is missing.
    """
    found = folder.lstat()
    is_ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
    if not is_ours or found.st_mode & _OTHERS_WRITE:
        raise PermissionError(f"{folder} is not private")


def _compute_digest(body: bytes) -> str:
    """Return by what a damaged file is recognised."""
    return hashlib.sha256(body).hexdigest()
