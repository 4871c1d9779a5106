"""Query receipts by message id, if the provider has no page of them.

Only messages that can still change are queried: the youngest first, and each less often as
it ages. Uncertain messages are looked up, as far as the provider supports it.
"""

from collections.abc import Sequence

from tui.clock import HOUR, SECOND, get_latest_believable
from tui.domain.capabilities import ReceiptChannel
from tui.domain.events import Receipt, Unreadable
from tui.domain.ids import normalize_provider_id, to_reference
from tui.domain.message import Message
from tui.domain.status import Status
from tui.providers.errors import NotFound
from tui.store.receipt_schedule import NEVER, ReceiptQuery
from tui.sync.context import RoundResult, ServedAccount, SyncContext, store_events

_QUERY_PAUSES = (2, 5, 10, 20, 40, 120, 300, 900)
"""Seconds from sending to the first query, and from each query to the next."""
_QUERIED_FOR_MS = 72 * HOUR
"""How long receipts are queried if the provider names no end."""
_DUE_LIMIT = 500


def get_query_pause(queries: int) -> int:
    """Return the milliseconds from one query of a message to the next.

    Args:
        queries: Number of queries so far; 0 for the pause from sending to the first query.
    """
    return _QUERY_PAUSES[min(queries, len(_QUERY_PAUSES) - 1)] * SECOND


def get_earliest_report(message: Message) -> int:
    """Return the time (ms UTC) from which on there can be a receipt of a message."""
    return max(message.status_at, message.scheduled_at or 0)


def get_next_query(message: Message, queries: int, now: int) -> int:
    """Return the time (ms UTC) of the next query of a message.

    Args:
        message: Message to query.
        queries: Number of queries so far, one that is made now included.
        now: Current time (ms UTC).
    """
    if queries == 0:
        if message.status_at > get_latest_believable(now):  # the clock was set back
            return max(now, message.scheduled_at or 0)
        return get_earliest_report(message) + get_query_pause(0)
    return max(now, message.scheduled_at or 0) + get_query_pause(queries)


class ReceiptPoller:
    """Query the receipts of one account."""

    def __init__(self, account: ServedAccount, context: SyncContext) -> None:
        """Create the poller of one account.

        Args:
            account: Account to serve.
            context: Shared services of sync.
        """
        self._account = account
        self._context = context
        self._capabilities = account.provider.capabilities

    @property
    def can_query(self) -> bool:
        """Return whether this provider supports queries by message."""
        return self._queries_by_id or self._capabilities.can_look_up

    async def run_round(self) -> RoundResult:
        """Query all messages that are due; raise `ProviderError` if the provider fails."""
        answered, new_events = False, 0
        while (found := await self._query_due()) is not None:
            answered, new_events = True, new_events + found
        due = await self._context.store.receipt_schedule.get_next_time(self._build_query())
        if due is None or due >= NEVER:
            return RoundResult(None, answered, new_events=new_events)
        return RoundResult(
            max(0.5, (due - self._context.clock.now()) / SECOND), answered, new_events=new_events
        )

    async def _query_due(self) -> int | None:
        """Make one query; return the number of new events, or None if no message was due."""
        store, now = self._context.store, self._context.clock.now()
        due = await store.receipt_schedule.list_due(self._build_query(), _DUE_LIMIT)
        early = [
            message for message, asks in due if asks == 0 and get_next_query(message, 0, now) > now
        ]
        # Messages never queried have no stored time yet; theirs is set without a query.
        if early:
            await store.receipt_schedule.save_schedule(
                [(m.id, 0, get_next_query(m, 0, now)) for m in early]
            )
        waiting = {m.id for m in early}
        ready = [(message, asks) for message, asks in due if message.id not in waiting]
        if not ready:
            return None
        unknown = [found for found in ready if found[0].status is Status.UNCERTAIN]
        if unknown:
            return await self._look_up_uncertain(*unknown[0])
        return await self._query_batch(ready[: max(1, self._capabilities.receipt_batch)])

    @property
    def _queries_by_id(self) -> bool:
        """Return whether receipts are queried by message id."""
        return self._capabilities.receipts is ReceiptChannel.BY_ID

    def _build_query(self) -> ReceiptQuery:
        """Return the filter for the messages that may be queried."""
        lasts = self._capabilities.receipts_last_ms or _QUERIED_FOR_MS
        return ReceiptQuery(
            self._account.name,
            since=self._context.clock.now() - lasts,
            uncertain_only=not self._queries_by_id,
            by_reference=self._capabilities.can_look_up_references,
        )

    async def _query_batch(self, batch: Sequence[tuple[Message, int]]) -> int:
        """Query several messages; each is recorded first, so that failures slow it down too."""
        await self._record_queries(batch)
        receipts = await self._account.provider.fetch_receipts_by_id(
            [m.provider_id for m, _ in batch]
        )
        return await self._store_receipts(receipts, batch)

    async def _look_up_uncertain(self, message: Message, queries: int) -> int:
        """Look up one uncertain message; `NotFound` at the provider proves nothing."""
        await self._record_queries([(message, queries)])
        if not self._capabilities.can_look_up:
            return 0
        lookup_id = message.provider_id or to_reference(message.id)
        try:
            receipt = await self._account.provider.look_up_message(lookup_id)
        except NotFound:
            return 0
        return await self._store_receipts([receipt], [(message, queries)])

    async def _record_queries(self, batch: Sequence[tuple[Message, int]]) -> None:
        """Record that these messages are queried now, and when the next query is due."""
        now = self._context.clock.now()
        asks = [(m.id, count + 1, get_next_query(m, count + 1, now)) for m, count in batch]
        await self._context.store.receipt_schedule.save_schedule(asks)

    async def _store_receipts(
        self, receipts: Sequence[Receipt | Unreadable], batch: Sequence[tuple[Message, int]]
    ) -> int:
        """Store the receipts; stop the queries of messages without further reports."""
        stored = await store_events(self._context.store, self._account.name, receipts)
        ended = {
            normalize_provider_id(r.provider_id)
            for r in receipts
            if isinstance(r, Receipt) and r.is_last_report and r.provider_id
        }
        done = [(m, asks) for m, asks in batch if normalize_provider_id(m.provider_id) in ended]
        if done:
            await self._context.store.receipt_schedule.save_schedule(
                [(m.id, asks + 1, NEVER) for m, asks in done]
            )
        return stored.new
