"""Read failures that concern many messages at once.

Equal failures are grouped into one line; messages that wait for an account are counted.
"""

import functools

from tui.clock import DAY, Clock
from tui.domain.message import Advice
from tui.domain.record_type import record
from tui.domain.status import Status
from tui.store.engine import Engine
from tui.store.queries import queries

_PERIOD_MS = 3 * DAY
_MIN_CONVERSATIONS = 2
"""A single failure is visible in its own conversation."""


@record
class FailureGroup:
    """Unhandled messages of several conversations that failed in the same way."""

    account: str
    status: Status
    reason: str
    advice: Advice
    messages: int
    conversations: int


class Failures:
    """Reader of the failures of the last days."""

    def __init__(self, database: Engine, clock: Clock) -> None:
        """Create the reader of one database.

        Args:
            database: Open inbox database.
            clock: Source of the current time.
        """
        self._database = database
        self._clock = clock
        self._sql = queries("troubles")

    async def list_groups(self) -> list[FailureGroup]:
        """Return equal failures in two conversations or more, the largest group first."""
        since = self._clock.now() - _PERIOD_MS
        query = functools.partial(self._sql.groups, since=since, least=_MIN_CONVERSATIONS)
        return [
            FailureGroup(
                row["account"],
                Status(row["status"]),
                row["reason"],
                Advice(row["advice"]),
                row["messages"],
                row["conversations"],
            )
            for row in await self._database.read(query)
        ]

    async def count_delayed_messages(self) -> dict[str, int]:
        """Return how many messages of each account were refused and wait for a retry."""
        query = functools.partial(self._sql.held_up, now=self._clock.now())
        return {row["account"]: row["messages"] for row in await self._database.read(query)}
