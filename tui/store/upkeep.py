"""Delete rows that are of no use any more, in a service, in a desk and in a single round.

A process that is killed leaves rows behind: its heartbeat, its presence, its locks. They prove
nothing after a few seconds, and are deleted after an hour, by this clock or by one that was set
back meanwhile.
"""

import functools
from collections.abc import Awaitable, Callable, Sequence

from tui.clock import HOUR, Clock
from tui.store.engine import Engine, Transaction
from tui.store.feed import CHANGES_KEPT, Feed
from tui.store.queries import queries

DEAD_AFTER_MS = HOUR
"""Age (ms) from which the rows of a process without heartbeats are deleted."""
MOST_READ = 50_000
"""Payloads that are kept although everything in them was stored, at most."""
_DELETED_AT_ONCE = 500


class Upkeep:
    """Deletion of old rows."""

    def __init__(
        self,
        database: Engine,
        clock: Clock,
        feed: Feed,
        prunes: Sequence[Callable[[], Awaitable[object]]],
    ) -> None:
        """Create the upkeep of one database.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
            feed: Changes of the database.
            prunes: Delete what is old of subjects that have more to say about it.
        """
        self._database = database
        self._clock = clock
        self._feed = feed
        self._prunes = prunes
        self._sql = queries("upkeep")
        self._locks = queries("compose_locks")

    async def prune(self) -> None:
        """Delete what is old; take no write lock if there is nothing to delete."""
        now = self._clock.now()
        bounds = {"dead_before": now - DEAD_AFTER_MS, "latest": now + DEAD_AFTER_MS}
        measure = functools.partial(
            self._sql.measure_dead, **bounds, changes_kept=CHANGES_KEPT, read_kept=MOST_READ
        )
        count_locks = functools.partial(self._locks.count_dead, **bounds)
        found, locks = await self._database.read(lambda c: (measure(c), count_locks(c)))
        if found["rows"] or locks:
            await self._database.write(lambda t: self._drop_dead(t, bounds))
        if found["changes"]:
            await self._feed.prune_changes()
        if found["arrivals"]:
            await self._drop_read()
        for prune in self._prunes:
            await prune()

    def _drop_dead(self, transaction: Transaction, bounds: dict[str, int]) -> None:
        """Delete the rows of dead processes."""
        for drop in (
            self._sql.drop_processes,
            self._sql.drop_presence,
            self._locks.drop_dead,
            self._sql.drop_leases,
            self._sql.drop_listeners,
        ):
            drop(transaction.connection, **bounds)

    async def _drop_read(self) -> None:
        """Delete the oldest payloads above the limit, with turns for other writers in between."""
        values = {"read_kept": MOST_READ, "limit": _DELETED_AT_ONCE}
        drop = functools.partial(self._sql.drop_read, **values)
        while await self._database.write(lambda t: drop(t.connection)) == _DELETED_AT_ONCE:
            pass
