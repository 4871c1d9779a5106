"""Read statistics of the last days on the search connection.

The queries are limited by time, whatever the size of the inbox.
"""

import functools

from tui.clock import HOUR
from tui.domain.ids import smallest_id_at
from tui.domain.message import Direction
from tui.domain.statistics import AccountStatistics, TrafficStatistics, measure_waits
from tui.store.connections import Connection
from tui.store.engine import Engine
from tui.store.queries import queries


class StatisticsReader:
    """Reader of the message statistics."""

    def __init__(self, database: Engine) -> None:
        """Create the reader of one database."""
        self._database = database

    async def get_statistics(self, since: int, until: int) -> TrafficStatistics:
        """Return the statistics of a period, hour by hour.

        Cancelling the call stops the query.

        Args:
            since: Start of the period, in ms UTC.
            until: End of the period, in ms UTC.
        """
        return await self._database.search(functools.partial(_read_statistics, since, until))


def _read_statistics(since: int, until: int, connection: Connection) -> TrafficStatistics:
    """Read the statistics with four scans of the last days."""
    sql, first = queries("numbers"), smallest_id_at(since)
    # Rounded up, because the last hour is usually not complete.
    hours = max(1, -(-(until - since) // HOUR))
    counts = {direction: [0] * hours for direction in (Direction.IN.value, Direction.OUT.value)}
    for row in sql.by_hour(connection, first_id=first, since=since, hour=HOUR):
        if 0 <= row["place"] < hours:
            counts[row["direction"]][row["place"]] = row["messages"]
    accounts = sql.by_account(connection, first_id=first, since=since)
    turns = sql.turns(connection, first_id=first)
    return TrafficStatistics(
        since=since,
        received=tuple(counts[Direction.IN.value]),
        sent=tuple(counts[Direction.OUT.value]),
        accounts=tuple(AccountStatistics(*row) for row in accounts),
        reply_times=tuple(measure_waits((row[0], row[1], row[2]) for row in turns)),
        opt_outs=tuple(row["at"] for row in sql.opt_outs(connection, since=since)),
    )
