"""Do the shared work of one database: end snoozes, clean up after dead processes, checkpoint.

Two connections that checkpoint at the same time can trigger a rare bug of SQLite (before
3.51.3), so only the holder of one lease does this work.
"""

import os

from tui.clock import SECOND
from tui.sync.context import SyncContext
from tui.sync.lease import CHECKPOINT, Leasehold

_ROUND_SECONDS = 2.0
_DEAD_AFTER_MS = 10 * SECOND
_CHECKPOINT_SECONDS = 60.0
_LONG_LOG = 1_000 * 4_096
"""Growth of the write-ahead log in bytes that triggers a checkpoint at once."""
_PRUNE_SECONDS = 3_600.0


class Housekeeping:
    """Run the shared work of one database."""

    def __init__(self, context: SyncContext) -> None:
        """Start the intervals now.

        Args:
            context: Shared services of sync.
        """
        self._context = context
        self._log_file = f"{context.store.path}-wal"
        self._checkpointed_at = context.clock.monotonic()
        self._size_at_checkpoint = 0
        self._pruned_at = context.clock.monotonic()

    async def run_forever(self, leasehold: Leasehold) -> None:
        """Do the work for as long as this process holds the lease for it.

        Args:
            leasehold: Leases of this process.
        """
        while True:
            await leasehold.wait_until(CHECKPOINT, True)
            await self.run_round()
            await self._context.clock.sleep(_ROUND_SECONDS)

    async def run_round(self) -> None:
        """Do everything that is due."""
        store, now = self._context.store, self._context.clock.now()
        await store.triage.reopen_due_conversations()
        lost = await store.outbox.settle_abandoned_claims(now - _DEAD_AFTER_MS)
        if lost:
            self._context.log("claims of dead processes", messages=lost)
        await self._maintain_database()

    async def _maintain_database(self) -> None:
        """Checkpoint and prune the database from time to time."""
        store, moment = self._context.store, self._context.clock.monotonic()
        size = self._get_log_size()
        self._size_at_checkpoint = min(self._size_at_checkpoint, size)  # the file was truncated
        grown = size - self._size_at_checkpoint
        if grown > _LONG_LOG or moment - self._checkpointed_at > _CHECKPOINT_SECONDS:
            await store.database.checkpoint()
            self._checkpointed_at, self._size_at_checkpoint = moment, self._get_log_size()
        if moment - self._pruned_at > _PRUNE_SECONDS:
            await store.feed.prune_changes()
            self._pruned_at = moment

    def _get_log_size(self) -> int:
        """Return the size of the write-ahead log in bytes.

        SQLite reuses the file from its start and truncates it when it is long.
        """
        try:
            return os.stat(self._log_file).st_size
        except OSError:
            return 0
