"""The top of the list before the store is open: for a first picture, and for nothing else.

One short read with SQLite alone, of a file that may be missing, old, or not an inbox at all: then
there is simply nothing to see yet.
"""

import contextlib
import sqlite3
from pathlib import Path
from typing import NamedTuple

_TOP = (
    "select coalesce(nullif(name, ''), address), case last_format when 'PING'"
    " then 'Ping: is the phone on?' else preview end, last_direction = 'out' and"
    " last_format <> 'PING', unread > 0, coalesce(waiting_since, last_at)"
    " from conversations where state = 'open'"
    " order by rank, id limit ?"
)


class Glimpse(NamedTuple):
    """As much of a conversation as a picture of two lines needs; outside text, as it came."""

    title: str
    preview: str
    ours: bool
    """Whether the last word was ours."""
    unread: bool
    since: int
    """Milliseconds UTC: since when the customer waits, else when something was last said."""


def glimpse(path: Path, limit: int) -> list[Glimpse]:
    """The first open conversations, who waits longest on top; empty when they cannot be read."""
    # Without a log nobody writes; then SQLite must not make one: that is for the store to do.
    way = "mode=ro" if path.with_name(f"{path.name}-wal").exists() else "mode=ro&immutable=1"
    address = f"{path.absolute().as_uri()}?{way}"
    try:
        with contextlib.closing(sqlite3.connect(address, uri=True, timeout=0)) as connection:
            return [Glimpse._make(row) for row in connection.execute(_TOP, (limit,))]
    except sqlite3.Error:
        return []
