"""Delete messages that are older than an inbox keeps them, a few at a time.

What still needs work stays whatever its age: what is queued, being sent or maybe sent, what waits
for its receipt, and everything of starred conversations. Opt-outs and contacts stay too.
"""

import functools
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tui.clock import DAY, HOUR, SECOND, Clock
from tui.domain.change import Subject
from tui.domain.ids import smallest_id_at
from tui.domain.status import Status
from tui.store.connections import Connection, Row
from tui.store.engine import Engine, Transaction
from tui.store.erasure import drop_merge_records, erase_conversation, erase_messages
from tui.store.lead_rights import KEPT_DATA, require_lead
from tui.store.queries import queries
from tui.store.summaries import Summaries

_AT_ONCE = 100
"""Messages, or other rows, that one transaction looks at: other writers wait that long."""
_PAGE = 1_000
"""Messages that are read at once to be counted."""
_PAUSE_MS = HOUR
"""Time (ms) after which the oldest messages are looked through again."""
_RECEIPT_WAIT_MS = 30 * DAY
"""Time (ms) after which no receipt comes any more, whatever the provider."""
_NEEDS_WORK = frozenset({Status.QUEUED, Status.SENDING, Status.UNCERTAIN})
_WAITS_FOR_RECEIPT = frozenset({Status.ACCEPTED, Status.SUBMITTED, Status.SCHEDULED})
_TOO_OLD = "older than what is kept"
_STARRED, _UNFINISHED = "starred", "unfinished"


@dataclass(slots=True)
class MonthCount:
    """What of one month would be deleted."""

    conversations: set[int] = field(default_factory=set)
    messages: int = 0
    files: int = 0
    bytes: int = 0

    def add(self, row: Row, files: int, size: int) -> None:
        """Count one message.

        Args:
            row: Row of `messages`.
            files: Number of its files.
            size: Bytes of its files.
        """
        self.conversations.add(row["conversation_id"])
        self.messages += 1
        self.files += files
        self.bytes += size + len(row["body"].encode()) + len(row["subject"].encode())


@dataclass(slots=True)
class RetentionPlan:
    """What a retention time would delete now."""

    months: dict[str, MonthCount] = field(default_factory=dict)
    """By month (UTC): "2025-03"."""
    total: MonthCount = field(default_factory=MonthCount)
    payloads: int = 0
    """Raw payloads that are as old."""
    starred: int = 0
    """Messages that stay because their conversation is starred."""
    unfinished: int = 0
    """Messages that stay because they wait, or may have been sent."""
    oldest_kept: int | None = None
    """Time of the oldest message that stays (ms UTC)."""


class Retention:
    """Deletion by age."""

    def __init__(self, database: Engine, clock: Clock, rng: random.Random) -> None:
        """Create the deletion of one database.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
            rng: Source of randomness for new ids.
        """
        self._database = database
        self._clock = clock
        self._rng = rng
        self._sql = queries("erasure")
        self._after = 0
        """Id of the last message that was looked at; 0 to begin with the oldest."""
        self._next_at = 0.0
        """When to begin again, in seconds of the clock that is never set."""

    async def measure(self, days: int) -> RetentionPlan:
        """Return what would be deleted; nothing is changed.

        Args:
            days: Age in days from which messages are deleted.
        """
        now = self._clock.now()
        cutoff, plan, after = now - days * DAY, RetentionPlan(), 0
        while found := await self._read_page(after, cutoff, _PAGE):
            sizes = await self._read_sizes(found)
            for row in found:
                if reason := _find_reason_to_keep(row, cutoff, now):
                    plan.starred += reason == _STARRED
                    plan.unfinished += reason == _UNFINISHED
                    plan.oldest_kept = min(row["at"], plan.oldest_kept or row["at"])
                    continue
                month = f"{datetime.fromtimestamp(row['at'] / SECOND, UTC):%Y-%m}"
                files, size = sizes.get(row["id"], (0, 0))
                for count in (plan.months.setdefault(month, MonthCount()), plan.total):
                    count.add(row, files, size)
            after = found[-1]["id"]
        oldest = functools.partial(self._sql.oldest_kept, bound=smallest_id_at(cutoff))
        newer = await self._database.read(oldest)
        plan.oldest_kept = min(filter(None, (plan.oldest_kept, newer)), default=None)
        count_old = functools.partial(self._sql.count_old_arrivals, before=cutoff)
        plan.payloads = await self._database.read(count_old)
        return plan

    async def run_round(self, days: int) -> int:
        """Delete a few messages if some are due; return how many rows are gone.

        Args:
            days: Age in days from which messages are deleted; 0 for never.
        """
        if days <= 0 or self._clock.monotonic() < self._next_at:
            return 0
        cutoff = self._clock.now() - days * DAY
        deleted = await self._delete_next(cutoff)
        if self._after:
            return deleted
        deleted += await self._delete_payloads(cutoff)
        self._next_at = self._clock.monotonic() + _PAUSE_MS / SECOND
        return deleted

    async def prune(
        self, days: int, agent: str, report: Callable[[int], None] = lambda count: None
    ) -> int:
        """Delete everything that is old enough; return how many messages are gone.

        Args:
            days: Age in days from which messages are deleted.
            agent: Name of the agent who asks for it.
            report: Called with the number of messages that are gone by now.
        """
        await self._database.read(lambda connection: require_lead(connection, agent, KEPT_DATA))
        cutoff, total, self._after = self._clock.now() - days * DAY, 0, 0
        while True:
            total += await self._delete_next(cutoff)
            report(total)
            if not self._after:
                break
        payloads = await self._delete_payloads(cutoff)
        if total or payloads:
            values = {"at": self._clock.now(), "agent": agent}
            add = functools.partial(self._sql.add_erasure, **values)
            await self._database.write(lambda t: add(t.connection))
        return total

    async def _read_page(self, after: int, cutoff: int, limit: int) -> Sequence[Row]:
        """Return the next messages before a time, from the oldest on."""
        values = {"after": after, "bound": smallest_id_at(cutoff), "limit": limit}
        found: list[Row] = await self._database.read(
            functools.partial(self._sql.old_messages, **values)
        )
        return found

    async def _read_sizes(self, found: Sequence[Row]) -> Mapping[int, tuple[int, int]]:
        """Return number and bytes of the files of messages."""
        bounds = {"first_id": found[0]["id"], "last_id": found[-1]["id"]}
        sizes = await self._database.read(functools.partial(self._sql.sizes_of_files, **bounds))
        return {row["message_id"]: (row["files"], row["bytes"]) for row in sizes}

    async def _delete_next(self, cutoff: int) -> int:
        """Delete the next messages; `_after` is 0 if these were the last."""
        found = await self._read_page(self._after, cutoff, _AT_ONCE)
        if not found:
            self._after = 0
            return 0
        deleted = 0
        now = self._clock.now()
        if any(not _find_reason_to_keep(row, cutoff, now) for row in found):
            deleted = await self._database.write(
                functools.partial(self._delete_messages, after=self._after, cutoff=cutoff)
            )
        self._after = found[-1]["id"] if len(found) == _AT_ONCE else 0
        return deleted

    def _delete_messages(self, transaction: Transaction, *, after: int, cutoff: int) -> int:
        """Delete the next messages that may be, and the conversations that are empty then."""
        connection, now = transaction.connection, self._clock.now()
        values = {"after": after, "bound": smallest_id_at(cutoff), "limit": _AT_ONCE}
        # Read once more: an agent may have starred or cancelled something meanwhile.
        found = [
            row
            for row in self._sql.old_messages(connection, **values)
            if not _find_reason_to_keep(row, cutoff, now)
        ]
        summaries = Summaries(transaction, self._rng)
        erase_messages(transaction, summaries, found)
        for identity in dict.fromkeys(row["conversation_id"] for row in found):
            summary = summaries.get(identity)
            if not summary["last_id"] and self._can_drop(connection, identity, cutoff):
                erase_conversation(transaction, summaries, summary)
        summaries.flush()
        return len(found)

    def _can_drop(self, connection: Connection, conversation_id: int, cutoff: int) -> bool:
        """Return whether an empty conversation has no newer draft and waits for no text to many.

        One that is on a screen stays as well.
        """
        place = {"conversation_id": conversation_id}
        drafted_at = self._sql.newest_draft(connection, **place)
        is_drafted = drafted_at is not None and drafted_at >= cutoff
        if is_drafted or self._sql.has_waiting_text(connection, **place):
            return False
        return not self._sql.is_shown(connection, **place)

    async def _delete_payloads(self, cutoff: int) -> int:
        """Delete raw payloads, texts to many and other records that are as old.

        Others get their turn between the transactions.
        """
        values, sql = {"before": cutoff, "limit": _AT_ONCE}, self._sql
        single = (sql.drop_loose_events, sql.drop_old_runs, sql.drop_old_recipients)
        drops = [functools.partial(drop, **values) for drop in single]
        for state in ("read", "held", "retaken", "dismissed"):
            drops.append(functools.partial(self._sql.drop_arrivals, state=state, **values))
        total = 0
        for drop in drops:
            deleted = _AT_ONCE
            while deleted == _AT_ONCE:
                deleted = await self._database.write(functools.partial(_run_drop, drop))
                total += deleted
        for work in (_drop_old_merges, _drop_old_drafts):
            await self._database.write(functools.partial(work, before=cutoff, limit=_AT_ONCE))
        await self._database.write(functools.partial(_blank_old_lines, before=cutoff))
        return total


def _run_drop(drop: Callable[[Connection], int], transaction: Transaction) -> int:
    """Run a deletion so that what it deletes is overwritten."""
    queries("erasure").overwrite_deleted(transaction.connection)
    return drop(transaction.connection)


def _drop_old_merges(transaction: Transaction, *, before: int, limit: int) -> None:
    """Delete records of merges that are too old to be undone."""
    found = queries("erasure").old_merges(transaction.connection, before=before, limit=limit)
    drop_merge_records(transaction.connection, found)


def _drop_old_drafts(transaction: Transaction, *, before: int, limit: int) -> None:
    """Delete drafts that no agent has changed for so long, unless they are planned for later."""
    sql, connection = queries("erasure"), transaction.connection
    sql.overwrite_deleted(connection)
    for row in sql.old_drafts(connection, before=before, limit=limit):
        place = {"conversation_id": row["conversation_id"], "agent": row["agent"]}
        sql.drop_old_draft(connection, **place, before=before)
        sql.drop_old_note_draft(connection, **place, before=before)
        transaction.mark_changed(Subject.DRAFT, row["conversation_id"], row["conversation_id"])


def _blank_old_lines(transaction: Transaction, *, before: int) -> None:
    """Erase what hooks and rules reported so long ago, and texts to many that no one is left of."""
    sql, connection = queries("erasure"), transaction.connection
    sql.overwrite_deleted(connection)
    sql.blank_old_target_lines(connection, before=before, line=_TOO_OLD)
    sql.blank_old_problems(connection, before=before)
    sql.drop_empty_texts_to_many(connection)
    sql.blank_empty_texts_to_many(connection)


def _find_reason_to_keep(row: Mapping[str, Any] | Row, cutoff: int, now: int) -> str:
    """Return why a message stays, or "" if it may be deleted.

    Args:
        row: Row of `messages`, with the star of its conversation.
        cutoff: Time (ms UTC) before which messages are deleted.
        now: Current time (ms UTC).
    """
    if row["at"] >= cutoff:
        return "new"
    if row["starred"]:
        return _STARRED
    status = Status(row["status"]) if row["status"] else None
    begun = max(row["at"], row["scheduled_at"] or 0)
    if status in _NEEDS_WORK or (status in _WAITS_FOR_RECEIPT and begun > now - _RECEIPT_WAIT_MS):
        return _UNFINISHED
    return ""
