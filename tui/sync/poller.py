"""Fetch pages of replies and receipts: poll, store, confirm.

Only stored events are confirmed. If anything fails between two of these steps, the same
page comes again, and its unique event ids make that harmless.
"""

from collections.abc import Awaitable, Callable, Sequence

from tui.clock import MINUTE, SECOND
from tui.domain.capabilities import ReceiptChannel
from tui.domain.events import Event, EventKind, EventPage
from tui.domain.record_type import record
from tui.providers.errors import ProviderError
from tui.sync.account_health import ACCOUNT_ERRORS
from tui.sync.backoff import PollPace, pause_between_polls
from tui.sync.context import (
    RoundResult,
    ServedAccount,
    SyncContext,
    get_confirmable_ids,
    store_events,
)

_EXPECTED_MS = 10 * MINUTE
"""Receipts of messages younger than this are expected."""
_MOST_PAGES = 50
"""Maximum pages of a round per source, so that replies cannot block receipts for ever."""
_CONFIRM_BATCH = 100
_MOST_CONFIRMATIONS = 3
"""Rounds in a row in which an event may be confirmed; a late confirmation takes one or two."""
_TICK = 0.001
"""Shortest pause in seconds: clocks count in milliseconds."""


@record
class PageSource:
    """One kind of page that a provider returns."""

    kind: EventKind
    fetch: Callable[[str], Awaitable[EventPage]]
    confirm: Callable[[Sequence[str]], Awaitable[None]] | None
    read_cursor: Callable[[], Awaitable[str]]
    save_cursor: Callable[[str], Awaitable[None]]


@record
class FetchResult:
    """Result of fetching pages."""

    new: int = 0
    more: bool = False
    """Whether another page can be fetched at once."""
    latency_ms: int = 0
    problem: str = ""
    """Why stored events could not be confirmed; empty if they were."""


class Poller:
    """Poll one account."""

    def __init__(self, account: ServedAccount, context: SyncContext, pace: PollPace) -> None:
        """Create the poller of one account.

        Args:
            account: Account to serve.
            context: Shared services of sync.
            pace: Pauses between polls.
        """
        self._account = account
        self._context = context
        self._pace = pace
        self._sources = tuple(_build_sources(account, context))
        self._confirmers = {source.kind: Confirmer(source.kind) for source in self._sources}
        self._quiet_polls = 0
        self._polled_at = float("-inf")
        self._pause = 0.0

    @property
    def has_sources(self) -> bool:
        """Return whether the provider has any page to fetch."""
        return bool(self._sources)

    def force_next_round(self) -> None:
        """Poll in the next round, whatever the pace."""
        self._pause = 0.0

    async def run_round(self) -> RoundResult:
        """Poll if it is time; raise `ProviderError` if any of the sources fails."""
        time_left = await self._get_time_left()
        if time_left > _TICK:
            return RoundResult(time_left)
        fetched = await self._poll_sources()
        self._quiet_polls = 0 if fetched.new else self._quiet_polls + 1
        self._polled_at = self._context.clock.monotonic()
        expecting = await self._is_expecting()
        self._pause = pause_between_polls(
            self._pace, self._quiet_polls, expecting, self._context.rng
        )
        if fetched.more:
            self._pause = 0.0
        return RoundResult(self._pause, True, fetched.latency_ms, fetched.new, fetched.problem)

    async def _poll_sources(self) -> FetchResult:
        """Fetch all waiting pages; an error of one source does not stop the other."""
        first_error: ProviderError | None = None
        new, more, latency, problem = 0, False, 0, ""
        for source in self._sources:
            try:
                fetched = await self._fetch_pages(source)
            except ProviderError as error:
                first_error = first_error or error
                continue
            new, more = new + fetched.new, more or fetched.more
            latency = latency or fetched.latency_ms
            problem = problem or fetched.problem
        if first_error is not None:
            raise first_error
        return FetchResult(new, more, latency, problem)

    async def _get_time_left(self) -> float:
        """Return the seconds until it is time to poll."""
        pause = self._pause
        if pause > self._pace.quick and await self._is_expecting():
            pause = pause_between_polls(self._pace, 0, True, self._context.rng)
        return self._polled_at + pause - self._context.clock.monotonic()

    async def _is_expecting(self) -> bool:
        """Return whether a receipt or an awaited reply is likely to come soon."""
        store, name = self._context.store, self._account.name
        since = self._context.clock.now() - _EXPECTED_MS
        return await store.outbox.has_pending_receipts(name, since) or name in (
            await store.presence.list_viewed_accounts()
        )

    async def _fetch_pages(self, source: PageSource) -> FetchResult:
        """Fetch page after page, until one brings nothing that this round has not seen yet.

        A page of known events may be followed by new ones, so known events do not end the
        round; a page that repeats an earlier one does, whatever it says of more pages.
        """
        clock = self._context.clock
        new, latency = 0, 0
        seen: set[str] = set()
        confirmer = self._confirmers[source.kind]
        for _ in range(_MOST_PAGES):
            cursor = await source.read_cursor()
            started_at = clock.monotonic()
            page = await source.fetch(cursor)
            latency = latency or max(1, round((clock.monotonic() - started_at) * SECOND))
            fresh = await self._store_page(source, page, cursor)
            new += fresh
            ids = {event.event_id for event in page.events}
            is_repeated = ids <= seen or page.cursor == cursor
            if not page.has_more or (not fresh and is_repeated):
                return FetchResult(new, False, latency, confirmer.finish_round())
            seen |= ids
        return FetchResult(new, True, latency, confirmer.finish_round())

    async def _store_page(self, source: PageSource, page: EventPage, cursor: str) -> int:
        """Store a page, confirm it and advance the cursor; return the number of new events."""
        account = self._account
        stored = await store_events(self._context.store, account.name, page.events, account.region)
        if source.confirm is not None:
            await self._confirmers[source.kind].confirm_events(source.confirm, page.events)
        if page.cursor != cursor:
            await source.save_cursor(page.cursor)
        if stored.unusable:
            self._context.log("held", account=self._account.name, items=stored.unusable)
        return stored.new


class Confirmer:
    """Confirm stored events of one kind, and notice when that has no effect.

    A provider that does not take a confirmation delivers the same events again with every
    poll, and hides newer ones behind them.
    """

    def __init__(self, kind: EventKind) -> None:
        """Create the confirmer of one kind of event, with nothing confirmed yet.

        Args:
            kind: `REPLY` or `RECEIPT`.
        """
        self._words = "replies" if kind is EventKind.REPLY else "receipts"
        self._rounds: dict[str, int] = {}
        """In how many rounds in a row each event was confirmed."""
        self._confirmed: set[str] = set()
        """Events that were confirmed in this round."""
        self._problem = ""

    async def confirm_events(
        self, confirm: Callable[[Sequence[str]], Awaitable[None]], events: Sequence[Event]
    ) -> None:
        """Confirm the events of a page.

        A refusal is noted and does not stop the round. An error of the whole account is raised.

        Args:
            confirm: Call of the provider.
            events: Events that are stored already.
        """
        ids = get_confirmable_ids(events)
        for start in range(0, len(ids), _CONFIRM_BATCH):
            batch = ids[start : start + _CONFIRM_BATCH]
            try:
                await confirm(batch)
            except ACCOUNT_ERRORS:
                raise
            except ProviderError as error:
                self._problem = f"{self._words} are stored but not confirmed: {error.message}"
            else:
                self._confirmed.update(batch)

    def finish_round(self) -> str:
        """Return what went wrong with the confirmations since the last call, or ""."""
        problem, self._problem = self._problem, ""
        self._rounds = {name: self._rounds.get(name, 0) + 1 for name in self._confirmed}
        self._confirmed = set()
        again = sum(count >= _MOST_CONFIRMATIONS for count in self._rounds.values())
        if again and not problem:
            problem = f"the provider delivers confirmed {self._words} again and again ({again})"
        return problem[:1].upper() + problem[1:]


def _build_sources(account: ServedAccount, context: SyncContext) -> list[PageSource]:
    """Return the pages that this account's provider returns."""
    provider, accounts, name = account.provider, context.store.accounts, account.name
    capabilities = provider.capabilities

    async def read_reply_cursor() -> str:
        return (await accounts.get_cursors(name))[0]

    async def read_receipt_cursor() -> str:
        return (await accounts.get_cursors(name))[1]

    async def save_reply_cursor(cursor: str) -> None:
        await accounts.save_reply_cursor(name, cursor)

    async def save_receipt_cursor(cursor: str) -> None:
        await accounts.save_receipt_cursor(name, cursor)

    found = []
    if capabilities.replies.is_polled:
        confirm = provider.confirm_replies if capabilities.must_confirm else None
        found.append(
            PageSource(
                EventKind.REPLY,
                provider.fetch_replies,
                confirm,
                read_reply_cursor,
                save_reply_cursor,
            )
        )
    if capabilities.receipts is ReceiptChannel.PAGE:
        confirm = provider.confirm_receipts if capabilities.must_confirm else None
        found.append(
            PageSource(
                EventKind.RECEIPT,
                provider.fetch_receipts,
                confirm,
                read_receipt_cursor,
                save_receipt_cursor,
            )
        )
    return found
