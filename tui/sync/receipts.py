"""Asks for receipts by message, where the provider has no page of them.

Only messages that can still change are asked about, the youngest first, each more rarely as it
ages. Messages whose fate is unknown are looked up, as far as the provider can be asked about them.
"""

from collections.abc import Sequence

from tui.clock import HOUR, SECOND
from tui.domain.capabilities import ReceiptChannel
from tui.domain.events import Receipt
from tui.domain.ids import match_key, reference
from tui.domain.message import Message
from tui.domain.status import Status
from tui.providers.errors import NotFound
from tui.store.asks import Wanted
from tui.sync.hands import Hands
from tui.sync.ingest import take_in
from tui.sync.lane import Rest
from tui.sync.served import ServedAccount

_PAUSES = (2, 5, 10, 20, 40, 120, 300, 900)
"""Seconds from sending to the first question, and from each question to the next."""
_LONGEST = 72 * HOUR
"""How long receipts are asked for where the provider names no end."""
NEVER = 1 << 62
"""Later than every time."""
_AT_ONCE = 500


def pause_after(asks: int) -> int:
    """Milliseconds from the `asks`-th question to the next; 0: from sending to the first."""
    return _PAUSES[min(asks, len(_PAUSES) - 1)] * SECOND


def begins(message: Message) -> int:
    """From when on (ms UTC) there can be news of a message."""
    return max(message.status_at, message.scheduled_at or 0)


def next_ask(message: Message, asks: int, now: int) -> int:
    """When to ask about a message next, if it has been asked about `asks` times, now included."""
    if asks == 0:
        return begins(message) + pause_after(0)
    return max(now, message.scheduled_at or 0) + pause_after(asks)


class Asker:
    """Asks for one account."""

    def __init__(self, account: ServedAccount, hands: Hands) -> None:
        """Nothing is asked yet."""
        self._account = account
        self._hands = hands
        self._abilities = account.provider.capabilities

    @property
    def asks(self) -> bool:
        """Whether this provider can be asked about a message."""
        return self._by_message or self._abilities.look_up

    async def round(self) -> Rest:
        """Ask about all that is due; raises `ProviderError`."""
        contact, news = False, 0
        while (found := await self._ask()) is not None:
            contact, news = True, news + found
        due = await self._hands.store.asks.next(self._wanted())
        if due is None or due >= NEVER:
            return Rest(None, contact, news=news)
        return Rest(max(0.5, (due - self._hands.clock.now()) / SECOND), contact, news=news)

    async def _ask(self) -> int | None:
        """One step; how many news it brought, None when nobody was due."""
        store, now = self._hands.store, self._hands.clock.now()
        due = await store.asks.due(self._wanted(), _AT_ONCE)
        early = [message for message, asks in due if asks == 0 and next_ask(message, 0, now) > now]
        if early:
            await store.asks.note([(m.id, 0, next_ask(m, 0, now)) for m in early])
        waiting = {m.id for m in early}
        ripe = [(message, asks) for message, asks in due if message.id not in waiting]
        if not ripe:
            return None
        unknown = [found for found in ripe if found[0].status is Status.UNCERTAIN]
        if unknown:
            return await self._look_up(*unknown[0])
        return await self._ask_batch(ripe[: max(1, self._abilities.ask_batch)])

    @property
    def _by_message(self) -> bool:
        """Whether receipts are asked for by message."""
        return self._abilities.receipts is ReceiptChannel.ASK

    def _wanted(self) -> Wanted:
        """Who may be asked about."""
        lasts = self._abilities.receipts_last_ms or _LONGEST
        return Wanted(
            self._account.name,
            since=self._hands.clock.now() - lasts,
            uncertain_only=not self._by_message,
            by_reference=self._abilities.finds_references,
        )

    async def _ask_batch(self, batch: Sequence[tuple[Message, int]]) -> int:
        """Ask about several; each is noted as asked first, so that trouble slows it down too."""
        await self._note(batch)
        receipts = await self._account.provider.ask_receipts([m.provider_id for m, _ in batch])
        return await self._keep(receipts, batch)

    async def _look_up(self, message: Message, asks: int) -> int:
        """Ask about one whose fate is unknown; that it is not known there proves nothing."""
        await self._note([(message, asks)])
        if not self._abilities.look_up:
            return 0
        asked = message.provider_id or reference(message.id)
        try:
            receipt = await self._account.provider.look_up(asked)
        except NotFound:
            return 0
        return await self._keep([receipt], [(message, asks)])

    async def _note(self, batch: Sequence[tuple[Message, int]]) -> None:
        """Write down that these are asked about now, and when the next time is."""
        now = self._hands.clock.now()
        asks = [(m.id, asked + 1, next_ask(m, asked + 1, now)) for m, asked in batch]
        await self._hands.store.asks.note(asks)

    async def _keep(self, receipts: Sequence[Receipt], batch: Sequence[tuple[Message, int]]) -> int:
        """Store the news; ask no more where the provider says that there will be none."""
        stored = await take_in(self._hands.store, self._account.name, receipts)
        ended = {match_key(r.provider_id) for r in receipts if r.ends_reports and r.provider_id}
        done = [(m, asks) for m, asks in batch if match_key(m.provider_id) in ended]
        if done:
            await self._hands.store.asks.note([(m.id, asks + 1, NEVER) for m, asks in done])
        return stored.new
