"""Whose receipts are to be asked for, where a provider tells them only when asked."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from tui.clock import Clock
from tui.domain.message import Message
from tui.store import rows
from tui.store.database import Database
from tui.store.queries import queries


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which messages of an account are asked about."""

    account: str
    since: int
    """Written before this moment (ms UTC): not asked any more."""
    uncertain_only: bool = False
    """Whether receipts of all others come by themselves."""
    by_reference: bool = False
    """Whether uncertain ones without a provider's id can be asked for too."""


class Asks:
    """The schedule of asking: each message carries when it is next asked about."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Keep what every call needs."""
        self._database = database
        self._clock = clock
        self._sql = queries("outbox")

    async def due(self, wanted: Wanted, limit: int) -> list[tuple[Message, int]]:
        """Messages to ask about now, youngest first: (message, times asked)."""
        query = functools.partial(
            self._sql.askable,
            account=wanted.account,
            since=wanted.since,
            now=self._clock.now(),
            uncertain_only=wanted.uncertain_only,
            by_reference=wanted.by_reference,
            limit=limit,
        )
        found = await self._database.read(query)
        return [(rows.message(row), row["asks"]) for row in found]

    async def next(self, wanted: Wanted) -> int | None:
        """When the next message is to be asked about (ms UTC); None when there is none."""
        query = functools.partial(
            self._sql.next_ask,
            account=wanted.account,
            since=wanted.since,
            uncertain_only=wanted.uncertain_only,
            by_reference=wanted.by_reference,
        )
        return await self._database.read(query)

    async def note(self, asks: Sequence[tuple[int, int, int]]) -> None:
        """Note (message id, times asked, when to ask next in ms UTC)."""
        now = self._clock.now()
        values = [{"id": i, "asks": n, "ask_at": at, "now": now} for i, n, at in asks]
        await self._database.write(lambda t: self._sql.asked(t.connection, values))
