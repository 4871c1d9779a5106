"""Say what the store needs of a database engine; `sqlite/` and `postgres/` are the two there are.

A unit of work is a plain function that receives a connection and runs on its thread from
beginning to end. So a transaction needs one thread switch, no statement of another task can
get into it, and a cancelled `await` cannot leave it unfinished: the function continues to
its COMMIT or ROLLBACK regardless.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

from tui.domain.change import JournalKind, Subject
from tui.domain.record_type import record
from tui.store.connections import Connection
from tui.store.errors import NotADatabase
from tui.store.queries import queries

T = TypeVar("T")

MOVED = (
    "this inbox was moved to another database: nothing is stored or sent here any more; close it,"
    " and open it again to see where it is"
)
"""What is wrong with an inbox that was moved while this process had it open."""


class Transaction:
    """Connection for a unit of writing work, with a record of the changes to publish."""

    def __init__(self, connection: Connection) -> None:
        """Create a transaction without changes."""
        self.connection = connection
        self._changes: dict[tuple[str, int, int], bool] = {}
        self._counts: Counter[str] = Counter()
        self._events: list[tuple[JournalKind, int, int, Mapping[str, Any] | None, str]] = []
        self._agents: dict[tuple[int, int], str] = {}

    @property
    def has_changes(self) -> bool:
        """Return whether there is anything to publish."""
        return bool(self._changes)

    def mark_changed(
        self, subject: Subject, id: int = 0, conversation_id: int = 0, *, new: bool = False
    ) -> None:
        """Record a change that is published to all watchers with the commit.

        Args:
            subject: Kind of the thing that changed.
            id: Id of the thing; 0 if it has none.
            conversation_id: Id of its conversation; 0 if it has none.
            new: Whether the thing did not exist before.
        """
        key = (subject.value, id, conversation_id)
        self._changes[key] = new or self._changes.get(key, False)

    def adjust_counter(self, name: str, difference: int) -> None:
        """Change a counter by a difference.

        Args:
            name: Name of the counter.
            difference: Positive or negative number to add.
        """
        self._counts[name] += difference

    def record_event(
        self,
        kind: JournalKind,
        conversation_id: int = 0,
        message_id: int = 0,
        detail: Mapping[str, Any] | None = None,
        agent: str = "",
    ) -> None:
        """Record what happened, for programs that follow; it is stored with the commit.

        Args:
            kind: What happened.
            conversation_id: Id of its conversation; 0 for none.
            message_id: Id of its message; 0 for none.
            detail: What changed, of JSON types and without any text of a customer.
            agent: Agent or rule who caused it; empty for the first one who has changed the
                message or conversation in this transaction.
        """
        self._events.append((kind, conversation_id, message_id, detail, agent))

    def note_agent(self, agent: str, conversation_id: int, message_id: int) -> None:
        """Remember who changes a conversation or message in this transaction.

        Args:
            agent: Name of the agent; empty if no agent does it.
            conversation_id: Id of the conversation.
            message_id: Id of the message; 0 for the conversation itself.
        """
        if agent:
            self._agents.setdefault((conversation_id, message_id), agent)

    def refuse_moved(self) -> None:
        """Refuse to store or send with an inbox that was moved while this process had it open.

        Every transaction is checked when it begins. On a server that is not enough for what must
        not happen twice: a move locks only the tables, and who has begun before sees the mark
        after a statement that had to wait for them. So what sends or stores calls it once more.

        Raises:
            StoreError: It was moved.
        """
        if queries("desk").is_moved(self.connection):
            raise NotADatabase(MOVED)

    def flush(self, now: int) -> None:
        """Write changes, events and counters, as the last statements of the transaction.

        Args:
            now: Current time in ms UTC.
        """
        sql = queries("desk")
        counts = {name: value for name, value in sorted(self._counts.items()) if value}
        if counts:
            sql.add_counts(self.connection, counts=json.dumps(counts))
        if self._events:
            events = json.dumps([self._format_event(*event) for event in self._events])
            queries("journal").add_events(self.connection, events=events, at=now)
        if self._changes:
            changes = [(*key, int(new)) for key, new in self._changes.items()]
            sql.add_changes(self.connection, changes=json.dumps(changes))

    def _format_event(
        self,
        kind: JournalKind,
        here: int,
        message: int,
        detail: Mapping[str, Any] | None,
        agent: str,
    ) -> tuple[str, int, int, str, str]:
        """Return an event with the agent who caused it, as it is stored."""
        if self._agents and not agent:
            agent = self._agents.get((here, message)) or self._agents.get((here, 0), "")
        return (kind, here, message, agent, json.dumps(detail) if detail else "")


@record
class Outage:
    """Why the server of an inbox cannot be used now."""

    since: int
    """Time of the first failure, or of the question without an answer, in ms UTC."""
    what: str
    """What the server does or not: "does not answer"."""
    may_end: bool = False
    """Whether it has only not answered yet, so that what was asked may still be done."""


class Engine(Protocol):
    """Open database of an inbox."""

    @property
    def name(self) -> str:
        """Return how an agent knows the database: its path, or its address without password."""
        ...

    @property
    def outage(self) -> Outage | None:
        """Return since when the server cannot be used, or None if it can, as far as is known."""
        ...

    async def open(self) -> None:
        """Open the database; create or update its schema where needed.

        Raises:
            StoreError: It cannot be used; the text says how to fix it.
        """
        ...

    async def close(self) -> None:
        """Finish running work and close every connection."""
        ...

    async def write(self, work: Callable[[Transaction], T], *, alone: bool = True) -> T:
        """Run `work` in one transaction, which is on disk when this returns.

        Args:
            work: Function that reads and writes.
            alone: Whether no other process may write meanwhile. False is for one single
                statement that is right beside any other.
        """
        ...

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on the reading connection.

        Args:
            work: Function that only reads.
        """
        ...

    async def search(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on the searching connection; cancelling interrupts the query.

        Args:
            work: Function that only reads.
        """
        ...

    def add_commit_callback(self, callback: Callable[[], None]) -> None:
        """Call a function on the event loop after every commit of this process.

        Args:
            callback: Function without arguments.
        """
        ...

    async def watch_commits(self, wake: Callable[[], None]) -> None:
        """Call `wake` whenever another process may have committed, until cancelled.

        Args:
            wake: Function without arguments.

        Raises:
            StoreError: The database cannot be read any more.
        """
        ...

    async def tend(self, *, at_once: bool = False) -> None:
        """Do what the database needs from time to time; only one process does this.

        Args:
            at_once: Whether to do it even if it is not due yet.
        """
        ...

    async def scrub(self) -> bool:
        """Overwrite what deleted rows have left behind; return False if that has to wait.

        Only the process that may call `tend` does this.
        """
        ...
