"""Read the top of the list before the store is open, only for the first picture on screen.

It is one short read with SQLite alone, of a file that may be missing, old, or no inbox at
all: in these cases the list is empty.
"""

import contextlib
import sqlite3
from pathlib import Path
from typing import NamedTuple

from tui.store import migrations
from tui.store.errors import StoreError

_TOP_QUERY = (
    "select coalesce(nullif(name, ''), address), case last_format when 'PING'"
    " then 'Ping: is the phone on?' else preview end, last_direction = 'out' and"
    " last_format <> 'PING', unread > 0, coalesce(waiting_since, last_at)"
    " from conversations where state = 'open'"
    " order by rank, id limit ?"
)


class ConversationPreview(NamedTuple):
    """Fields of a conversation for a picture of two lines; unfiltered text from outside."""

    title: str
    preview: str
    ours: bool
    """Whether the last message was ours."""
    unread: bool
    since: int
    """Time since when the customer waits, else time of the last message; ms UTC."""


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


def read_top_conversations(path: Path, limit: int) -> list[ConversationPreview]:
    """Return the first open conversations, the longest waiting first.

    The list is empty if the file cannot be read.

    Args:
        path: Path of the database file.
        limit: Maximum number of conversations.
    """
    try:
        with contextlib.closing(_open_read_only(path)) as connection:
            return [
                ConversationPreview._make(row) for row in connection.execute(_TOP_QUERY, (limit,))
            ]
    except sqlite3.Error:
        return []


def _open_read_only(path: Path) -> sqlite3.Connection:
    """Return a connection that does not wait and creates no file."""
    # Without a log no process writes. SQLite must not create one here: the store does that.
    options = "mode=ro" if path.with_name(f"{path.name}-wal").exists() else "mode=ro&immutable=1"
    return sqlite3.connect(f"{path.absolute().as_uri()}?{options}", uri=True, timeout=0)
