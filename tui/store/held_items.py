"""Store everything that reached an account, as it came, and list what of it is held.

An arrival is written in the transaction that stores its events, so that no request is answered
whose content is neither in a conversation nor held.
"""

import functools
import json
import random
from collections.abc import Mapping, Sequence
from typing import Any

from tui.clock import DAY, Clock
from tui.domain.arrivals import (
    Arrival,
    ArrivalState,
    HeldGroup,
    HeldItem,
    HeldReason,
    Refusal,
    RefusalCount,
)
from tui.domain.change import Subject
from tui.store.audit import record_action
from tui.store.database import Database, Transaction
from tui.store.held_rows import to_held_group, to_held_item, to_refusal_count
from tui.store.queries import queries

MOST_HELD = 1_000
"""Items that may be held for one account."""
MOST_HELD_BYTES = 64 << 20
"""Bytes that the held items of one account may have."""
_READ_KEPT_MS = 14 * DAY
"""How long the bytes are kept of what was read at once."""
_DONE_KEPT_MS = 90 * DAY
"""How long items are kept that were taken in or dismissed."""
_PRUNED_AT_ONCE = 500


def save_arrival(
    transaction: Transaction,
    now: int,
    account: str,
    arrival: Arrival,
    reason: HeldReason | None,
    *,
    size: int = 0,
) -> bool:
    """Store something that arrived; return whether it is held now and was not before.

    Args:
        transaction: Transaction that stores the events of the arrival.
        now: Current time in ms UTC.
        account: Account that it reached.
        arrival: What arrived.
        reason: Why it is held; None if everything in it was stored.
        size: Size of the body as it came, in bytes, if the arrival has only its beginning.
    """
    sql, connection = queries("held_items"), transaction.connection
    known = sql.known_arrival(connection, account=account, digest=arrival.digest)
    if known is not None:
        sql.count_repeat(connection, id=known["id"], now=now)
        if known["state"] == ArrivalState.HELD:
            _update_held(transaction, now, known["id"], arrival, reason, agent="")
        return False
    state = ArrivalState.HELD if reason else ArrivalState.READ
    sql.add_arrival(
        connection,
        account=account,
        digest=arrival.digest,
        method=arrival.method,
        channel=arrival.channel.value,
        source=arrival.source.value,
        tail=arrival.tail,
        query=json.dumps(list(arrival.query)),
        body=arrival.body,
        size=size or len(arrival.body),
        state=state.value,
        cause=reason.cause.value if reason else "",
        reason=reason.text if reason else "",
        now=now,
        **_to_header_values(arrival),
    )
    if reason is None:
        return False
    sql.add_account(connection, account=account)
    _enforce_quota(transaction, now, account)
    transaction.mark_changed(Subject.ACCOUNT)
    return True


def save_retry(
    transaction: Transaction, now: int, item: HeldItem, reason: HeldReason | None, agent: str
) -> None:
    """Store the result of reading a held item again.

    Args:
        transaction: Transaction that stores the events of the item.
        now: Current time in ms UTC.
        item: The held item.
        reason: Why it is still held; None if everything in it was stored.
        agent: Agent who asked for it.
    """
    _update_held(transaction, now, item.id, item.arrival, reason, agent=agent)


def _update_held(
    transaction: Transaction,
    now: int,
    item_id: int,
    arrival: Arrival,
    reason: HeldReason | None,
    *,
    agent: str,
) -> None:
    """Take a held item in, or note the reason why it stays held."""
    queries("held_items").update_arrival(
        transaction.connection,
        id=item_id,
        state=(ArrivalState.HELD if reason else ArrivalState.RETAKEN).value,
        # The reason why it was held is the record of what was taken in.
        cause=reason.cause.value if reason else None,
        reason=reason.text if reason else None,
        done_at=0 if reason else now,
        done_by=agent,
        **_to_header_values(arrival),
    )
    transaction.mark_changed(Subject.ACCOUNT)


def _enforce_quota(transaction: Transaction, now: int, account: str) -> None:
    """Make room by dropping the oldest bodies: of what is dismissed, then of what is held."""
    sql, connection = queries("held_items"), transaction.connection
    total = sql.measure_kept(connection, account=account)
    held, size = total["held"], total["bytes"]
    while held > MOST_HELD or size > MOST_HELD_BYTES:
        victim = sql.oldest_done(connection, account=account) if size > MOST_HELD_BYTES else None
        if victim is None:
            victim = sql.oldest_held(connection, account=account)
            if victim is None or held == 1:
                return
            sql.dismiss_for_quota(connection, id=victim["id"], now=now)
            held -= 1
        sql.drop_body(connection, id=victim["id"])
        size -= victim["bytes"]


def _to_header_values(arrival: Arrival) -> dict[str, Any]:
    """Return the columns that can differ when the same content comes again."""
    return {
        "target": arrival.target,
        "headers": json.dumps(dict(arrival.headers)),
        "http_version": arrival.http_version,
    }


class HeldItems:
    """What is held, what was refused, and what became of it."""

    def __init__(self, database: Database, clock: Clock, rng: random.Random) -> None:
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
        """Return the held items, newest first, with the first 16,000 bytes of each body.

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
        """Delete what was read or done long ago; return how many rows are gone."""

        def delete_rows(transaction: Transaction) -> int:
            now, limit = self._clock.now(), _PRUNED_AT_ONCE
            sql, connection = self._sql, transaction.connection
            read = sql.prune_read(connection, before=now - _READ_KEPT_MS, limit=limit)
            done = sql.prune_done(connection, before=now - _DONE_KEPT_MS, limit=limit)
            return int(read) + int(done)

        return await self._database.write(delete_rows)
