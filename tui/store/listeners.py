"""Store which process receives the pushes of which account, and the self-tests that came back.

A listener can belong to another process or host, so its stored heartbeat is the only proof that it
lives. Clocks of hosts differ: a heartbeat counts from the moment at which this process sees it
change, and the stored time is used only for the first look.
"""

import functools
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tui.clock import DAY, Clock, get_latest_believable
from tui.domain.account import LISTENER_TIMEOUT_MS, ListenerCrowd, ListenerState
from tui.domain.change import Subject
from tui.store.engine import Engine, Transaction
from tui.store.queries import queries
from tui.store.rows import Row

_PROBE_DAYS = 7
"""Days after which a self-test that came back is forgotten."""


class _Heartbeat(NamedTuple):
    """What is known of the last heartbeat of one listener."""

    stored: int
    """Its time by the clock of the listener (ms UTC)."""
    seen_at: int
    """Its time by the clock of this process (ms UTC)."""
    looked_at: int
    """When this process last looked (ms UTC)."""


class HeartbeatObserver:
    """Translate the stored times of heartbeats into the clock of this process."""

    def __init__(self, clock: Clock) -> None:
        """Create the observer, which has seen no heartbeat yet.

        Args:
            clock: Source of the current time.
        """
        self._clock = clock
        self._seen: dict[tuple[str, str], _Heartbeat] = {}

    def read_listeners(self, rows: Iterable[Row]) -> dict[str, ListenerState]:
        """Return the listener of each account that was heard from last.

        Args:
            rows: Rows of `listeners`.
        """
        found: dict[str, ListenerState] = {}
        for row in rows:
            state = ListenerState(
                host=row["host"],
                agent=row["agent"],
                kind=row["kind"],
                address=row["address"],
                since=row["since"],
                seen_at=self._observe(row),
                has_ended=bool(row["ended"]),
                crowd=_read_crowd(row),
            )
            known = found.get(row["account"])
            if known is None or _rank_state(state) >= _rank_state(known):
                found[row["account"]] = state
        return found

    def _observe(self, row: Row) -> int:
        """Return when a heartbeat happened, by the clock of this process."""
        key, stored, now = (row["account"], row["owner"]), row["seen_at"], self._clock.now()
        before = self._seen.get(key, _Heartbeat(stored, _judge_first_look(stored, now), now))
        # This clock may have been set back since the last look.
        seen_at = min(before.seen_at, now)
        if before.stored != stored:
            # It changed since the last look, so the listener was alive at some time in between.
            seen_at = now if stored > now else min(max(stored, before.looked_at), now)
        self._seen[key] = _Heartbeat(stored, seen_at, now)
        return seen_at


def _read_crowd(row: Row) -> ListenerCrowd | None:
    """Return when a listener was full the last time, or None."""
    if not row["full_until"]:
        return None
    return ListenerCrowd(
        row["full_since"],
        row["full_until"],
        row["full_closed"],
        row["full_address"],
        row["full_address_closed"],
    )


def _judge_first_look(stored: int, now: int) -> int:
    """Return when the heartbeat of a listener happened that this process has never seen before.

    A time in the future proves nothing: the clock was set back after the listener died, or the
    clock of its host is ahead; then the next look sees that it lives.
    """
    if stored <= get_latest_believable(now):
        return min(stored, now)
    return now - LISTENER_TIMEOUT_MS - 1


def _rank_state(state: ListenerState) -> tuple[bool, int]:
    """Return a rank by which running listeners come before ended ones, then the latest."""
    return not state.has_ended, state.seen_at


class Listeners:
    """Heartbeats of listeners, and the self-tests that they received."""

    def __init__(self, database: Engine, clock: Clock, owner: str) -> None:
        """Create the listeners as one process sees them.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
            owner: Id of this process.
        """
        self._database = database
        self._clock = clock
        self._owner = owner
        self._sql = queries("listeners")

    async def record_heartbeat(
        self, accounts: Sequence[str], *, host: str, agent: str, kind: str, address: str
    ) -> None:
        """Record that this process receives the pushes of some accounts now.

        Watchers are notified only when it begins: a notification for every heartbeat would wake
        all desks every few seconds.

        Args:
            accounts: Names of the accounts.
            host: Name of this host.
            agent: Name of the agent who runs the process.
            kind: Kind of the process: `desk` or `service`.
            address: Where it listens, as a URL.
        """
        now = self._clock.now()
        values = {"owner": self._owner, "host": host, "agent": agent, "kind": kind}

        def write_heartbeat(transaction: Transaction) -> None:
            connection = transaction.connection
            for name in accounts:
                is_new = self._sql.beat(
                    connection, account=name, address=address, now=now, **values
                )
                if is_new:
                    dead_before = now - LISTENER_TIMEOUT_MS
                    bounds = {"dead_before": dead_before, "latest": get_latest_believable(now)}
                    self._sql.drop_dead(connection, account=name, **bounds)
                    transaction.mark_changed(Subject.ACCOUNT)

        await self._database.write(write_heartbeat)

    async def record_crowd(self, crowd: ListenerCrowd) -> None:
        """Record when the listener of this process was full.

        Args:
            crowd: When that was, and whose connections were closed.
        """

        def write_crowd(transaction: Transaction) -> None:
            self._sql.record_crowd(
                transaction.connection,
                owner=self._owner,
                since=crowd.since,
                until=crowd.until,
                closed=crowd.closed,
                address=crowd.address,
                address_closed=crowd.address_closed,
            )
            transaction.mark_changed(Subject.ACCOUNT)

        await self._database.write(write_crowd)

    async def end_listening(self) -> None:
        """Record that this process receives no pushes any more."""

        def write_end(transaction: Transaction) -> None:
            if self._sql.end_listener(
                transaction.connection, owner=self._owner, now=self._clock.now()
            ):
                transaction.mark_changed(Subject.ACCOUNT)

        await self._database.write(write_end)

    async def record_probe(self, account: str, nonce: str) -> None:
        """Record a self-test that arrived at the listener.

        Args:
            account: Name of the account.
            nonce: Number that the self-test carries, never used twice.
        """
        now = self._clock.now()

        def write_probe(transaction: Transaction) -> None:
            bounds = {"before": now - _PROBE_DAYS * DAY, "latest": get_latest_believable(now)}
            self._sql.drop_probes(transaction.connection, **bounds)
            self._sql.add_probe(transaction.connection, nonce=nonce, account=account, now=now)

        await self._database.write(write_probe)

    async def find_probe(self, nonce: str) -> str:
        """Return the account of a self-test that arrived; empty if none did.

        Args:
            nonce: Number that the self-test carries.
        """
        found = await self._database.read(functools.partial(self._sql.probe, nonce=nonce))
        return str(found or "")
