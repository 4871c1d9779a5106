"""What one process does for all: wake what is snoozed, clear up after the dead, tend the file.

Two connections that checkpoint at the same time can meet a rare bug of SQLite's (before 3.51.3), so
only the holder of one lease does.
"""

import os

from tui.clock import SECOND
from tui.sync.hands import Hands
from tui.sync.lease import CHECKPOINT, Leasehold

_EVERY = 2.0
_DEAD_AFTER = 10 * SECOND
_CHECKPOINT_EVERY = 60.0
_LONG_LOG = 1_000 * 4_096
"""Bytes by which the write-ahead log grows before it is moved into the database at once."""
_PRUNE_EVERY = 3_600.0


class Housekeeping:
    """The chores of one database."""

    def __init__(self, hands: Hands) -> None:
        """Nothing is done yet."""
        self._hands = hands
        self._log_file = f"{hands.store.path}-wal"
        self._checkpointed_at = hands.clock.monotonic()
        self._size_then = 0
        self._pruned_at = hands.clock.monotonic()

    async def run(self, leasehold: Leasehold) -> None:
        """Do the chores while this process holds the lease for them."""
        while True:
            await leasehold.until(CHECKPOINT, True)
            await self.round()
            await self._hands.clock.sleep(_EVERY)

    async def round(self) -> None:
        """Everything that is due."""
        store, now = self._hands.store, self._hands.clock.now()
        await store.triage.wake()
        lost = await store.outbox.abandon(now - _DEAD_AFTER)
        if lost:
            self._hands.log("claims of dead processes", messages=lost)
        await self._tend()

    async def _tend(self) -> None:
        """Checkpoint and prune now and then."""
        store, moment = self._hands.store, self._hands.clock.monotonic()
        size = self._log_size()
        self._size_then = min(self._size_then, size)  # it was cut
        grown = size - self._size_then
        if grown > _LONG_LOG or moment - self._checkpointed_at > _CHECKPOINT_EVERY:
            await store.database.checkpoint()
            self._checkpointed_at, self._size_then = moment, self._log_size()
        if moment - self._pruned_at > _PRUNE_EVERY:
            await store.feed.prune()
            self._pruned_at = moment

    def _log_size(self) -> int:
        """Bytes of the write-ahead log: it is used again from its start, and cut when long."""
        try:
            return os.stat(self._log_file).st_size
        except OSError:
            return 0
