"""List what is held and what was refused, dismiss it, and delete what is old."""

import functools
import random
from collections.abc import Callable, Mapping, Sequence

from tui.clock import DAY, Clock
from tui.domain.arrivals import (
    Arrival,
    HeldGroup,
    HeldItem,
    HeldReason,
    Refusal,
    RefusalCount,
)
from tui.domain.change import Subject
from tui.store.arrival_rows import save_arrival
from tui.store.audit import record_action
from tui.store.engine import Engine, Transaction
from tui.store.held_rows import to_held_group, to_held_item, to_refusal_count
from tui.store.queries import queries

_READ_KEPT_MS = 14 * DAY
"""How long the bytes are kept of what was read at once."""
_LARGE_READ_KEPT_MS = DAY
"""How long that is if they are large: pictures are in the conversation anyway."""
_DONE_KEPT_MS = 90 * DAY
"""How long items are kept that were taken in or dismissed."""
_PRUNED_AT_ONCE = 500


class HeldItems:
    """What is held, what was refused, and what became of it."""

    def __init__(self, database: Engine, clock: Clock, rng: random.Random) -> None:
        """Create the list of one database.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
            rng: Source of randomness for ids of the audit trail.
        """
        self._database = database
        self._clock = clock
        self._rng = rng
        self._sql = queries("held_items")

    async def list_held(self, account: str | None = None, limit: int = 500) -> list[HeldItem]:
        """Return the held items with the beginning of their bodies, newest first.

        Args:
            account: Only those of this account; None for all.
            limit: Maximum number of items.
        """
        query = functools.partial(self._sql.list_held, account=account, limit=limit)
        return [to_held_item(row) for row in await self._database.read(query)]

    async def get(self, item_id: int) -> HeldItem | None:
        """Return an item, whatever became of it, or None if there is none with this id."""
        row = await self._database.read(functools.partial(self._sql.get, id=item_id))
        return to_held_item(row) if row and row["cause"] else None

    async def summarize(self) -> list[HeldGroup]:
        """Return how many items are held, by account and reason."""
        found = await self._database.read(self._sql.summarize_held)
        return [to_held_group(row) for row in found]

    async def dismiss(self, ids: Sequence[int], agent: str) -> int:
        """Dismiss held items; return how many were held until now.

        Args:
            ids: Ids of the items.
            agent: Agent who dismisses them.
        """

        def dismiss_items(transaction: Transaction) -> int:
            now, count = self._clock.now(), 0
            for identity in ids:
                row = self._sql.get(transaction.connection, id=identity)
                if not self._sql.dismiss(transaction.connection, id=identity, now=now, agent=agent):
                    continue
                count += 1
                detail = f"{row['account']}: {row['reason']}"
                values = (agent, "dismissed a held item", 0, 0, detail)
                record_action(transaction, self._rng, self._clock, *values)
            transaction.mark_changed(Subject.ACCOUNT)
            return count

        return await self._database.write(dismiss_items)

    async def restore(self, ids: Sequence[int]) -> int:
        """Hold dismissed items again; return how many were dismissed until now.

        Args:
            ids: Ids of the items.
        """

        def restore_items(transaction: Transaction) -> int:
            count: int = sum(
                self._sql.restore(transaction.connection, id=identity) for identity in ids
            )
            transaction.mark_changed(Subject.ACCOUNT)
            return count

        return await self._database.write(restore_items)

    async def hold(
        self, account: str, arrival: Arrival, reason: HeldReason, *, size: int = 0
    ) -> None:
        """Hold something that no events were read from.

        Args:
            account: Account that it reached.
            arrival: What arrived.
            reason: Why it is held.
            size: Size of the body as it came, in bytes, if the arrival has only its beginning.
        """
        now = self._clock.now()
        await self._database.write(
            lambda t: save_arrival(t, now, account, arrival, reason, size=size)
        )

    async def count_refusals(self, counts: Mapping[tuple[str, Refusal], int]) -> None:
        """Count requests that were refused without being kept.

        Args:
            counts: Number of requests by account (empty for an unknown name) and kind.
        """

        def add_counts(transaction: Transaction) -> None:
            now = self._clock.now()
            for (account, refusal), count in counts.items():
                values = {"account": account, "refusal": refusal.value, "count": count, "now": now}
                self._sql.count_refusal(transaction.connection, **values)
            transaction.mark_changed(Subject.ACCOUNT)

        await self._database.write(add_counts)

    async def list_refusals(self) -> list[RefusalCount]:
        """Return how many requests were refused without being kept."""
        return [to_refusal_count(row) for row in await self._database.read(self._sql.list_refusals)]

    async def prune(self) -> int:
        """Delete what was read or done long ago; return how many rows are gone.

        Other writers get their turn after each part: a busy account has thousands of rows.
        """
        now = self._clock.now()
        oldest = functools.partial(
            self._sql.has_old,
            large_before=now - _LARGE_READ_KEPT_MS,
            read_before=now - _READ_KEPT_MS,
            done_before=now - _DONE_KEPT_MS,
        )
        if not await self._database.read(oldest):
            return 0
        read = await self._delete_before(self._sql.prune_read, now - _READ_KEPT_MS)
        read += await self._delete_before(self._sql.prune_large_read, now - _LARGE_READ_KEPT_MS)
        return read + await self._delete_before(self._sql.prune_done, now - _DONE_KEPT_MS)

    async def _delete_before(self, delete: Callable[..., int], before: int) -> int:
        """Run a deletion in parts until nothing is left to delete; return how many are gone."""
        query = functools.partial(delete, before=before, limit=_PRUNED_AT_ONCE)
        total, deleted = 0, _PRUNED_AT_ONCE
        while deleted == _PRUNED_AT_ONCE:
            deleted = await self._database.write(lambda t: query(t.connection))
            total += deleted
        return total
