"""Read what happened in the inbox, one event for each change, in the order of the commits.

An event is written in the transaction of its change (`Transaction.record_event`), so none is
missing and none is of a change that was not stored. Its id is one more than that of the event
before; an engine makes ids visible in their order only. So a program that remembers the id of the
last event that it has handled can go on behind it.
"""

import functools
import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from tui.clock import CLOCK_TOLERANCE_MS, DAY, Clock
from tui.domain.change import JournalKind, Subject
from tui.domain.conversation import Conversation
from tui.domain.inbox_events import Happening, JournalEntry
from tui.domain.message import Message
from tui.store import rows
from tui.store.connections import Connection, Row
from tui.store.engine import Engine, Transaction
from tui.store.errors import EventsGoneError
from tui.store.queries import queries

T = TypeVar("T")
DAYS_KEPT = 7
"""Days for which events are kept."""
_DELETED_AT_ONCE = 2_000
_PAGE = 200


def queue_hook(
    transaction: Transaction,
    name: str,
    event: Mapping[str, Any],
    *,
    conversation_id: int = 0,
    message_id: int = 0,
    agent: str = "",
) -> None:
    """Run a hook of the settings by its name, once the caller's transaction is stored.

    Args:
        transaction: Transaction of the caller.
        name: Name of the hook in the table `hooks` of the settings.
        event: What the hook gets as `change`, of JSON types and without any text of a customer.
        conversation_id: Conversation that it gets; 0 for none.
        message_id: Message that it gets; 0 for none.
        agent: Agent or rule who runs it.
    """
    detail = {**event, "hook": name}
    transaction.mark_changed(Subject.ACCOUNT)  # it wakes the process that runs hooks
    transaction.record_event(JournalKind.HOOK, conversation_id, message_id, detail, agent)


class Journal:
    """Events of one database."""

    def __init__(self, database: Engine, clock: Clock) -> None:
        """Create the reader of one database.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
        """
        self._database = database
        self._clock = clock
        self._sql = queries("journal")

    async def get_last_id(self) -> int:
        """Return the id of the newest event; 0 before the first one."""
        return int(await self._database.read(self._sql.last_event))

    async def get_first_id(self) -> int:
        """Return the id of the oldest event that is kept; 0 before the first one."""
        return int(await self._database.read(self._sql.first_event))

    async def list_entries(self, after: int, limit: int = _PAGE) -> list[JournalEntry]:
        """Return the first events after an id, in their order.

        Args:
            after: Id of the last event that is known; 0 begins with the oldest that is kept.
            limit: Maximum number of events.

        Raises:
            EventsGoneError: Some after this one are not kept any more.
        """
        return await self._read_after(after, limit, lambda _, entries: entries)

    async def list_happenings(self, after: int, limit: int = _PAGE) -> list[Happening]:
        """Return the first events after an id with their conversations and messages.

        Args:
            after: Id of the last event that is known; 0 begins with the oldest that is kept.
            limit: Maximum number of events.

        Raises:
            EventsGoneError: Some after this one are not kept any more.
        """
        return await self._read_after(after, limit, _add_subjects)

    async def _read_after(
        self, after: int, limit: int, convert: Callable[[Connection, list[JournalEntry]], list[T]]
    ) -> list[T]:
        """Return the events after an id; raise `EventsGoneError` if some are not kept any more."""

        def read_events(connection: Connection) -> tuple[list[T], int]:
            found = self._sql.events_after(connection, id=after, limit=limit)
            converted = convert(connection, [_to_entry(row) for row in found])
            return converted, self._sql.first_event(connection) if after and found else 0

        found, first = await self._database.read(read_events)
        # Only the oldest events are ever deleted: a hole further on is no loss.
        if first > after + 1:
            raise EventsGoneError(
                f"events are kept for {DAYS_KEPT} days, and those after {after} are gone:"
                f" the oldest is {first} now"
            )
        return found

    async def get_happening(self, event_id: int) -> Happening | None:
        """Return one event with its conversation and message, or None if it is not kept."""

        def read_event(connection: Connection) -> Happening | None:
            row = self._sql.event(connection, id=event_id)
            return _add_subjects(connection, [_to_entry(row)])[0] if row else None

        return await self._database.read(read_event)

    async def prune(self) -> None:
        """Delete the events that are older than the days for which they are kept.

        Other writers get their turn after each part.
        """
        now = self._clock.now()
        bounds = {"before": now - DAYS_KEPT * DAY, "latest": now + CLOCK_TOLERANCE_MS}
        first_kept = int(
            await self._database.read(functools.partial(self._sql.first_kept, **bounds))
        )
        values = {"first_kept": first_kept, "limit": _DELETED_AT_ONCE}
        drop = functools.partial(self._sql.prune_events, **values)
        while await self.get_first_id() < first_kept:
            await self._database.write(lambda t: drop(t.connection))


def _to_entry(row: Row) -> JournalEntry:
    """Convert a row of `journal`."""
    return JournalEntry(
        row["id"],
        row["at"],
        JournalKind(row["kind"]),
        row["conversation_id"],
        row["message_id"],
        row["agent"],
        json.loads(row["detail"]) if row["detail"] else {},
    )


def _add_subjects(connection: Connection, entries: list[JournalEntry]) -> list[Happening]:
    """Return the events with their conversations and messages, each read once."""
    messages: dict[int, Message | None] = {0: None}
    conversations: dict[int, Conversation | None] = {0: None}
    found = []
    for entry in entries:
        if entry.message_id not in messages:
            row = queries("messages").get(connection, id=entry.message_id)
            messages[entry.message_id] = rows.to_message(row) if row else None
        message = messages[entry.message_id]
        # A message of a merged conversation stands in the other one by now.
        here = message.conversation_id if message else entry.conversation_id
        if here not in conversations:
            conversations[here] = _find_conversation(connection, here)
        found.append(Happening(entry, conversations[here], message))
    return found


def _find_conversation(connection: Connection, conversation_id: int) -> Conversation | None:
    """Return a conversation, also by the id of one that is part of it."""
    sql = queries("conversations")
    here = sql.current_id(connection, id=conversation_id)
    row = sql.get(connection, id=here) if here else None
    return rows.to_conversation(row) if row else None
