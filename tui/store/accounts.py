"""Store the state of the accounts.

It holds account states and polling cursors.
"""

import functools
from dataclasses import replace

from tui.clock import MINUTE, SECOND, Clock
from tui.domain.account import AccountState, Health
from tui.domain.change import Subject
from tui.store import rows
from tui.store.connections import Row
from tui.store.engine import Engine, Transaction
from tui.store.listeners import HeartbeatObserver
from tui.store.queries import queries

UNSERVED_MS = MINUTE
"""Time (ms) without a renewal of its lease after which an account is not served.

So long, too, is waited after the inbox was opened: its own process begins to serve only then.
"""
_RELEASED_MS = 10 * MINUTE
"""The same after a lease was given back in order: `smsdesk sync --once` may be run every 5 minutes.
"""


class Accounts:
    """Account state that the sync process writes and every screen reads."""

    def __init__(self, database: Engine, clock: Clock) -> None:
        """Create the account records of one database.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
        """
        self._database = database
        self._clock = clock
        self._sql = queries("desk")
        self._observer = HeartbeatObserver(clock)
        self._opened_at = clock.monotonic()

    async def get_states(self) -> dict[str, AccountState]:
        """Return the last known state of every account that was ever synced, by name."""
        read_listeners = queries("listeners").listeners
        found, listening, sending = await self._database.read(
            lambda c: (self._sql.account_states(c), read_listeners(c), self._sql.sending_since(c))
        )
        states = rows.to_account_states(found, self._observer.read_listeners(listening), sending)
        for row in found:
            unserved_since = self._find_unserved_since(row)
            if unserved_since is not None:
                states[row["name"]] = replace(states[row["name"]], unserved_since=unserved_since)
        return states

    def _find_unserved_since(self, row: Row) -> int | None:
        """Return when an account was served last (ms UTC) if no process serves it any more."""
        if self._clock.monotonic() - self._opened_at < UNSERVED_MS / SECOND or not row["holder"]:
            return None
        served_at = max(row["renewed_at"] or 0, row["ok_at"] or 0)
        limit = _RELEASED_MS if row["renewed_at"] is None else UNSERVED_MS
        return served_at if self._clock.now() - served_at >= limit else None

    async def announce_change(self) -> None:
        """Make every process read the states of the accounts again."""
        await self._database.write(lambda t: t.mark_changed(Subject.ACCOUNT))

    async def save_health(
        self,
        name: str,
        health: Health,
        *,
        line: str = "",
        retry_at: int | None = None,
        ok_at: int | None = None,
        event_at: int | None = None,
        latency_ms: int = 0,
        holder: str = "",
    ) -> None:
        """Save the health of an account; times that are None stay as they were.

        Args:
            name: Name of the account.
            health: New health of the account.
            line: Text that explains the health to an agent.
            retry_at: Time of the next attempt, in ms UTC.
            ok_at: Time of the last successful request, in ms UTC.
            event_at: Time of the last event from the provider, in ms UTC.
            latency_ms: Duration of the last request, in milliseconds.
            holder: Process that syncs the account.
        """

        def write_health(transaction: Transaction) -> None:
            self._sql.save_health(
                transaction.connection,
                name=name,
                health=health,
                line=line,
                retry_at=retry_at,
                ok_at=ok_at,
                event_at=event_at,
                latency_ms=latency_ms,
                holder=holder,
            )
            transaction.mark_changed(Subject.ACCOUNT)

        await self._database.write(write_health)

    async def record_push(self, name: str, *, is_new: bool = True) -> None:
        """Record that the provider of the account has just pushed something.

        Args:
            name: Name of the account.
            is_new: Whether it was more than a repetition of what is known.
        """

        def write_event(transaction: Transaction) -> None:
            save_push = self._sql.save_event if is_new else self._sql.save_push
            save_push(transaction.connection, name=name, now=self._clock.now())
            transaction.mark_changed(Subject.ACCOUNT)

        await self._database.write(write_event)

    async def save_balance(self, name: str, balance: str, amount: float | None = None) -> None:
        """Save the remaining balance of an account.

        Args:
            name: Name of the account.
            balance: Balance as text for agents, for example "EUR 12.40".
            amount: Balance as a number, if the provider gives one.
        """

        def write_balance(transaction: Transaction) -> None:
            self._sql.save_balance(
                transaction.connection,
                name=name,
                balance=balance,
                amount=amount,
                now=self._clock.now(),
            )
            transaction.mark_changed(Subject.ACCOUNT)

        await self._database.write(write_balance)

    async def get_balance_time(self, name: str) -> int:
        """Return when the balance was last read (ms UTC); 0 for never."""
        row = await self._database.read(functools.partial(self._sql.account_state, name=name))
        return row["balance_at"] if row else 0

    async def request_retry(self, name: str) -> None:
        """Ask the process that syncs the account to try it again at once.

        Args:
            name: Name of the account.
        """

        def write_request(transaction: Transaction) -> None:
            self._sql.request_retry(transaction.connection, name=name, now=self._clock.now())
            transaction.mark_changed(Subject.ACCOUNT)

        await self._database.write(write_request)

    async def get_retry_requests(self) -> dict[str, int]:
        """Return when a retry was last requested (ms UTC), by account."""
        found = await self._database.read(self._sql.read_retry_requests)
        return {row["name"]: row["poked_at"] for row in found}

    async def get_cursors(self, name: str) -> tuple[str, str]:
        """Return the cursors from which polling of replies and of receipts continues."""
        row = await self._database.read(functools.partial(self._sql.account_state, name=name))
        return (row["reply_cursor"], row["receipt_cursor"]) if row else ("", "")

    async def save_reply_cursor(self, name: str, cursor: str) -> None:
        """Save the position from which polling of replies continues.

        Args:
            name: Name of the account.
            cursor: Cursor in the provider's own format.
        """
        query = functools.partial(self._sql.save_reply_cursor, name=name, cursor=cursor)
        await self._database.write(lambda t: query(t.connection))

    async def save_receipt_cursor(self, name: str, cursor: str) -> None:
        """Save the position from which polling of receipts continues.

        Args:
            name: Name of the account.
            cursor: Cursor in the provider's own format.
        """
        query = functools.partial(self._sql.save_receipt_cursor, name=name, cursor=cursor)
        await self._database.write(lambda t: query(t.connection))
