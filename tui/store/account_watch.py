"""Store which account has no credit, and read the figures from which alarms are learned."""

import functools

from tui.clock import DAY, Clock
from tui.domain.change import Subject
from tui.domain.record_type import record
from tui.domain.rhythm import LEARNING_MS
from tui.domain.status import FINAL_STATUSES, Status
from tui.store.engine import Engine, Transaction
from tui.store.queries import queries
from tui.store.rows import Row

_GIVEN_UP_MS = 3 * DAY
"""A message without a receipt for so long (ms) counts as one whose receipt was that late."""
_PACE_PERIOD_MS = 30 * DAY
_MAX_LEARNED = 500
"""Number of messages from which the pace of receipts is learned."""
_MAX_COUNTED = 1_000
"""Stuck messages are counted up to this number only."""
_ANSWERED = FINAL_STATUSES - {Status.REJECTED, Status.CANCELLED}
_WAITING = frozenset({Status.ACCEPTED, Status.SUBMITTED})


@record
class CreditWait:
    """An account that waits for credit."""

    since: int
    """When a message was first refused for want of credit, ms UTC; 0 if it does not wait."""
    reason: str = ""
    """What the provider said, as text."""
    try_at: int = 0
    """When one message is tried again, ms UTC."""
    tries: int = 0
    """Number of refusals since then."""
    spent: float | None = None
    """Balance that is known not to suffice, in the provider's own unit."""
    balance: float | None = None
    """Balance that was read last, in the provider's own unit; None if it is not a number."""
    balance_at: int = 0
    """When it was read, ms UTC."""

    @property
    def is_waiting(self) -> bool:
        """Return whether the account has no credit as far as is known."""
        return self.since > 0


class CreditWaits:
    """Which accounts wait for credit; it survives the end of a process."""

    def __init__(self, database: Engine, clock: Clock) -> None:
        """Create the records of one database.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
        """
        self._database = database
        self._clock = clock
        self._sql = queries("account_watch")

    async def get_wait(self, name: str) -> CreditWait:
        """Return whether an account waits for credit, and since when.

        Args:
            name: Name of the account.
        """
        query = functools.partial(queries("desk").account_state, name=name)
        row = await self._database.read(query)
        if row is None:
            return CreditWait(0)
        return CreditWait(
            row["credit_out_at"],
            row["credit_reason"],
            row["credit_try_at"],
            row["credit_tries"],
            row["credit_spent"],
            row["balance_amount"],
            row["balance_at"],
        )

    async def start_wait(self, name: str, reason: str, try_at: int) -> None:
        """Record that the provider refused a message for want of credit.

        Args:
            name: Name of the account.
            reason: What the provider said.
            try_at: When one message is tried again, ms UTC.
        """

        def write_wait(transaction: Transaction) -> None:
            now = self._clock.now()
            self._sql.start_credit_wait(
                transaction.connection, name=name, reason=reason, now=now, try_at=try_at
            )
            transaction.mark_changed(Subject.ACCOUNT)

        await self._database.write(write_wait)

    async def end_wait(self, name: str, spent: float | None = None) -> None:
        """Record that the account has credit again.

        Args:
            name: Name of the account.
            spent: Balance that ended the wait; if the next message is refused all the same, only a
                larger one ends the next wait. None after a message that was accepted.
        """

        def write_end(transaction: Transaction) -> None:
            if self._sql.end_credit_wait(transaction.connection, name=name, spent=spent):
                transaction.mark_changed(Subject.ACCOUNT)

        await self._database.write(write_end)

    async def explain_waiting_messages(self, name: str, reason: str) -> None:
        """Show on every queued message of the account why it waits, except where it has time.

        Args:
            name: Name of the account.
            reason: Why it waits and what ends that.
        """
        values = {"account": name, "reason": reason, "now": self._clock.now()}
        query = functools.partial(self._sql.unexplained, **values)
        # Read first: a round without work must not take the write lock.
        if not await self._database.read(query):
            return

        def write_reasons(transaction: Transaction) -> None:
            for row in self._sql.explain_waiting(transaction.connection, **values):
                transaction.mark_changed(Subject.MESSAGE, row["id"], row["conversation_id"])

        await self._database.write(write_reasons)


@record
class Alarms:
    """The alarms of one account, as they are stored and shown."""

    silent_since: int | None = None
    """Last reply before an unusual silence, ms UTC; None for no alarm."""
    stuck_messages: int = 0
    stuck_since: int | None = None
    receipt_limit_ms: int = 0
    """Time (ms) after which a receipt is late; 0 if not known."""


class AlarmFigures:
    """Figures about the past of an account, and the alarms that follow from them."""

    def __init__(self, database: Engine, clock: Clock) -> None:
        """Create the reader of one database.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
        """
        self._database = database
        self._clock = clock
        self._sql = queries("account_watch")

    async def list_reply_slots(self, name: str) -> list[int]:
        """Return the slots of time in which customers wrote through an account, in order.

        Args:
            name: Name of the account.
        """
        since = self._clock.now() - LEARNING_MS
        query = functools.partial(self._sql.reply_slots, account=name, since=since)
        return [row["slot"] for row in await self._database.read(query)]

    async def get_last_reply_time(self, name: str) -> int | None:
        """Return when the newest reply of an account came (ms UTC), or None.

        Args:
            name: Name of the account.
        """
        return await self._database.read(functools.partial(self._sql.last_reply, account=name))

    async def list_receipt_delays(self, name: str) -> list[int]:
        """Return the time (ms) from sending to the first receipt of the last messages.

        Args:
            name: Name of the account.
        """
        now = self._clock.now()
        delays = (
            _measure_delay(row, now)
            for row in await self._read_sent(name, now - _PACE_PERIOD_MS, now, _MAX_LEARNED)
        )
        return [delay for delay in delays if delay is not None]

    async def list_late(self, name: str, limit_ms: int, count: int) -> list[bool]:
        """Return for each of the newest messages whether its receipt is late, newest first.

        Args:
            name: Name of the account.
            limit_ms: Only messages that were sent longer ago (ms) than this are looked at.
            count: Largest number of messages to look at.
        """
        until = self._clock.now() - limit_ms
        return [
            row["status"] in _WAITING
            for row in await self._read_sent(name, until - _GIVEN_UP_MS, until, count)
            if _get_start(row) <= until and row["status"] in _WAITING | _ANSWERED
        ]

    async def count_stuck(self, name: str, limit_ms: int) -> tuple[int, int | None]:
        """Return how many messages have waited too long, and when the oldest was sent (ms UTC).

        Args:
            name: Name of the account.
            limit_ms: Time (ms) after which a receipt is late.
        """
        now = self._clock.now()
        query = functools.partial(
            self._sql.stuck,
            account=name,
            since=now - _GIVEN_UP_MS,
            until=now - limit_ms,
            limit=_MAX_COUNTED,
        )
        row = await self._database.read(query)
        return row["messages"], row["oldest"]

    async def get_alarms(self, name: str) -> Alarms:
        """Return the alarms of an account that were saved last.

        Args:
            name: Name of the account.
        """
        query = functools.partial(queries("desk").account_state, name=name)
        row = await self._database.read(query)
        if row is None:
            return Alarms()
        return Alarms(
            row["silent_since"], row["stuck_messages"], row["stuck_since"], row["receipt_limit_ms"]
        )

    async def save_alarms(self, name: str, alarms: Alarms) -> None:
        """Save the alarms of an account.

        Args:
            name: Name of the account.
            alarms: Alarms that hold now.
        """

        def write_alarms(transaction: Transaction) -> None:
            self._sql.save_alarms(
                transaction.connection,
                name=name,
                silent_since=alarms.silent_since,
                stuck_messages=alarms.stuck_messages,
                stuck_since=alarms.stuck_since,
                receipt_limit_ms=alarms.receipt_limit_ms,
            )
            transaction.mark_changed(Subject.ACCOUNT)

        await self._database.write(write_alarms)

    async def _read_sent(self, name: str, since: int, until: int, limit: int) -> list[Row]:
        """Return the newest messages that were sent in a period."""
        query = functools.partial(
            self._sql.newest_sent, account=name, since=since, until=until, limit=limit
        )
        rows: list[Row] = await self._database.read(query)
        return rows


def _get_start(row: Row) -> int:
    """Return when a message could first be sent (ms UTC)."""
    return max(int(row["at"]), int(row["hold_until"]), int(row["scheduled_at"] or 0))


def _measure_delay(row: Row, now: int) -> int | None:
    """Return the time (ms) from sending to the receipt; None if it says nothing about the pace."""
    start = _get_start(row)
    if row["status"] in _WAITING:
        return now - start if now - start > _GIVEN_UP_MS else None
    return row["status_at"] - start if row["status"] in _ANSWERED else None
