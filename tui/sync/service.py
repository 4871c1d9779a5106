"""Serve every account of the settings until cancelled.

    SyncService ── Leasehold            heartbeat, which process serves what
                ├─ Housekeeping         maintenance of the database
                ├─ changes of the store wake the workers
                └─ AccountWorker per account ── sending, polling, receipts, balance, …

Every process may run a service; the leases ensure that only one of them serves an account
at a time.
"""

import asyncio
import contextlib
import functools
import random
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Literal, Self

from tui.clock import CLOCK_TOLERANCE_MS, SECOND, Clock
from tui.domain.change import Change, Subject
from tui.store.errors import StoreError
from tui.store.feed import Feed
from tui.store.leases import CHECKPOINT
from tui.store.store import Store
from tui.sync.account_health import choose_traceback, format_error
from tui.sync.alarm_channels import AlarmChannels
from tui.sync.alarm_notifier import AlarmNotifier
from tui.sync.alarms import AlarmKeeper
from tui.sync.answer_keeper import AnswerKeeper
from tui.sync.backoff import PollPace
from tui.sync.context import RoundSummary, ServedAccount, SyncContext, SyncLog, discard_log
from tui.sync.event_delivery import DeliverySettings, EventDelivery
from tui.sync.lease import HOOKS, Leasehold, ProcessIdentity
from tui.sync.supervise import run_supervised
from tui.sync.worker import AccountWorker, FeedOutbox

_ROUND_SECONDS = 2.0
_DEAD_AFTER_MS = 10 * SECOND
_PRUNE_SECONDS = 3_600.0
_ROUNDS_AT_ONCE = 50
_FIRST_PRUNE_SECONDS = 60.0
"""Seconds after the start: an inbox that is open for minutes only prunes too, but not at once."""


class Housekeeping:
    """Run the shared work of one database: end snoozes, clean up, tend the database.

    Only the holder of one lease does this work.
    """

    def __init__(
        self, context: SyncContext, alarms: AlarmKeeper | None = None, *, keep_days: int = 0
    ) -> None:
        """Start the intervals now.

        Args:
            context: Shared services of sync.
            alarms: Alarms of the accounts; None if there is no account.
            keep_days: Age in days from which messages are deleted; 0 for never.
        """
        self._context = context
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


ProcessKind = Literal["desk", "service"]
_WAKING_SUBJECTS = frozenset(
    {Subject.MESSAGE, Subject.PRESENCE, Subject.CONVERSATION, Subject.VIEW, Subject.BULK_TEXT}
)


class SyncService:
    """Serve accounts. The providers stay open when it ends: their creator closes them."""

    def __init__(
        self,
        store: Store,
        accounts: Sequence[ServedAccount],
        clock: Clock,
        rng: random.Random,
        *,
        kind: ProcessKind,
        agent: str,
        pace: PollPace | None = None,
        log: SyncLog = discard_log,
        alarms: bool = True,
        channels: AlarmChannels | None = None,
        deliveries: DeliverySettings | None = None,
        report_alive: Callable[[], None] = lambda: None,
        feed: FeedOutbox | None = None,
        keep_days: int = 0,
    ) -> None:
        """Create the service without starting it.

        Args:
            store: Store of this process.
            accounts: Accounts to serve.
            clock: Source of the current time.
            rng: Source of the jitter.
            kind: A `service` is preferred: it takes accounts over from a `desk`.
            agent: Name of the agent.
            pace: Pauses between polls.
            log: Log of sync.
            alarms: Whether to raise alarms for accounts that behave unusually.
            channels: Where alarms are sent; None for nowhere.
            deliveries: Hooks and webhooks; None for none.
            report_alive: Called after each heartbeat.
            feed: Queues texts to many people; None where there are none.
            keep_days: Age in days from which messages are deleted; 0 for never.
        """
        self._context = SyncContext(store, clock, rng, log)
        self._identity = ProcessIdentity(agent, kind)
        self._workers = {
            account.name: AccountWorker(account, self._context, pace or PollPace(), feed)
            for account in accounts
        }
        self._delivery = EventDelivery(store, deliveries or DeliverySettings(), clock, log)
        names = [*self._workers, *([HOOKS] if self._delivery.is_set else [])]
        self._leasehold = Leasehold(
            store.leases, clock, rng, log, names, self._identity, report_alive
        )
        alarm_keeper = AlarmKeeper(self._context, list(self._workers), is_enabled=alarms)
        self._housekeeping = Housekeeping(self._context, alarm_keeper, keep_days=keep_days)
        watched = [account.to_public_account() for account in accounts]
        self._notifier = AlarmNotifier(store, watched, channels or AlarmChannels(), clock, log)
        self._feed = Feed(store.database)
        self._handled_retries: dict[str, int] = {}
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Start serving in the background."""
        self._task = asyncio.create_task(self.run_forever(), name="sync")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop: wait a few seconds for messages being sent, then release the leases."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            if not self._task.cancelled():
                self._task.result()

    @property
    def served_accounts(self) -> frozenset[str]:
        """Return the accounts that this process serves now."""
        return self._leasehold.held & self._workers.keys()

    async def wait_until_serving(self) -> None:
        """Wait until the accounts were asked for; another process may serve them."""
        await self._leasehold.wait_until_asked()

    async def run_forever(self) -> None:
        """Serve until cancelled."""
        self._handled_retries = await self._context.store.accounts.get_retry_requests()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._keep_running("heart-beat", self._leasehold.run_forever))
                group.create_task(self._keep_running("news", self._watch_changes))
                group.create_task(self._keep_running("chores", self._run_housekeeping))
                notify = functools.partial(self._notifier.run_forever, self._leasehold)
                group.create_task(self._keep_running("alarms", notify))
                if self._delivery.is_set:
                    deliver = functools.partial(self._delivery.run_forever, self._leasehold)
                    group.create_task(self._keep_running("hooks", deliver))
                for worker in self._workers.values():
                    serve_worker = functools.partial(worker.serve_account, self._leasehold)
                    group.create_task(self._keep_running(worker.account.name, serve_worker))
        finally:
            with contextlib.suppress(StoreError):
                await self._context.store.leases.end_process()

    async def run_once(self) -> RoundSummary:
        """Run one round of everything that is due, until no work is left."""
        heartbeat: asyncio.Task[None] | None = None
        try:
            held = await self._leasehold.send_heartbeat()
            heartbeat = asyncio.create_task(
                self._keep_running("heart-beat", self._leasehold.continue_forever)
            )
            if CHECKPOINT in held:
                await self._housekeeping.run_round()
            summaries = await asyncio.gather(
                *(worker.run_once() for worker in self._workers.values())
            )
            if CHECKPOINT in held:
                await self._housekeeping.prune()
                await self._housekeeping.delete_old_messages(_ROUNDS_AT_ONCE)
                await self._notifier.run_round()
            if HOOKS in held:
                await self._delivery.run_once()
            return sum(summaries, RoundSummary())
        finally:
            if heartbeat is not None:
                heartbeat.cancel()
                await asyncio.gather(heartbeat, return_exceptions=True)
            await self._context.store.leases.end_process()

    async def request_retry(self, name: str) -> None:
        """Request that an account is tried again at once, by whatever process serves it.

        Args:
            name: Name of the account.
        """
        await self._context.store.accounts.request_retry(name)

    async def _keep_running(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        """Run a part that belongs to no account, and restart it after a failure."""

        async def log_failure(error: Exception, pause: float) -> None:
            self._context.log(
                f"{name} broke",
                line=format_error(error),
                pause=pause,
                exc_info=choose_traceback(error),
            )

        await run_supervised(run, log_failure, self._context.clock, self._context.rng)

    async def _run_housekeeping(self) -> None:
        """Maintain the database while this process holds the lease for it."""
        await self._housekeeping.run_forever(self._leasehold)

    async def _watch_changes(self) -> None:
        """Wake the workers when any process changes the store."""
        async with contextlib.aclosing(self._feed.watch_changes()) as batches:
            async for changes in batches:
                await self._handle_changes(changes)

    async def _handle_changes(self, changes: Sequence[Change]) -> None:
        """Wake the workers that the changes concern."""
        self._housekeeping.answer_keeper.note_changes(changes)
        subjects = {change.subject for change in changes}
        self._delivery.wake()
        if subjects & _WAKING_SUBJECTS:
            for worker in self._workers.values():
                worker.wake_loops()
        if subjects & {Subject.ACCOUNT, Subject.VIEW}:
            await self._apply_retry_requests()

    async def _apply_retry_requests(self) -> None:
        """Retry the accounts that an agent requested to be tried again."""
        requests = await self._context.store.accounts.get_retry_requests()
        for name, at in requests.items():
            if at != self._handled_retries.get(name, 0) and name in self.served_accounts:
                await self._workers[name].retry_now()
        self._handled_retries = requests
