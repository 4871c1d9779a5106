"""The door for scripts that only look: no event loop, no thread, nothing written.

`smsdesk threads` has to answer before the machinery of the other door is even imported, so this
one runs the same queries, from the same files, on a plain connection.
"""

import functools
import sqlite3
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tui.domain.conversation import Conversation, State
from tui.domain.fold import fold
from tui.domain.message import Message
from tui.domain.searching import Query
from tui.store import migrations, rows
from tui.store.errors import CannotOpen, NewerDatabase, StoreError, translated
from tui.store.search_terms import terms

NEWEST = 1 << 62
"""Behind every message."""
_FOLDER = Path(__file__).parent / "sql"
_BUSY_SECONDS = 5.0


class Outdated(StoreError):
    """An earlier smsdesk wrote the file, and its schema has not been brought up to date."""


class Reader:
    """An inbox that is only looked at. Every method raises `StoreError` with the mend."""

    def __init__(self, path: Path) -> None:
        """Nothing is opened before the block is entered."""
        self._path = path
        self._connection: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        """Open the file; raises `Outdated` for one whose schema is behind."""
        try:
            self._connection = _connected(self._path)
            _check_schema(self._connection)
        except (sqlite3.Error, StoreError) as error:
            self._close()
            raise translated(error, self._path) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self._close()

    def newest(self, limit: int, text: str = "") -> list[Conversation]:
        """Up to `limit` conversations, the latest first, whatever their state.

        `text` keeps those whose name or number contains it, accents aside.
        """
        values = {"pattern": _pattern(text), "last_at": NEWEST, "id": -NEWEST, "limit": limit}
        found = [
            rows.conversation(row)
            for state in State
            for row in self._rows("windows", "newest_after", state=state.value, **values)
        ]
        return sorted(found, key=lambda c: (-c.last_at, c.id))[:limit]

    def conversation(self, conversation_id: int) -> Conversation | None:
        """One conversation."""
        found = self._rows("conversations", "get", id=conversation_id)
        return rows.conversation(found[0]) if found else None

    def with_party(self, key: str) -> Conversation | None:
        """The conversation with a party, by its key: E.164, or a code or name in small letters."""
        found = self._rows("conversations", "by_party", party=key)
        return rows.conversation(found[0]) if found else None

    def messages(self, conversation_id: int, limit: int) -> list[Message]:
        """The newest `limit` messages of a conversation, oldest first."""
        values = {"conversation_id": conversation_id, "before": NEWEST, "limit": limit}
        return rows.messages(self._rows("messages", "newest", **values))[::-1]

    def search(self, query: Query, limit: int) -> list[Message]:
        """Messages for which every condition holds, newest first, accents aside."""
        found = terms(query, here=0, before=NEWEST, limit=limit)
        if found is None:
            return []
        name, values = found
        return rows.messages(self._rows("searching", name, **values))

    def aside(self) -> int:
        """How many items of providers could not be understood."""
        return int(self._rows("ingest", "count_aside")[0][0])

    def holder(self, account: str, now: int) -> str:
        """Which process serves an account at `now` (ms UTC); empty for none."""
        found = self._rows("desk", "holder", name=account, now=now)
        return str(found[0]["owner"]) if found else ""

    def _rows(self, subject: str, name: str, /, **values: Any) -> list[sqlite3.Row]:
        """All rows of a query of one file in `sql/`."""
        if self._connection is None:
            raise CannotOpen(f"The database {self._path} is closed")
        try:
            return self._connection.execute(_queries(subject)[name], values).fetchall()
        except sqlite3.Error as error:
            raise translated(error, self._path) from error

    def _close(self) -> None:
        """Close the connection, if there is one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _connected(path: Path) -> sqlite3.Connection:
    """A connection to a file that is there; it never writes to the inbox."""
    place = f"{path.absolute().as_uri()}?mode=rw"
    connection = sqlite3.connect(place, uri=True, timeout=_BUSY_SECONDS, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute("pragma query_only = on")
    return connection


def _check_schema(connection: sqlite3.Connection) -> None:
    """Refuse a schema that these queries were not written for."""
    found, known = migrations.version(connection), migrations.steps()[-1][0]
    if found > known:
        raise NewerDatabase(f"schema {found}, this smsdesk knows up to {known}")
    if found < known:
        raise Outdated(f"schema {found} has to be brought up to {known} first")


def _pattern(text: str) -> str:
    """What is looked for; empty finds all."""
    return fold(text.strip())


@functools.cache
def _queries(subject: str) -> dict[str, str]:
    """The statements of one file by their names."""
    text = (_FOLDER / f"{subject}.sql").read_text(encoding="utf-8")
    parts = (part.partition("\n") for part in text.split("-- name: ")[1:])
    return {head.partition("(")[0]: statement for head, _, statement in parts}
