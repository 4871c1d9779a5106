"""Open the source and the target of a move, and refuse those that are in use."""

from pathlib import Path

from tui.clock import SECOND, Clock, get_latest_believable
from tui.domain.database import Database
from tui.store.engine import Engine
from tui.store.errors import MovedAway, Rehearsal, UnfinishedMove
from tui.store.moving.file_inbox import FileInbox
from tui.store.moving.movable import MovableInbox, MoveRefused
from tui.store.postgres.driver_install import require_driver
from tui.store.progress_report import ReportProgress

_ALIVE_MS = 15 * SECOND
"""Time since the last heartbeat in which a process may still run; it has one every two seconds."""


def open_source(database: Database, into: Database, clock: Clock) -> MovableInbox:
    """Return the inbox that is moved; its schema is not changed.

    Args:
        database: Where it is stored.
        into: Target. A move into it may have ended but for opening it: it can be ended.
        clock: Source of the current time.

    Raises:
        StoreError: There is no inbox of this version, or it was moved into another database; the
            text says what to do.
    """
    inbox = _connect(database, clock)
    try:
        mark = inbox.read_mark()
        if not (isinstance(mark, MovedAway) and mark.place == name_database(into)):
            inbox.check_version()
    except BaseException:
        inbox.close()
        raise
    return inbox


async def create_target(
    database: Database, clock: Clock, *, shared: bool, report: ReportProgress
) -> None:
    """Create the schema of the database that an inbox is moved into, unless a move has begun.

    Args:
        database: Where it is stored.
        clock: Source of the current time.
        shared: Whether the group of a file may read and write it.
        report: Shows that the schema is being created.

    Raises:
        StoreError: It cannot be used; the text says what to do.
    """
    if not _is_begun(database, clock):
        engine = _create_engine(database, clock, shared, report)
        await engine.open()
        await engine.close()


def open_target(database: Database, clock: Clock) -> MovableInbox:
    """Return the database that an inbox is moved into.

    Args:
        database: Where it is stored, with the schema of an inbox.
        clock: Source of the current time.

    Raises:
        StoreError: It cannot be used; the text says what to do.
    """
    inbox = _connect(database, clock)
    inbox.prepare_writing()
    return inbox


def open_marked(database: Database, clock: Clock) -> MovableInbox:
    """Return a database that may have a mark.

    Args:
        database: Where it is stored.
        clock: Source of the current time.

    Raises:
        StoreError: It cannot be opened; the text says what to do.
    """
    return _connect(database, clock)


def name_database(database: Database) -> str:
    """Return how the mark of a move names a database."""
    return str(database.resolve()) if isinstance(database, Path) else database.name


def _is_begun(database: Database, clock: Clock) -> bool:
    """Return whether a move into a database has begun; opening it as an inbox would be refused."""
    if isinstance(database, Path) and not (database.is_file() and database.stat().st_size):
        return False
    inbox = _connect(database, clock)
    try:
        return isinstance(inbox.read_mark(), UnfinishedMove | Rehearsal)
    finally:
        inbox.close()


def _connect(database: Database, clock: Clock) -> MovableInbox:
    """Return an open connection; that to a server is imported late."""
    if isinstance(database, Path):
        return FileInbox(database, clock)
    require_driver()
    from tui.store.moving.server_inbox import ServerInbox

    return ServerInbox(database)


def _create_engine(
    database: Database, clock: Clock, shared: bool, report: ReportProgress
) -> Engine:
    """Return the engine that creates the schema."""
    if isinstance(database, Path):
        from tui.store.sqlite.file_engine import FileEngine

        return FileEngine(database, clock, shared=shared, report_progress=report)
    from tui.store.postgres.server_engine import ServerEngine

    return ServerEngine(database, clock, report_progress=report)


def refuse_living_processes(inbox: MovableInbox) -> None:
    """Refuse an inbox that others use at this moment.

    Args:
        inbox: Source or target.

    Raises:
        MoveRefused: A process has been alive a moment ago; the text names all of them.
    """
    now = inbox.get_time()
    found = inbox.run(
        "select agent, kind, owner from processes where seen_at between :since and :latest union"
        " select agent, 'inbox', owner from presence where seen_at between :since and :latest"
        " and owner not in (select owner from processes where seen_at between :since and :latest)"
        " order by agent, owner",
        {"since": now - _ALIVE_MS, "latest": get_latest_believable(now)},
    )
    if found:
        names = ", ".join(f"{agent} ({kind}, {owner})" for agent, kind, owner in found)
        raise MoveRefused(
            f"{inbox.name} is in use by {names}: close every inbox and stop every service, wait"
            f" {_ALIVE_MS // SECOND} seconds, and run the same command again; nothing was moved"
        )
