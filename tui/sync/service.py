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
from typing import TYPE_CHECKING, Literal, Self

from tui.clock import Clock
from tui.domain.change import Change, Subject
from tui.store.errors import StoreError
from tui.store.leases import CHECKPOINT
from tui.store.store import Store
from tui.sync.account_health import choose_traceback, format_error
from tui.sync.alarm_channels import AlarmChannels
from tui.sync.alarm_notifier import AlarmNotifier
from tui.sync.alarms import AlarmKeeper
from tui.sync.backoff import PollPace
from tui.sync.context import RoundSummary, ServedAccount, SyncContext, SyncLog, discard_log
from tui.sync.housekeeping import Housekeeping
from tui.sync.lease import HOOKS, Leasehold, ProcessIdentity
from tui.sync.supervise import run_supervised
from tui.sync.worker import AccountWorker, FeedOutbox

if TYPE_CHECKING:
    from tui.sync.event_delivery import DeliverySettings, EventDelivery

_ROUNDS_AT_ONCE = 50
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
        deliveries: "DeliverySettings | None" = None,
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
        self._delivery = self._create_delivery(deliveries)
        names = [*self._workers, *([HOOKS] if self._delivery is not None else [])]
        self._leasehold = Leasehold(
            store.leases, clock, rng, log, names, self._identity, report_alive
        )
        alarm_keeper = AlarmKeeper(self._context, list(self._workers), is_enabled=alarms)
        self._housekeeping = Housekeeping(
            self._context, alarm_keeper, keep_days=keep_days, accounts=[*self._workers]
        )
        watched = [account.to_public_account() for account in accounts]
        self._notifier = AlarmNotifier(store, watched, channels or AlarmChannels(), clock, log)
        self._feed = store.feed
        self._handled_retries: dict[str, int] = {}
        self._task: asyncio.Task[None] | None = None

    def _create_delivery(self, settings: "DeliverySettings | None") -> "EventDelivery | None":
        """Return what gives events away; it is not even imported without hook and webhook."""
        if settings is None or not settings.target_names:
            return None
        from tui.sync.event_delivery import EventDelivery

        context = self._context
        return EventDelivery(context.store, settings, context.clock, context.log)

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
                if self._delivery is not None:
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
            if self._delivery is not None and HOOKS in held:
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
        if self._delivery is not None:
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
