"""Maintain the shared database: end snoozes, settle abandoned claims, delete what is old."""

from collections.abc import Collection

from tui.clock import CLOCK_TOLERANCE_MS, SECOND
from tui.store.leases import CHECKPOINT
from tui.sync.alarms import AlarmKeeper
from tui.sync.answer_keeper import AnswerKeeper
from tui.sync.context import SyncContext
from tui.sync.lease import Leasehold

_ROUND_SECONDS = 2.0
_DEAD_AFTER_MS = 10 * SECOND
_PRUNE_SECONDS = 3_600.0
_FIRST_PRUNE_SECONDS = 60.0
"""Seconds after the start: an inbox that is open for minutes only prunes too, but not at once."""


class Housekeeping:
    """Run the shared work of one database: end snoozes, clean up, tend the database.

    Only the holder of one lease does this work.
    """

    def __init__(
        self,
        context: SyncContext,
        alarms: AlarmKeeper | None = None,
        *,
        keep_days: int = 0,
        accounts: Collection[str] = (),
    ) -> None:
        """Start the intervals now.

        Args:
            context: Shared services of sync.
            alarms: Alarms of the accounts; None if there is no account.
            keep_days: Age in days from which messages are deleted; 0 for never.
            accounts: Names of the accounts of this process.
        """
        self._context = context
        self._accounts = accounts
        self._keep_days = keep_days
        self._alarms = alarms or AlarmKeeper(context, ())
        self.answer_keeper = AnswerKeeper(context.store)
        self._pruned_at = context.clock.monotonic() - _PRUNE_SECONDS + _FIRST_PRUNE_SECONDS
        self._clock_lead = self._get_clock_lead()
        self._claims_judged_from = float("-inf")

    async def run_forever(self, leasehold: Leasehold) -> None:
        """Do the work for as long as this process holds the lease for it.

        Args:
            leasehold: Leases of this process.
        """
        while True:
            if CHECKPOINT not in leasehold.held:
                self.answer_keeper.judge_all()
            await leasehold.wait_until(CHECKPOINT, True)
            await self.run_round()
            await self._context.clock.sleep(_ROUND_SECONDS)

    async def run_round(self) -> None:
        """Do everything that is due."""
        store, now = self._context.store, self._context.clock.now()
        await store.triage.reopen_due_conversations()
        self._notice_changed_clock()
        if self._context.clock.monotonic() >= self._claims_judged_from:
            lost = await store.outbox.settle_abandoned_claims(now - _DEAD_AFTER_MS)
            if lost:
                self._context.log("claims of dead processes", messages=lost)
        await self._alarms.run_round()
        await self.answer_keeper.run_round()
        await self._maintain_database()

    async def prune(self) -> None:
        """Delete what is old from the database."""
        self._pruned_at = self._context.clock.monotonic()
        await self._context.store.upkeep.prune()
        left_out = await self._context.store.bulk_feed.leave_out_unserved(self._accounts)
        if left_out:
            self._context.log("texts to many of accounts that are not served", left_out=left_out)

    async def delete_old_messages(self, rounds: int = 1) -> None:
        """Delete a few old messages, `rounds` times at most, and overwrite what was erased."""
        store = self._context.store
        for _ in range(rounds):
            if not await store.retention.run_round(self._keep_days):
                break
        if await store.scrubbing.is_wanted():
            self._context.log("erased rows", overwritten=await store.scrubbing.run())

    async def _maintain_database(self) -> None:
        """Tend and prune the database from time to time."""
        store, moment = self._context.store, self._context.clock.monotonic()
        await store.database.tend()
        await self.delete_old_messages()
        if moment - self._pruned_at > _PRUNE_SECONDS:
            await self.prune()

    def _get_clock_lead(self) -> int:
        """Return by how much (ms) the time of day is ahead of the clock that is never set."""
        clock = self._context.clock
        return clock.now() - round(clock.monotonic() * SECOND)

    def _notice_changed_clock(self) -> None:
        """Give living processes time for a new heartbeat if the clock was set forward or back."""
        lead = self._get_clock_lead()
        if abs(lead - self._clock_lead) > CLOCK_TOLERANCE_MS:
            self._context.log("the clock was set", seconds=(lead - self._clock_lead) / SECOND)
            self._claims_judged_from = self._context.clock.monotonic() + _DEAD_AFTER_MS / SECOND
        self._clock_lead = lead
