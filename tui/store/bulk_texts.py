"""Store bulk texts: one text to many people, with what became of each of them.

`bulk_feed.py` queues their messages, one after the other.
"""

import functools
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from tui.clock import Clock
from tui.domain.bulk_text import (
    BulkRecipient,
    BulkState,
    BulkText,
    NightChoice,
    Outcome,
    RecipientState,
    find_outcome,
)
from tui.domain.change import Subject
from tui.domain.status import Status
from tui.domain.text import repair_text
from tui.store import rows
from tui.store.audit import record_action
from tui.store.connections import Connection
from tui.store.engine import Engine, Transaction
from tui.store.queries import queries
from tui.store.settling import take_back


class BulkTexts:
    """Bulk texts of all agents."""

    def __init__(self, database: Engine, clock: Clock, rng: random.Random) -> None:
        """Create the bulk texts of one database.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
            rng: Source of randomness for new ids.
        """
        self._database = database
        self._clock = clock
        self._rng = rng
        self._sql = queries("bulk_texts")

    async def start(self, bulk: BulkText, recipients: Sequence[BulkRecipient]) -> BulkText:
        """Store a bulk text with its recipients; whichever process serves goes on from here.

        Args:
            bulk: Text to send.
            recipients: Those who get it, and those who are left out, in order.

        Returns:
            The bulk text with its id.
        """

        def write_bulk(transaction: Transaction) -> BulkText:
            connection = transaction.connection
            waits = any(one.state is RecipientState.WAITING for one in recipients)
            new = replace(
                bulk,
                id=self._sql.next_id(connection),
                body=repair_text(bulk.body),
                created_at=self._clock.now(),
                state=BulkState.RUNNING if waits else BulkState.DONE,
            )
            self._sql.add(connection, **_to_bulk_row(new))
            self._sql.add_recipient(
                connection,
                [_to_recipient_row(new.id, place, one) for place, one in enumerate(recipients)],
            )
            self._publish(transaction, new.id, bulk.agent, "text to many started")
            transaction.refuse_moved()
            return new

        return await self._database.write(write_bulk)

    # Reading --------------------------------------------------------------------------------

    async def get(self, bulk_id: int) -> BulkText | None:
        """Return a bulk text, or None if there is none with this id."""
        row = await self._database.read(functools.partial(self._sql.get, id=bulk_id))
        return to_bulk(row) if row else None

    async def list_newest(self, limit: int) -> list[BulkText]:
        """Return the bulk texts of all agents, newest first.

        Args:
            limit: Maximum number of them.
        """
        found = await self._database.read(functools.partial(self._sql.newest, limit=limit))
        return [to_bulk(row) for row in found]

    async def count_outcomes(self, bulk_ids: Iterable[int]) -> dict[int, Counter[Outcome]]:
        """Return how many recipients of each bulk text have each outcome.

        Args:
            bulk_ids: Ids of the bulk texts.
        """

        def count_each(connection: Connection) -> dict[int, Counter[Outcome]]:
            return {one: self._count_outcomes(connection, one) for one in bulk_ids}

        return await self._database.read(count_each)

    def _count_outcomes(self, connection: Connection, bulk_id: int) -> Counter[Outcome]:
        """Return how many recipients of a bulk text have each outcome."""
        counts: Counter[Outcome] = Counter()
        for row in self._sql.outcomes(connection, bulk_id=bulk_id):
            state = RecipientState(row["state"])
            status = Status(row["status"]) if row["status"] else None
            queued = state is RecipientState.QUEUED
            counts[find_outcome(status) if queued else Outcome(state.value)] += row["number"]
        return counts

    async def list_recipients(self, bulk_id: int) -> list[BulkRecipient]:
        """Return the recipients of a bulk text, in order.

        Args:
            bulk_id: Id of the bulk text.
        """
        query = functools.partial(self._sql.recipients, bulk_id=bulk_id)
        return [_to_listed(row) for row in await self._database.read(query)]

    # Pause and cancel -----------------------------------------------------------------------

    async def set_paused(self, bulk_id: int, agent: str, *, paused: bool) -> bool:
        """Pause or resume a bulk text; return False if it is not in the other state.

        Args:
            bulk_id: Id of the bulk text.
            agent: Name of the agent.
            paused: Whether to pause it.
        """
        old, new = BulkState.RUNNING, BulkState.PAUSED
        old, new = (old, new) if paused else (new, old)

        def write_state(transaction: Transaction) -> bool:
            changed = self._sql.set_state(
                transaction.connection, id=bulk_id, old=old, other=old, new=new
            )
            if changed:
                action = "text to many paused" if paused else "text to many resumed"
                self._publish(transaction, bulk_id, agent, action)
            return bool(changed)

        return await self._database.write(write_state)

    async def cancel(self, bulk_id: int, agent: str) -> int | None:
        """Cancel a bulk text: those who wait, and what is queued and not being sent yet.

        Args:
            bulk_id: Id of the bulk text.
            agent: Name of the agent.

        Returns:
            The number of people who do not get it; None if it is over already.
        """

        def write_cancel(transaction: Transaction) -> int | None:
            connection, now = transaction.connection, self._clock.now()
            states = {"old": BulkState.RUNNING, "other": BulkState.PAUSED}
            if not self._sql.set_state(connection, id=bulk_id, new=BulkState.CANCELLED, **states):
                return None
            cancelled = int(self._sql.cancel_waiting(connection, bulk_id=bulk_id))
            for row in self._sql.unsent_messages(connection, bulk_id=bulk_id):
                cancelled += take_back(transaction, self._rng, row["id"], now) is not None
            self._publish(transaction, bulk_id, agent, "text to many cancelled")
            return cancelled

        return await self._database.write(write_cancel)

    def _publish(self, transaction: Transaction, bulk_id: int, agent: str, action: str) -> None:
        """Announce that a bulk text has changed, and record who did it."""
        record_action(transaction, self._rng, self._clock, agent, action, detail=str(bulk_id))
        transaction.mark_changed(Subject.BULK_TEXT, bulk_id)


def _to_bulk_row(bulk: BulkText) -> dict[str, Any]:
    """Return the row of a bulk text."""
    return {
        "id": bulk.id,
        "agent": bulk.agent,
        "body": bulk.body,
        "created_at": bulk.created_at,
        "starts_at": bulk.starts_at,
        "state": bulk.state.value,
        "pace": bulk.pace,
        "night": bulk.night.value,
        "again": int(bulk.again),
    }


def to_bulk(row: rows.Row) -> BulkText:
    """Convert a row of `bulk_texts`."""
    values = rows.to_dict(row)
    return BulkText(
        **values
        | {
            "state": BulkState(values["state"]),
            "night": NightChoice(values["night"]),
            "again": bool(values["again"]),
        }
    )


_RECIPIENT_COLUMNS = (
    *("party", "address", "conversation_id", "account", "sender", "body", "seen_upto"),
    *("reason", "send_at"),
)


def _to_recipient_row(bulk_id: int, position: int, recipient: BulkRecipient) -> dict[str, Any]:
    """Return the row of a new recipient."""
    values = {name: getattr(recipient, name) for name in _RECIPIENT_COLUMNS}
    state = recipient.state
    body = repair_text(recipient.body) if state is RecipientState.WAITING else ""
    key = {"bulk_id": bulk_id, "position": position}
    return values | key | {"body": body, "state": state.value}


def to_recipient(row: rows.Row) -> BulkRecipient:
    """Convert a row of `bulk_recipients`."""
    values = rows.to_dict(row)
    columns = (*_RECIPIENT_COLUMNS, "message_id", "bulk_id", "position")
    kept = {name: values[name] for name in columns}
    return BulkRecipient(**kept, state=RecipientState(values["state"]))


def _to_listed(row: rows.Row) -> BulkRecipient:
    """Convert a row of `bulk_recipients` with the message and the conversation of now."""
    status = Status(row["status"]) if row["status"] else None
    return replace(
        to_recipient(row),
        name=row["name"],
        status=status,
        conversation_id=row["current_id"],
        reason=row["reason"] or row["failure"],
    )
