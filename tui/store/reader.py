"""Read the inbox for scripts: without event loop, without threads, without any write.

`smsdesk threads` must answer before the modules of the full store are even imported, so
this reader runs the same queries, from the same files, on a plain connection.
"""

import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

from tui.clock import Clock
from tui.domain.account import AccountState
from tui.domain.conversation import Conversation
from tui.domain.folding import fold_text
from tui.domain.message import Message
from tui.store import rows
from tui.store.errors import CannotOpen, StoreError
from tui.store.paging import iterate_newest
from tui.store.queries import queries

if TYPE_CHECKING:
    from collections.abc import Collection

    from tui.domain.arrivals import HeldGroup, HeldItem, RefusalCount
    from tui.domain.database import Database
    from tui.domain.searching import SearchQuery
    from tui.store.connections import Connection, Row
    from tui.store.listeners import HeartbeatObserver
    from tui.store.target_rows import EventTarget

NEWEST = 1 << 62
"""Id after every message."""
T = TypeVar("T")


class ReadingSource(Protocol):
    """Connection of a script that only reads."""

    def read(self, work: "Callable[[Connection], T]") -> T:
        """Run a function on the connection.

        Raises:
            StoreError: The database cannot be read; the text says how to fix it.
        """
        ...

    def close(self) -> None:
        """Close the connection."""
        ...


class InboxReader:
    """Read-only access to an inbox; every method may raise `StoreError`."""

    def __init__(self, database: "Database") -> None:
        """Create the reader; entering the block opens the database."""
        self._database = database
        self._source: ReadingSource | None = None
        self._observer: HeartbeatObserver | None = None

    def __enter__(self) -> Self:
        """Open the database.

        Raises:
            OutdatedSchema: The schema must be brought up to date first.
            StoreError: The database cannot be read; the text says how to fix it.
        """
        self._source = _open_source(self._database)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the database."""
        if self._source is not None:
            self._source.close()
            self._source = None

    def iterate_newest(self, limit: int, text: str = "") -> Iterator[Conversation]:
        """Yield the newest conversations, read a page at a time, whatever their state.

        Args:
            limit: Maximum number of conversations.
            text: Part of the name or number, accents ignored; empty for all.
        """
        run_query = functools.partial(self._run_query, "windows")
        return iterate_newest(run_query, _build_pattern(text), limit)

    def get_conversation(self, conversation_id: int) -> Conversation | None:
        """Return a conversation, or None if there is none with this id."""
        found = self._run_query("conversations", "get", id=conversation_id)
        return rows.to_conversation(found) if found else None

    def list_event_targets(self) -> "list[EventTarget]":
        """Return the hooks and webhooks by name, and how far they have come."""
        from tui.store.target_rows import to_targets

        return to_targets(self._run_query("journal", "targets"))

    def find_by_party(self, key: str) -> Conversation | None:
        """Return the conversation with a party, or None if there is none.

        Args:
            key: Key of the party: E.164 number, or a short code or name in lower case.
        """
        found = self._run_query("conversations", "by_party", party=key)
        return rows.to_conversation(found) if found else None

    def list_messages(self, conversation_id: int, limit: int) -> list[Message]:
        """Return the newest messages of a conversation, oldest first.

        Args:
            conversation_id: Id of the conversation.
            limit: Maximum number of messages.
        """
        values = {"conversation_id": conversation_id, "before": NEWEST, "limit": limit}
        return rows.to_messages(self._run_query("messages", "newest", **values))[::-1]

    def get_message(self, message_id: int) -> Message | None:
        """Return a message, or None if there is none with this id."""
        found = self._run_query("messages", "get", id=message_id)
        return rows.to_message(found) if found else None

    def search_messages(self, query: "SearchQuery", limit: int) -> list[Message]:
        """Return messages that match every condition, newest first, accents ignored.

        Args:
            query: Search with its conditions.
            limit: Maximum number of messages.
        """
        # Imported late: no other command needs the patterns of the search.
        from tui.store.search_terms import run_search

        return rows.to_messages(
            run_search(self._search, query, open_id=0, before=NEWEST, limit=limit)
        )

    def find_unknown_value(self, query: "SearchQuery", accounts: "Collection[str]") -> str:
        """Return which filter of a search names something that does not exist; "" for none.

        Args:
            query: Search that has found nothing.
            accounts: Accounts of the settings.
        """
        from tui.store.search_terms import find_unknown_value

        return find_unknown_value(self._search, query, accounts)

    def summarize_held(self) -> "list[HeldGroup]":
        """Return how many items are held, by account and reason."""
        from tui.store.held_rows import to_held_group

        return [to_held_group(row) for row in self._run_query("held_items", "summarize_held")]

    def list_held(self, account: str | None, limit: int, *, done: bool = False) -> "list[HeldItem]":
        """Return held items with the beginning of their bodies, newest first.

        Or those that were taken in or dismissed.

        Each has only the first 16,000 bytes of its body.

        Args:
            account: Only those of this account; None for all.
            limit: Maximum number of items.
            done: Whether to return those that are held no more.
        """
        from tui.store.held_rows import to_held_item

        name = "list_done" if done else "list_held"
        found = self._run_query("held_items", name, account=account, limit=limit)
        return [to_held_item(row) for row in found]

    def get_held(self, item_id: int) -> "HeldItem | None":
        """Return an item that is or was held, or None if there is none with this id."""
        from tui.store.held_rows import to_held_item

        found = self._run_query("held_items", "get", id=item_id)
        return to_held_item(found) if found and found["cause"] else None

    def list_refusals(self) -> "list[RefusalCount]":
        """Return how many requests were refused without being kept."""
        from tui.store.held_rows import to_refusal_count

        return [to_refusal_count(row) for row in self._run_query("held_items", "list_refusals")]

    def get_lease_holder(self, account: str, now: int) -> str:
        """Return the process that syncs an account; empty for none.

        Args:
            account: Name of the account.
            now: Current time in ms UTC.
        """
        from tui.store.leases import get_lease_bounds

        found = self._run_query("desk", "holder", name=account, **get_lease_bounds(now))
        return str(found or "")

    def has_waiting_erasure(self) -> bool:
        """Return whether something was erased that is not overwritten yet."""
        return bool(self._run_query("erasure", "newest_waiting_erasure"))

    def measure_tables(self) -> dict[str, tuple[int, int]]:
        """Return rows and bytes of each table with its indexes, the largest first.

        The bytes are 0 where this SQLite cannot measure them.
        """
        names = [row["name"] for row in self._run_query("upkeep", "list_tables")]
        try:
            sizes = {
                row["name"]: row["bytes"] for row in self._run_query("upkeep", "measure_tables")
            }
        except StoreError:  # SQLite is built without "dbstat"
            sizes = {}
        # The names are those of the schema; a name cannot be a parameter.
        counts = {name: self._count_rows(name) for name in names}
        order = sorted(names, key=lambda name: (sizes.get(name, 0), counts[name]), reverse=True)
        return {name: (counts[name], sizes.get(name, 0)) for name in order}

    def find_clock_lead(self, now: int) -> int:
        """Return how far (ms) the latest time that our clocks stored is ahead of now; 0 if not.

        Args:
            now: Current time in ms UTC.
        """
        latest = self._run_query("desk", "latest_stored_time")[0]["latest"]
        return max(0, (latest or 0) - now)

    def get_account_states(self, clock: Clock) -> dict[str, AccountState]:
        """Return the last known state of every account, by name.

        Args:
            clock: Source of the current time, by which heartbeats are judged.
        """
        # Imported late: the module brings in the code of the writing store.
        from tui.store.listeners import HeartbeatObserver

        self._observer = self._observer or HeartbeatObserver(clock)
        found = self._observer.read_listeners(self._run_query("listeners", "listeners"))
        sending = self._run_query("desk", "sending_since")
        return rows.to_account_states(self._run_query("desk", "account_states"), found, sending)

    def find_probe(self, nonce: str) -> str:
        """Return the account of the self-test with this number that arrived, or ""."""
        found = self._run_query("listeners", "probe", nonce=nonce)
        return str(found or "")

    def list_deliveries(self) -> list[tuple[str, int, str]]:
        """Return channel, time (ms UTC) and failure of the last alarm that each channel got."""
        return [tuple(row) for row in self._run_query("monitoring", "deliveries")]

    def _count_rows(self, table: str) -> int:
        """Return the number of rows of a table."""
        quoted = table.replace('"', '""')
        found = self.read(lambda c: c.execute(f'select count(*) from "{quoted}"').fetchall())
        return int(found[0][0])

    def _search(self, name: str, values: dict[str, Any]) -> "list[Row]":
        """Return the rows of a statement of the search."""
        found: list[Row] = self._run_query("searching", name, **values)
        return found

    def _run_query(self, subject: str, name: str, /, **values: Any) -> Any:
        """Return the result of a query of one file in `sql/`."""
        return self.read(functools.partial(getattr(queries(subject), name), **values))

    def read(self, work: "Callable[[Connection], T]") -> T:
        """Return the result of a function of the store that reads through the connection."""
        if self._source is None:
            raise CannotOpen(f"The database {self._database} is closed")
        return self._source.read(work)


def _open_source(database: "Database") -> ReadingSource:
    """Return an open connection of the engine that has the database."""
    if isinstance(database, Path):
        from tui.store.sqlite.file_reading import FileReading

        return FileReading(database)
    from tui.store.postgres.driver_install import require_driver

    require_driver()
    from tui.store.postgres.server_reading import ServerReading

    return ServerReading(database)


def _build_pattern(text: str) -> str:
    """Return the pattern to look for; an empty one finds all."""
    return fold_text(text.strip())
