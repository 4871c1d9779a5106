"""What goes wrong for many at once: equal failures as one line, and what waits for an account."""

import functools
from dataclasses import dataclass

from tui.clock import DAY, Clock
from tui.domain.advice import Advice
from tui.domain.status import Status
from tui.store.database import Database
from tui.store.queries import queries

_RECENT = 3 * DAY
_LEAST = 2
"""One failure is seen in its own conversation."""


@dataclass(frozen=True, slots=True)
class Group:
    """Messages of several conversations that failed alike and that nobody has dealt with."""

    account: str
    status: Status
    reason: str
    advice: Advice
    messages: int
    conversations: int


class Troubles:
    """Reads the failures of the last days, all together."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Keep what every call needs."""
        self._database = database
        self._clock = clock
        self._sql = queries("troubles")

    async def groups(self) -> list[Group]:
        """Equal failures in two conversations or more, the largest group first."""
        since = self._clock.now() - _RECENT
        query = functools.partial(self._sql.groups, since=since, least=_LEAST)
        return [
            Group(
                row["account"],
                Status(row["status"]),
                row["reason"],
                Advice(row["advice"]),
                row["messages"],
                row["conversations"],
            )
            for row in await self._database.read(query)
        ]

    async def held_up(self) -> dict[str, int]:
        """How many messages of each account were refused for now and wait for another try."""
        query = functools.partial(self._sql.held_up, now=self._clock.now())
        return {row["account"]: row["messages"] for row in await self._database.read(query)}
