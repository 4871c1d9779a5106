"""Store which process serves which account, and which processes live."""

import functools
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tui.clock import MINUTE, SECOND, Clock, get_latest_believable
from tui.domain.change import Subject
from tui.store.engine import Engine, Transaction
from tui.store.queries import queries
from tui.store.rows import Row

CHECKPOINT = ":checkpoint"
"""Lease of the one process that maintains the database; no account can have this name."""
LONGEST_LEASE_MS = MINUTE
"""Longest time (ms) for which a lease may be acquired at once."""


def get_lease_bounds(now: int) -> dict[str, int]:
    """Return the times between which a lease has to lie to be valid, for the queries of leases.

    Args:
        now: Current time (ms UTC).
    """
    return {"now": now, "latest": get_latest_believable(now), "longest": LONGEST_LEASE_MS}


_LATENCY_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


@dataclass(slots=True)
class LatencyHistogram:
    """How long something took, counted in classes of seconds."""

    bounds: Sequence[float] = _LATENCY_BOUNDS
    """Upper bound of each class but the last."""
    counts: list[int] = field(default_factory=lambda: [0] * (len(_LATENCY_BOUNDS) + 1))
    total: float = 0.0
    """Sum of all measurements in seconds."""

    def record(self, seconds: float) -> None:
        """Count one measurement in its class."""
        self.counts[bisect_left(self.bounds, seconds)] += 1
        self.total += seconds


class _FutureLease(NamedTuple):
    """A lease of another process that is dated in the future."""

    owner: str
    renewed_at: int
    """When it was renewed by the clock of its holder (ms UTC)."""
    seen_alive_at: float | None
    """When this process last saw it change, in seconds of the clock that is never set."""


class Leases:
    """Leases that allow only one process at a time to sync an account."""

    def __init__(self, database: Engine, clock: Clock, owner: str) -> None:
        """Create the leases of one process.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
            owner: Id of this process, different from that of any other process ever.
        """
        self._database = database
        self._clock = clock
        self._sql = queries("desk")
        self._future_leases: dict[str, _FutureLease] = {}
        self.owner = owner
        self.renewal_times = LatencyHistogram()
        """How long the heartbeats of this process took, each a transaction on disk."""

    async def acquire_lease(self, name: str, *, duration_ms: int, preferred: bool) -> bool:
        """Acquire or renew a lease; return False while another process holds it.

        A preferred process (the service) takes the lease over from one that is not
        preferred.

        Args:
            name: Name of the account.
            duration_ms: Duration of the lease in milliseconds.
            preferred: Whether this process is preferred.
        """
        now = self._clock.now()
        values = {
            "name": name,
            "owner": self.owner,
            "preferred": int(preferred),
            "expires_at": now + min(duration_ms, LONGEST_LEASE_MS),
            **get_lease_bounds(now),
        }

        def take_lease(transaction: Transaction) -> bool:
            is_held = self._take_lease(transaction, values)
            transaction.refuse_moved()
            return is_held

        return await self._database.write(take_lease, alone=False)

    async def release_lease(self, name: str) -> None:
        """Release a lease, so that another process need not wait until it expires.

        Args:
            name: Name of the account.
        """
        query = functools.partial(self._sql.drop_lease, name=name, owner=self.owner)
        await self._database.write(lambda t: query(t.connection))

    async def get_holder(self, name: str) -> str:
        """Return the process that holds a lease now; empty if it is free."""
        bounds = get_lease_bounds(self._clock.now())
        query = functools.partial(self._sql.holder, name=name, **bounds)
        return await self._database.read(query) or ""

    async def record_heartbeat(self, agent: str, kind: str) -> None:
        """Record that this process is alive, so that its claims stay valid.

        Args:
            agent: Name of the agent who runs the process.
            kind: Kind of the process, for example the service.
        """
        await self.renew_leases(agent, kind, (), duration_ms=0, preferred=False)

    async def renew_leases(
        self, agent: str, kind: str, names: Sequence[str], *, duration_ms: int, preferred: bool
    ) -> frozenset[str]:
        """Record a heartbeat and renew leases; return those that are now held.

        Both happen in one transaction.

        Args:
            agent: Name of the agent who runs the process.
            kind: Kind of the process, for example the service.
            names: Names of the accounts to acquire or renew.
            duration_ms: Duration of the leases in milliseconds.
            preferred: Whether this process may take leases over from others.
        """
        now = self._clock.now()
        values = {
            "owner": self.owner,
            "preferred": int(preferred),
            "expires_at": now + min(duration_ms, LONGEST_LEASE_MS),
            **get_lease_bounds(now),
        }

        def take_leases(transaction: Transaction) -> frozenset[str]:
            connection = transaction.connection
            self._sql.save_process(connection, owner=self.owner, agent=agent, kind=kind, now=now)
            transaction.refuse_moved()
            return frozenset(
                name
                for name in sorted(names)
                if self._take_lease(transaction, {"name": name, **values})
            )

        began = self._clock.monotonic()
        held = await self._database.write(take_leases, alone=False)
        self.renewal_times.record(self._clock.monotonic() - began)
        return held

    def _take_lease(self, transaction: Transaction, values: dict[str, Any]) -> bool:
        """Acquire or renew a lease, unless another process holds it that is known to live."""
        connection, name = transaction.connection, values["name"]
        row = self._sql.lease(connection, name=name)
        if row is not None and self._is_renewed_ahead(row, values):
            return False
        return bool(self._sql.take_lease(connection, **values))

    def _is_renewed_ahead(self, row: Row, values: dict[str, Any]) -> bool:
        """Return whether the holder of a lease lives on a host whose clock is ahead.

        At first sight a lease of the future is that of a dead process, because a clock was set
        back. One that is renewed later all the same shows that its holder lives.
        """
        name, moment = row["name"], self._clock.monotonic()
        if row["owner"] == self.owner or row["renewed_at"] <= values["latest"]:
            return False
        known = self._future_leases.get(name)
        if known is None or known.owner != row["owner"]:
            self._future_leases[name] = _FutureLease(row["owner"], row["renewed_at"], None)
            return False
        if known.renewed_at != row["renewed_at"]:
            known = _FutureLease(known.owner, row["renewed_at"], moment)
            self._future_leases[name] = known
        length = (row["expires_at"] - row["renewed_at"]) / SECOND
        return known.seen_alive_at is not None and moment - known.seen_alive_at <= length

    async def end_process(self) -> None:
        """Release everything that this process holds, because it ends normally."""

        def drop_claims(transaction: Transaction) -> None:
            self._sql.drop_leases(transaction.connection, owner=self.owner)
            self._sql.drop_process(transaction.connection, owner=self.owner)
            self._sql.drop_presence(transaction.connection, owner=self.owner)
            transaction.mark_changed(Subject.PRESENCE)

        await self._database.write(drop_claims)
