"""Find out whether a transaction was committed whose answer was lost."""

import time

from tui.store.errors import StoreError
from tui.store.postgres.connection_thread import ConnectionThread

_PATIENCE_SECONDS = 10.0
"""Time in which a server restarts, or a standby takes over."""
_PAUSE_SECONDS = 0.2


def find_outcome(thread: ConnectionThread, number: int) -> bool:
    """Return whether a transaction was committed; False also if the server does not come back.

    Args:
        thread: Thread of the connection, on which this runs.
        number: Number of the transaction.
    """
    end = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < end:
        try:
            connection = thread.reconnect()
            row = connection.execute(
                "select pg_xact_status(cast(cast(:number as text) as xid8))",
                {"number": str(number)},
            ).fetchone()
        except StoreError:
            time.sleep(_PAUSE_SECONDS)
            continue
        status = row[0] if row else None
        if status != "in progress":
            return bool(status == "committed")
        time.sleep(_PAUSE_SECONDS)
    return False
