"""Store a page of events set by set: what is read ahead, and what waits to be written.

The code that judges an event is the same for one event and for a page. It asks the functions of
`conversation_lookups` and `message_lookups` and writes with `write_row`; on the connection of a
page the answers come from memory and the rows wait until there are many. Any other statement first
writes what waits, so that it sees the same rows as if every event had been stored on its own; one
that writes also makes the page forget what was read ahead. So the rare cases need no care, and the
ordinary ones no statement.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, fields
from typing import Any

from tui.store.connections import Connection, Cursor
from tui.store.errors import BAD_VALUE_ERRORS

Row = Mapping[str, Any]
"""Row of any table, by column."""
Write = Callable[[Any, Iterable[Row]], None]
"""Statement that runs once for each of several rows; in the SQL files its name ends with `*!`."""


class PendingRowError(Exception):
    """One of the rows that waited cannot be stored; it is not known which."""

    def __init__(self, error: Exception) -> None:
        """Create the error; `error` is that of the statement."""
        super().__init__(str(error))
        self.error = error


@dataclass(slots=True)
class PageCache:
    """What is known about the tables while a page is stored, with the page's own rows.

    A key that is not there has not been looked up; None means that there is no such row.
    """

    copies: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    """Events by kind and the provider's id."""
    receipts: dict[str, bool] = field(default_factory=dict)
    """Whether a receipt is stored, by its id."""
    parties: dict[str, Row | None] = field(default_factory=dict)
    """Conversations by the keys that lead to them."""
    conversations: dict[int, Row | None] = field(default_factory=dict)
    """Conversations by the ids that lead to them."""
    contacts: dict[str, str | None] = field(default_factory=dict)
    """Names of contacts by key."""
    consent: dict[str, Row | None] = field(default_factory=dict)
    """Newest decisions by key."""
    endings: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    """Time of the last message and key of the customers with these last digits."""
    times: set[int] = field(default_factory=set)
    """Times (ms UTC) of which all ids are known."""
    message_ids: set[int] = field(default_factory=set)
    conversation_ids: set[int] = field(default_factory=set)
    messages: dict[int, dict[str, Any] | None] = field(default_factory=dict)
    """Messages by id."""
    copied: set[int | None] = field(default_factory=set)
    """Messages whose events are in `copies`; they are read when the first one is asked for."""
    outgoing: dict[int, dict[str, Any] | None] = field(default_factory=dict)
    """What receipts need of messages of the account, by id; None if it has none with this id."""
    sent: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """The same rows, by the key of the provider's id."""
    concerned: set[int] = field(default_factory=set)
    """Conversations of these messages; they are read when the first one is asked for."""
    national_opt_outs: list[frozenset[str]] = field(default_factory=list)
    """Last digits of the numbers without country code that are opted out, as the only element."""
    begun: set[int] = field(default_factory=set)
    """Conversations that began with this page."""
    waits_for_silence: dict[int, bool] = field(default_factory=dict)
    """Whether a conversation has messages that an answer makes superfluous."""
    newest_texts: dict[int, int] = field(default_factory=dict)
    """Id of the newest text of the customer, by conversation; 0 for none."""
    places: dict[tuple[int, int], int] = field(default_factory=dict)
    """Newest id of one millisecond by conversation and smallest id; 0 for none."""

    def clear(self) -> None:
        """Forget everything."""
        for name in _FIELDS:
            getattr(self, name).clear()


_FIELDS = tuple(one.name for one in fields(PageCache))


class PageConnection:
    """Connection of the transaction that stores a page."""

    def __init__(self, connection: Connection) -> None:
        """Create the connection of a page; nothing is read ahead yet.

        Args:
            connection: Connection of the transaction.
        """
        self.cache = PageCache()
        self.is_stale = True
        """Whether nothing is read ahead, or a statement has written since then."""
        self.dialect = connection.dialect
        self._connection = connection
        self._pending: dict[Write, list[Row]] = {}
        self._write_first: Callable[[Any], None] | None = None

    def execute(self, sql: str, values: Any = ()) -> Cursor:
        """Write what waits and run a statement.

        Args:
            sql: Statement.
            values: Values of its parameters.
        """
        self._prepare_for(sql)
        return self._connection.execute(sql, values)

    def executemany(self, sql: str, values: Iterable[Any]) -> Any:
        """Write what waits and run a statement once for each set of values.

        Args:
            sql: Statement.
            values: Sets of values of its parameters.
        """
        self._prepare_for(sql)
        return self._connection.executemany(sql, values)

    def send_together(self) -> AbstractContextManager[object]:
        """Let the statements of a block share one round trip to a server."""
        return self._connection.send_together()

    def write_later(self, write: Write, row: Row) -> None:
        """Keep a row until the next statement or the end of the page.

        Args:
            write: Statement that writes it.
            row: Values of the statement's parameters; changes until then are written.
        """
        self._pending.setdefault(write, []).append(row)

    def write_before_rows(self, write: Callable[[Any], None]) -> None:
        """Write what the rows refer to before they are written.

        Args:
            write: Function of the connection that writes the conversations.
        """
        self._write_first = write

    def flush(self) -> None:
        """Write all rows that wait, each kind at once, in the order of its first row.

        Raises:
            PendingRowError: One of the rows cannot be stored.
        """
        pending, self._pending = self._pending, {}
        try:
            # A block without statements would cost a round trip, too.
            with self._connection.send_together() if pending else nullcontext():
                if self._write_first is not None:
                    self._write_first(self._connection)
                for write, rows in pending.items():
                    write(self._connection, rows)
        except BAD_VALUE_ERRORS as error:
            raise PendingRowError(error) from error

    def _prepare_for(self, sql: str) -> None:
        """Write what waits, and forget what a statement may change."""
        self.flush()
        if not sql.startswith("select"):
            self.cache.clear()
            self.is_stale = True


def get_page(connection: object) -> PageConnection | None:
    """Return the connection as that of a page, or None if it is a plain one."""
    return connection if isinstance(connection, PageConnection) else None


def write_row(connection: object, write: Write, **values: Any) -> None:
    """Write a row: at once, or with the others of the page.

    Args:
        connection: Connection of the caller's transaction.
        write: Statement that writes it.
        **values: Values of its parameters.
    """
    if isinstance(connection, PageConnection):
        connection.write_later(write, values)
    else:
        write(connection, (values,))
