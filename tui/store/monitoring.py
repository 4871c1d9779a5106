"""Read the figures that operators watch, and store which alarms were sent.

A scrape asks every few seconds for years, so no figure may cost more as the inbox grows: each is
read from an index that holds only what waits, or from a table with a row for each account.
"""

import functools
from collections.abc import Mapping, Sequence

from tui.clock import DAY, MINUTE, Clock, is_pending
from tui.domain.change import JournalKind, Subject
from tui.domain.record_type import record
from tui.store.connections import Connection
from tui.store.engine import Engine, Transaction
from tui.store.leases import LatencyHistogram, get_lease_bounds
from tui.store.queries import queries
from tui.store.rows import Row

ALARM_PAUSE_MS = 15 * MINUTE
"""Shortest time (ms) between two notifications about the same alarm of the same account."""
_RETRY_MS = MINUTE
"""Time (ms) after which an alarm that was not delivered is sent again."""
_GIVEN_UP_MS = 3 * DAY
_MOST_BEHIND = 1_000
"""Messages without a receipt are counted up to this number for each account."""


@record
class QueueFigures:
    """What one account has to send."""

    messages: int = 0
    """All queued messages, those with a later time included."""
    due: int = 0
    """Those that could be sent now."""
    oldest: int | None = None
    """Since when the oldest of these could be sent, ms UTC."""


@record
class CountSince:
    """A number of messages, and when the oldest was sent (ms UTC)."""

    messages: int = 0
    oldest: int | None = None


@record
class AccountFigures:
    """State of one account, as the process that serves it has stored it."""

    health: str
    ok_at: int | None
    """When the provider last answered correctly, ms UTC."""
    balance: float | None
    is_out_of_credit: bool


@record
class InboxFigures:
    """All figures of an inbox, by account."""

    accounts: Mapping[str, AccountFigures]
    queues: Mapping[str, QueueFigures]
    uncertain: Mapping[str, CountSince]
    behind: Mapping[str, CountSince]
    """Messages whose receipts are late, of accounts of which the usual time is known."""
    held: Mapping[str, int]
    hosts: Mapping[str, str]
    """Host of the process that holds the lease of an account."""


@record
class SentAlarm:
    """An alarm, and what was sent about it."""

    kind: str
    account: str
    text: str
    """What is wrong, or was."""
    is_raised: bool
    since: int
    """When it began or ended, ms UTC."""
    was_sent_raised: bool
    """Whether the last thing that was sent is that it began."""
    changes: int
    """How often it began or ended since something was sent."""
    next_at: int
    """Time (ms UTC) before which nothing is sent about it."""

    @property
    def is_news(self) -> bool:
        """Return whether something is to be sent about it, now or later."""
        return self.is_raised is not self.was_sent_raised or self.changes >= 2


@record
class Delivery:
    """How a channel took the last alarm."""

    channel: str
    at: int
    """When it was sent, ms UTC."""
    line: str
    """What went wrong; empty if nothing did."""


class Monitoring:
    """Figures of an inbox for operators, and the record of the alarms that were sent."""

    def __init__(self, database: Engine, clock: Clock) -> None:
        """Create the reader of one database.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
        """
        self._database = database
        self._clock = clock
        self._sql = queries("monitoring")
        self.read_times = LatencyHistogram()
        """How long it took to read all figures."""

    async def read_figures(self) -> InboxFigures:
        """Return all figures as they are now."""
        began = self._clock.monotonic()
        figures = await self._database.read(self._collect_figures)
        self.read_times.record(self._clock.monotonic() - began)
        return figures

    def _collect_figures(self, connection: Connection) -> InboxFigures:
        """Return all figures, on the thread of the connection."""
        now, sql = self._clock.now(), self._sql
        accounts = sql.accounts(connection)
        holders = sql.holders(connection, **get_lease_bounds(now))
        return InboxFigures(
            accounts={row["name"]: _to_account(row) for row in accounts},
            queues={
                row["account"]: QueueFigures(row["messages"], row["due"], row["oldest"])
                for row in sql.queues(connection, now=now)
            },
            uncertain={row["account"]: _to_count(row) for row in sql.uncertain(connection)},
            behind={
                row["name"]: _to_count(
                    queries("account_watch").stuck(
                        connection,
                        account=row["name"],
                        since=now - _GIVEN_UP_MS,
                        until=now - row["receipt_limit_ms"],
                        limit=_MOST_BEHIND,
                    )
                )
                for row in accounts
                if row["receipt_limit_ms"]
            },
            held={row["account"]: row["items"] for row in sql.held(connection)},
            hosts={row["name"]: _get_host(row["owner"]) for row in holders},
        )

    async def update_alarms(self, found: Mapping[tuple[str, str], str]) -> list[SentAlarm]:
        """Record which alarms hold now, and return those about which something is to be sent.

        These are claimed for a minute: a process that ends before it confirms them leaves them to
        the next one, and no other process sends them meanwhile.

        Args:
            found: Text of each alarm that holds now, by kind and account.
        """
        known = [_to_alarm(row) for row in await self._database.read(self._sql.alarms)]
        has_changed = {(one.kind, one.account) for one in known if one.is_raised} != set(found)
        # Read first: a round without work must not take the write lock.
        if not has_changed and not any(self._is_due(one) for one in known):
            return []
        return await self._database.write(lambda t: self._claim_alarms(t, found))

    def _claim_alarms(
        self, transaction: Transaction, found: Mapping[tuple[str, str], str]
    ) -> list[SentAlarm]:
        """Write which alarms hold now, and claim those that are due."""
        connection, now, sql = transaction.connection, self._clock.now(), self._sql
        before = {(row["kind"], row["account"]): row for row in sql.alarms(connection)}
        for kind, account in sorted({*before, *found}):
            names = {"kind": kind, "account": account}
            text, was_raised = found.get((kind, account)), before.get((kind, account))
            if (text is not None) is not bool(was_raised and was_raised["raised"]):
                state = {"alarm": kind, "account": account, "raised": text is not None}
                transaction.record_event(JournalKind.ALARM, detail=state)
                transaction.mark_changed(Subject.ACCOUNT)
            if text is None:
                last = before[kind, account]["text"]
                sql.change_alarm(connection, **names, raised=0, text=last, now=now)
            elif (kind, account) in before:
                sql.change_alarm(connection, **names, raised=1, text=text, now=now)
            else:
                sql.add_alarm(connection, **names, text=text, now=now)
        claimed = []
        for row in sql.alarms(connection):
            alarm = _to_alarm(row)
            names = {"kind": alarm.kind, "account": alarm.account}
            if self._is_due(alarm):
                sql.claim_alarm(connection, **names, known=alarm.next_at, until=now + _RETRY_MS)
                claimed.append(alarm)
            elif not alarm.is_news and not self._is_paused(alarm):
                sql.drop_alarm(connection, **names)
        return claimed

    async def confirm_sent(self, alarms: Sequence[SentAlarm]) -> None:
        """Record that alarms were delivered.

        Args:
            alarms: Alarms as they were claimed.
        """
        until = self._clock.now() + ALARM_PAUSE_MS

        def write_sent(transaction: Transaction) -> None:
            for one in alarms:
                values = {"raised": int(one.is_raised), "until": until}
                self._sql.record_sent(
                    transaction.connection, kind=one.kind, account=one.account, **values
                )

        await self._database.write(write_sent)

    async def record_deliveries(self, lines: Mapping[str, str]) -> None:
        """Record how each channel took an alarm.

        Args:
            lines: What went wrong, by channel; empty if nothing did.
        """
        now = self._clock.now()

        def write_lines(transaction: Transaction) -> None:
            for channel, line in lines.items():
                values = {"channel": channel, "now": now, "line": line}
                self._sql.record_delivery(transaction.connection, **values)

        await self._database.write(write_lines)

    async def list_deliveries(self) -> list[Delivery]:
        """Return how each channel took its last alarm."""
        found = await self._database.read(functools.partial(self._sql.deliveries))
        return [Delivery(row["channel"], row["at"], row["line"]) for row in found]

    def _is_due(self, alarm: SentAlarm) -> bool:
        """Return whether something is to be sent about an alarm now."""
        return alarm.is_news and not self._is_paused(alarm)

    def _is_paused(self, alarm: SentAlarm) -> bool:
        """Return whether nothing is sent about an alarm yet."""
        return is_pending(alarm.next_at, self._clock.now(), ALARM_PAUSE_MS)


def _to_account(row: Row) -> AccountFigures:
    """Return the state of an account."""
    is_out_of_credit = row["credit_out_at"] > 0
    return AccountFigures(row["health"], row["ok_at"], row["balance_amount"], is_out_of_credit)


def _to_count(row: Row) -> CountSince:
    """Return a number of messages with the time of the oldest."""
    return CountSince(row["messages"], row["oldest"])


def _to_alarm(row: Row) -> SentAlarm:
    """Return an alarm."""
    return SentAlarm(
        kind=row["kind"],
        account=row["account"],
        text=row["text"],
        is_raised=bool(row["raised"]),
        since=row["since"],
        was_sent_raised=bool(row["sent_raised"]),
        changes=row["changes"],
        next_at=row["next_at"],
    )


def _get_host(owner: str) -> str:
    """Return the host in the name of a process (`create_owner_name` makes it)."""
    return owner.rsplit("-", 2)[0]
