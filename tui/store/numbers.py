"""Counts of the last days, read beside the inbox and bounded by time whatever its size."""

import functools
import sqlite3

from tui.clock import HOUR
from tui.domain.ids import first_id
from tui.domain.message import Direction
from tui.domain.numbers import AccountNumbers, Numbers, waits
from tui.store.database import Database
from tui.store.queries import queries


class NumberBook:
    """Reads how the desk has been doing."""

    def __init__(self, database: Database) -> None:
        """Keep the database."""
        self._database = database

    async def since(self, since: int, until: int) -> Numbers:
        """What happened from `since` (ms UTC) on, hour by hour up to `until`.

        Cancelling the call stops the query.
        """
        return await self._database.search(functools.partial(_numbers, since, until))


def _numbers(since: int, until: int, connection: sqlite3.Connection) -> Numbers:
    """Four scans of the last days."""
    sql, first = queries("numbers"), first_id(since)
    hours = max(1, -(-(until - since) // HOUR))
    counts = {way: [0] * hours for way in (Direction.IN.value, Direction.OUT.value)}
    for row in sql.by_hour(connection, first_id=first, since=since, hour=HOUR):
        if 0 <= row["place"] < hours:
            counts[row["direction"]][row["place"]] = row["messages"]
    accounts = sql.by_account(connection, first_id=first, since=since)
    turns = sql.turns(connection, first_id=first)
    return Numbers(
        since=since,
        came_in=tuple(counts[Direction.IN.value]),
        went_out=tuple(counts[Direction.OUT.value]),
        accounts=tuple(AccountNumbers(*row) for row in accounts),
        answers=tuple(waits((row[0], row[1], row[2]) for row in turns)),
        opt_outs=tuple(row["at"] for row in sql.opt_outs(connection, since=since)),
    )
