"""Fetches replies and receipts by the page: poll, store, confirm.

Nothing is confirmed that is not on disk. Whatever happens between two of these steps, the same page
comes again, and its unique event ids make that harmless.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from tui.clock import MINUTE, SECOND
from tui.domain.capabilities import ReceiptChannel
from tui.domain.events import Page
from tui.providers.errors import ProviderError
from tui.sync.backoff import Pace, between_polls
from tui.sync.hands import Hands
from tui.sync.ingest import take_in, to_confirm
from tui.sync.lane import Rest
from tui.sync.served import ServedAccount

_EXPECTED = 10 * MINUTE
"""Receipts of messages younger than this are waited for."""
_MOST_PAGES = 50
"""A round fetches at most so many pages, so that replies cannot hold up receipts for ever."""
_CONFIRMED_AT_ONCE = 100
_TICK = 0.001
"""Seconds that no pause is worth: clocks count in milliseconds."""


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of page that a provider hands out."""

    fetch: Callable[[str], Awaitable[Page]]
    confirm: Callable[[Sequence[str]], Awaitable[None]] | None
    read_cursor: Callable[[], Awaitable[str]]
    save_cursor: Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of fetching."""

    new: int = 0
    more: bool = False
    """Whether there is more to be fetched at once."""
    latency_ms: int = 0


class Poller:
    """Polls one account."""

    def __init__(self, account: ServedAccount, hands: Hands, pace: Pace) -> None:
        """Nothing is fetched yet."""
        self._account = account
        self._hands = hands
        self._pace = pace
        self._sources = tuple(_sources(account, hands))
        self._quiet = 0
        self._polled_at = float("-inf")
        self._pause = 0.0

    @property
    def polls(self) -> bool:
        """Whether the provider has any page to fetch."""
        return bool(self._sources)

    def hurry(self) -> None:
        """Poll in the next round, whatever the pace."""
        self._pause = 0.0

    async def round(self) -> Rest:
        """Poll if it is time; raises `ProviderError` when any of the sources fails."""
        left = await self._left()
        if left > _TICK:
            return Rest(left)
        fetched = await self._poll()
        self._quiet = 0 if fetched.new else self._quiet + 1
        self._polled_at = self._hands.clock.monotonic()
        expecting = await self._expecting()
        self._pause = between_polls(self._pace, self._quiet, expecting, self._hands.rng)
        if fetched.more:
            self._pause = 0.0
        return Rest(self._pause, True, fetched.latency_ms, fetched.new)

    async def _poll(self) -> Fetched:
        """Fetch all that waits; one source's trouble does not keep the other from being asked."""
        trouble: ProviderError | None = None
        new, more, latency = 0, False, 0
        for source in self._sources:
            try:
                fetched = await self._drain(source)
            except ProviderError as error:
                trouble = trouble or error
                continue
            new, more = new + fetched.new, more or fetched.more
            latency = latency or fetched.latency_ms
        if trouble is not None:
            raise trouble
        return Fetched(new, more, latency)

    async def _left(self) -> float:
        """Seconds until it is time to poll."""
        pause = self._pause
        if pause > self._pace.quick and await self._expecting():
            pause = between_polls(self._pace, 0, True, self._hands.rng)
        return self._polled_at + pause - self._hands.clock.monotonic()

    async def _expecting(self) -> bool:
        """Whether something is likely to come soon: a receipt, or an answer someone waits for."""
        store, name = self._hands.store, self._account.name
        since = self._hands.clock.now() - _EXPECTED
        return await store.outbox.outstanding(name, since) or name in (
            await store.presence.accounts()
        )

    async def _drain(self, source: Source) -> Fetched:
        """Page after page, until one brings nothing new."""
        clock = self._hands.clock
        new, latency = 0, 0
        for _ in range(_MOST_PAGES):
            cursor = await source.read_cursor()
            began = clock.monotonic()
            page = await source.fetch(cursor)
            latency = latency or max(1, round((clock.monotonic() - began) * SECOND))
            fresh = await self._keep(source, page, cursor)
            new += fresh
            if not page.more or not (fresh or page.cursor != cursor):
                return Fetched(new, False, latency)
        return Fetched(new, True, latency)

    async def _keep(self, source: Source, page: Page, cursor: str) -> int:
        """Store a page, then confirm it and move on; how many of its events were new."""
        stored = await take_in(self._hands.store, self._account.name, page.events)
        if source.confirm is not None:
            ids = to_confirm(page.events)
            for start in range(0, len(ids), _CONFIRMED_AT_ONCE):
                await source.confirm(ids[start : start + _CONFIRMED_AT_ONCE])
        if page.cursor != cursor:
            await source.save_cursor(page.cursor)
        if stored.aside:
            self._hands.log("set aside", account=self._account.name, items=stored.aside)
        return stored.new


def _sources(account: ServedAccount, hands: Hands) -> list[Source]:
    """The pages that this account's provider hands out."""
    provider, accounts, name = account.provider, hands.store.accounts, account.name
    abilities = provider.capabilities

    async def reply_cursor() -> str:
        return (await accounts.cursors(name))[0]

    async def receipt_cursor() -> str:
        return (await accounts.cursors(name))[1]

    async def save_reply_cursor(cursor: str) -> None:
        await accounts.save_reply_cursor(name, cursor)

    async def save_receipt_cursor(cursor: str) -> None:
        await accounts.save_receipt_cursor(name, cursor)

    found = []
    if abilities.replies.polled:
        confirm = provider.confirm_replies if abilities.confirm else None
        found.append(Source(provider.replies, confirm, reply_cursor, save_reply_cursor))
    if abilities.receipts is ReceiptChannel.PAGE:
        confirm = provider.confirm_receipts if abilities.confirm else None
        found.append(Source(provider.receipts, confirm, receipt_cursor, save_receipt_cursor))
    return found
