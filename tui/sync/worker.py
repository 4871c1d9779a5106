"""Serve one account for as long as this process holds its lease."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import replace

from tui.clock import HOUR, SECOND
from tui.domain.account import Health
from tui.domain.text import one_line
from tui.providers.errors import NotPossible, OutOfCredit, ProviderError
from tui.store.errors import StoreError
from tui.sync.account_health import AccountFailure, AccountHealth, choose_traceback, format_error
from tui.sync.backoff import PollPace
from tui.sync.context import RoundResult, RoundSummary, ServedAccount, SyncContext
from tui.sync.credit import CreditGuard
from tui.sync.lease import Leasehold
from tui.sync.loop import TaskLoop
from tui.sync.outbox import Canceller, OutboxSender
from tui.sync.poller import Poller
from tui.sync.receipt_polling import ReceiptPoller
from tui.sync.supervise import run_supervised, run_until

_BALANCE_INTERVAL = HOUR / SECOND
_LONGEST_BALANCE = 80


class BalanceReader:
    """Read one account's balance every hour, beside the traffic; more often without credit.

    Errors are only logged: the account works without a balance.
    """

    def __init__(
        self,
        account: ServedAccount,
        context: SyncContext,
        credit: CreditGuard | None = None,
        resume_sending: Callable[[], None] = lambda: None,
    ) -> None:
        """Create the reader of one account.

        Args:
            account: Account to read.
            context: Shared services of sync.
            credit: The account's wait for credit; None for one that only this reader uses.
            resume_sending: Called when the balance ends the wait for credit.
        """
        self._account = account
        self._context = context
        self._credit = credit or CreditGuard(account, context)
        self._resume_sending = resume_sending
        self._is_forced = False

    def force_next_round(self) -> None:
        """Read the balance in the next round, however fresh the stored one is."""
        self._is_forced = True

    async def run_round(self) -> RoundResult:
        """Read and store the balance if the stored one, of whatever process, is too old."""
        accounts, name = self._context.store.accounts, self._account.name
        interval = await self._get_interval()
        age = (self._context.clock.now() - await accounts.get_balance_time(name)) / SECOND
        if 0 <= age < interval and not self._is_forced:
            return RoundResult(interval - age)
        self._is_forced = False
        self._credit.count_question()
        try:
            balance = await self._account.provider.fetch_balance()
        except NotPossible:
            return RoundResult(None)
        except ProviderError as error:
            self._context.log("no balance", account=name, line=error.message)
            return RoundResult(interval)
        await accounts.save_balance(name, one_line(balance.text, _LONGEST_BALANCE), balance.amount)
        if await self._credit.apply_balance(balance.amount):
            self._resume_sending()
        return RoundResult(await self._get_interval())

    async def _get_interval(self) -> float:
        """Return the seconds between two questions."""
        wait = await self._credit.get_wait()
        return self._credit.get_balance_pause() if wait.is_waiting else _BALANCE_INTERVAL


_CHECK_INTERVAL = 900.0
"""Seconds between two checks."""


class ConnectionChecker:
    """Check the connection of one account whose replies and receipts are only pushed.

    Nothing waits for the answer. An account that is never polled would otherwise never prove that
    it can still be reached.
    """

    def __init__(self, account: ServedAccount, context: SyncContext) -> None:
        """Create the checker of one account.

        Args:
            account: Account to check.
            context: Shared services of sync.
        """
        self._account = account
        self._context = context

    async def run_round(self) -> RoundResult:
        """Make the cheapest harmless call; raise `ProviderError` if it fails."""
        started_at = self._context.clock.monotonic()
        await self._account.provider.check_credentials()
        latency = max(1, round((self._context.clock.monotonic() - started_at) * 1000))
        return RoundResult(_CHECK_INTERVAL, answered=True, latency_ms=latency)


_LONGEST_SENDER_PAUSE = 60.0
"""Seconds until the times of queued messages are looked at again."""


FeedOutbox = Callable[[str], Awaitable[float | None]]
"""Queue texts to many people through an account; return the seconds until the next round."""


class AccountWorker:
    """The task loops of one account."""

    def __init__(
        self,
        account: ServedAccount,
        context: SyncContext,
        pace: PollPace,
        feed: FeedOutbox | None = None,
    ) -> None:
        """Create the loops without running them.

        Args:
            account: Account to serve.
            context: Shared services of sync.
            pace: Pauses between polls.
            feed: Queues texts to many people; None where there are none.
        """
        self._feed = feed
        self.account = account
        self._context = context
        self._health = AccountHealth(
            context.store.accounts, context.clock, account.name, context.store.leases.owner
        )
        self._credit = CreditGuard(account, context)
        self._sender = OutboxSender(account, context, self._credit)
        self._poller = Poller(account, context, pace)
        self._receipt_poller = ReceiptPoller(account, context)
        self._balance_reader = BalanceReader(
            account, context, self._credit, lambda: self._sending_loop.retry_now()
        )
        self._balance_loop = self._make_loop("balance", self._balance_reader.run_round)
        self._sending_loop = self._make_loop("sending", self._run_send_round)
        self._loops = self._build_loops()
        self._hourly_loops = self._build_hourly_loops()

    def _build_loops(self) -> list[TaskLoop]:
        """Return one loop for each thing that the account's provider can do."""
        capabilities = self.account.provider.capabilities
        loops = [self._sending_loop]
        if self._feed is not None:
            loops.append(self._make_loop("texting many", self._run_feed_round))
        if capabilities.can_cancel:
            loops.append(
                self._make_loop("cancelling", Canceller(self.account, self._context).run_round)
            )
        if self._poller.has_sources:
            loops.append(self._make_loop("polling", self._poller.run_round))
        if self._receipt_poller.can_query:
            loops.append(self._make_loop("asking for receipts", self._receipt_poller.run_round))
        return loops

    def _build_hourly_loops(self) -> list[TaskLoop]:
        """Return the loops with long intervals, which no change of the store wakes."""
        loops = []
        if not self._poller.has_sources:
            loops.append(
                self._make_loop(
                    "checking", ConnectionChecker(self.account, self._context).run_round
                )
            )
        if self._has_balance:
            loops.append(self._balance_loop)
        return loops

    @property
    def _has_balance(self) -> bool:
        """Return whether the provider reports a balance."""
        return self.account.provider.capabilities.has_balance

    async def run_once(self) -> RoundSummary:
        """Do everything that is due, until no work is left."""
        sent_before, total = self._sender.sent_count, RoundSummary()
        # A balance may end a wait for credit that began in an earlier run.
        waits = (await self._credit.get_wait()).is_waiting
        first = [self._balance_loop] if waits and self._has_balance else []
        for loop in (*first, *self._loops):
            total += await self._drain_loop(loop)
        return total + RoundSummary(self._sender.sent_count - sent_before)

    async def _drain_loop(self, loop: TaskLoop) -> RoundSummary:
        """Run rounds of one loop for as long as each requests another at once."""
        events = 0
        problems: tuple[str, ...] = ()
        while True:
            result = await loop.run_once()
            if isinstance(result, AccountFailure):
                return RoundSummary(0, events, (f"{self.account.name}: {result.line}",))
            events += result.new_events
            if result.problem:
                problems = (f"{self.account.name}: {result.problem}",)
            if result.pause is None or result.pause > 0:
                return RoundSummary(0, events, problems)

    async def serve_account(self, leasehold: Leasehold) -> None:
        """Serve whenever the lease is held, until cancelled.

        Args:
            leasehold: Leases of this process.
        """
        while True:
            await leasehold.wait_until(self.account.name, True)
            # Another process may have served the account in between.
            self._health.forget_failures()
            self._credit.forget_round()
            self._sender.process_ends = True
            await run_until(self._run_loops(), self._wait_until_lost(leasehold))

    async def _wait_until_lost(self, leasehold: Leasehold) -> None:
        """Wait until another process may serve; a request in progress may then finish."""
        await leasehold.wait_until(self.account.name, False)
        self._sender.process_ends = False

    def wake_loops(self) -> None:
        """Look for work after a change of the store."""
        for loop in self._loops:
            loop.wake()

    async def retry_now(self) -> None:
        """Try the account again at once, whatever the pauses: an agent requested it."""
        await self._context.store.outbox.skip_retry_delay(self.account.name)
        self._poller.force_next_round()
        self._credit.force_try()
        self._balance_reader.force_next_round()
        for loop in (*self._loops, *self._hourly_loops):
            loop.retry_now()

    def _make_loop(self, name: str, work: Callable[[], Awaitable[RoundResult]]) -> TaskLoop:
        """Return one task loop of the account."""
        return TaskLoop(name, work, self._health, self._context)

    async def _run_send_round(self) -> RoundResult:
        """Run a round of sending; read the balance again when the credit is used up."""
        try:
            result = await self._sender.run_round()
            # The clock can be set meanwhile: a long sleep would miss the time that was planned.
            pause = None if result.pause is None else min(result.pause, _LONGEST_SENDER_PAUSE)
            return replace(result, pause=pause)
        except OutOfCredit:
            self._balance_reader.force_next_round()
            self._balance_loop.retry_now()
            raise

    async def _run_feed_round(self) -> RoundResult:
        """Queue what is due of the texts to many people."""
        assert self._feed is not None
        return RoundResult(await self._feed(self.account.name))

    async def _run_loops(self) -> None:
        """Run every loop, each restarted on its own."""
        async with asyncio.TaskGroup() as group:
            for loop in (*self._loops, *self._hourly_loops):
                group.create_task(
                    self._supervise_loop(loop), name=f"{self.account.name}: {loop.name}"
                )

    async def _supervise_loop(self, loop: TaskLoop) -> None:
        """Run one loop; an unexpected error becomes the account's health."""

        async def report_failure(error: Exception, pause: float) -> None:
            line = format_error(error)
            self._context.log(
                f"{loop.name} broke",
                account=self.account.name,
                kind=type(error).__name__,
                line=line,
                exc_info=choose_traceback(error),
            )
            with contextlib.suppress(StoreError):
                await self._health.report_failure(
                    loop.name, AccountFailure(Health.RETRYING, line, pause)
                )

        await run_supervised(
            loop.run_forever, report_failure, self._context.clock, self._context.rng
        )
