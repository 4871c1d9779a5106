"""Read the top of the list before the store is open, only for the first picture on screen.

It is one short read with SQLite alone, of a file that may be missing, old, or no inbox at
all: in these cases the list is empty.
"""

import contextlib
import sqlite3
from pathlib import Path

from tui.domain.conversation import ListGlimpse
from tui.store.errors import StoreError
from tui.store.rows import to_conversation
from tui.store.sqlite import migrations
from tui.store.sqlite.file_connection import FileConnection


def is_outdated(path: Path) -> bool:
    """Return whether opening the store changes the schema of a file, which may take long.

    Args:
        path: Path of the database file.
    """
    try:
        with contextlib.closing(_open_read_only(path)) as connection:
            return 0 < migrations.read_version(connection) < migrations.list_migrations()[-1][0]
    except (sqlite3.Error, StoreError):
        return False


def read_open_list(path: Path, agent: str, limit: int) -> ListGlimpse:
    """Return the top of the list of open conversations; nothing if the file cannot be read.

    Args:
        path: Path of the database file.
        agent: Agent whose drafts are marked.
        limit: Maximum number of conversations.
    """
    try:
        with contextlib.closing(_open_read_only(path)) as connection:
            connection.row_factory = sqlite3.Row
            migrations.read_version(connection)  # refuses an inbox that was moved
            found = connection.execute(
                "select * from conversations where state = 'open' order by rank, id limit ?",
                (max(0, limit),),
            )
            total = connection.execute("select value from counters where name = 'open'").fetchone()
            drafts = connection.execute(
                "select conversation_id from drafts where agent = ? and body <> ''", (agent,)
            )
            return ListGlimpse(
                [to_conversation(row) for row in found],
                total[0] if total else 0,
                frozenset(row[0] for row in drafts),
            )
    except (sqlite3.Error, StoreError, LookupError, ValueError):
        return ListGlimpse([])


def _open_read_only(path: Path) -> FileConnection:
    """Return a connection that does not wait and creates no file."""
    # Without a log no process writes. SQLite must not create one here: the store does that.
    options = "mode=ro" if path.with_name(f"{path.name}-wal").exists() else "mode=ro&immutable=1"
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?{options}", uri=True, timeout=0, factory=FileConnection
    )
