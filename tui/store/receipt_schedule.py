"""Schedule receipt queries for providers that report receipts only when asked."""

import functools
from collections.abc import Sequence

from tui.clock import Clock, get_latest_believable
from tui.domain.message import Message
from tui.domain.record_type import record
from tui.store import rows
from tui.store.engine import Engine
from tui.store.queries import queries

NEVER = 1 << 62
"""Time of the next query (ms UTC) of a message whose receipt is not queried any more."""


@record
class ReceiptQuery:
    """Selection of the messages of an account whose receipts are queried."""

    account: str
    since: int
    """Start of the period (ms UTC): older messages are no longer queried."""
    uncertain_only: bool = False
    """Whether only uncertain messages are queried, because other receipts arrive unasked."""
    by_reference: bool = False
    """Whether uncertain messages without a provider id can be queried by our reference."""


class ReceiptSchedule:
    """Times at which the receipt of each message is queried next."""

    def __init__(self, database: Engine, clock: Clock) -> None:
        """Create the schedule.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
        """
        self._database = database
        self._clock = clock
        self._sql = queries("outbox")

    async def list_due(self, selection: ReceiptQuery, limit: int) -> list[tuple[Message, int]]:
        """Return messages to query now with the queries so far, newest first.

        Args:
            selection: Selection of messages.
            limit: Maximum number of messages.
        """
        await self._forget_future_queries(selection.account)
        query = functools.partial(
            self._sql.askable,
            account=selection.account,
            since=selection.since,
            now=self._clock.now(),
            uncertain_only=selection.uncertain_only,
            by_reference=selection.by_reference,
            limit=limit,
        )
        found = await self._database.read(query)
        return [(rows.to_message(row), row["asks"]) for row in found]

    async def get_next_time(self, selection: ReceiptQuery) -> int | None:
        """Return when the next query is due (ms UTC), or None if there is none."""
        query = functools.partial(
            self._sql.next_ask,
            account=selection.account,
            since=selection.since,
            uncertain_only=selection.uncertain_only,
            by_reference=selection.by_reference,
        )
        return await self._database.read(query)

    async def save_schedule(self, entries: Sequence[tuple[int, int, int]]) -> None:
        """Save the schedule of several messages.

        Args:
            entries: Tuples of message id, queries so far, time of the next query (ms UTC).
        """
        if not entries:
            return
        now = self._clock.now()
        values = [{"id": i, "asks": n, "ask_at": at, "now": now} for i, n, at in entries]
        await self._database.write(lambda t: self._sql.asked(t.connection, values))

    async def _forget_future_queries(self, account: str) -> None:
        """Query at once what was queried last at a time to come: the clock was set back."""
        latest = get_latest_believable(self._clock.now())
        query = functools.partial(
            self._sql.asked_in_future, account=account, latest=latest, never=NEVER
        )
        found = await self._database.read(query)
        await self.save_schedule([(row["id"], row["asks"], 0) for row in found])
