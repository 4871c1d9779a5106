"""Repeat one kind of work of an account for ever, and wake it early when something changes.

The task loops of an account run side by side, so none waits for another. A failure becomes
the account's stored health and a longer pause.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.clock import Clock
from tui.domain.account import Health
from tui.providers.errors import ProviderError
from tui.store.errors import StoreError, Unreachable
from tui.sync.account_health import AccountFailure, describe_failure
from tui.sync.context import RoundResult, SyncContext

if TYPE_CHECKING:
    from tui.sync.account_health import AccountHealth


class WakeSignal:
    """Wake one sleeper from any number of places; a signal without a sleeper is not lost."""

    def __init__(self, clock: Clock) -> None:
        """Create the signal, not set."""
        self._clock = clock
        self._wake_event = asyncio.Event()

    def wake_sleeper(self) -> None:
        """Wake the sleeper now, or as soon as it sleeps."""
        self._wake_event.set()

    def clear_signal(self) -> None:
        """Forget a signal that no sleeper has received yet."""
        self._wake_event.clear()

    async def sleep_until_woken(self, seconds: float | None) -> bool:
        """Sleep, and return whether the signal ended the sleep.

        Args:
            seconds: Longest sleep; None to sleep until the signal.
        """
        if seconds is None:
            await self._wake_event.wait()
        elif not self._wake_event.is_set():
            await self._wait_for_either(max(0.0, seconds))
        was_woken = self._wake_event.is_set()
        self._wake_event.clear()
        return was_woken

    async def _wait_for_either(self, seconds: float) -> None:
        """Wait for the signal or for the time."""
        waits = (
            asyncio.create_task(self._wake_event.wait()),
            asyncio.create_task(self._clock.sleep(seconds)),
        )
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()


class TaskLoop:
    """Repeat one kind of round."""

    def __init__(
        self,
        name: str,
        work: Callable[[], Awaitable[RoundResult]],
        health: "AccountHealth",
        context: SyncContext,
    ) -> None:
        """Create the loop without running it.

        Args:
            name: Name of the loop in the log and in the account's health.
            work: Does one round; raises `ProviderError` or `StoreError`.
            health: Health of the account.
            context: Shared services of sync.
        """
        self.name = name
        self._work = work
        self._health = health
        self._context = context
        self._wake_signal = WakeSignal(context.clock)
        self._failure_count = 0
        self._failure: AccountFailure | None = None
        self._was_away = False
        """Whether the failure was the database server's, which any round after it shows as over."""
        self._paused_until = 0.0

    async def run_forever(self) -> None:
        """Run rounds until cancelled."""
        while True:
            result = await self.run_once()
            await self._wake_signal.sleep_until_woken(result.pause)

    async def run_once(self) -> RoundResult | AccountFailure:
        """Run one round and record its failure in the account's health."""
        # Also after a lease that came back before the pause was over: what changes from now on
        # may be too late for this round.
        self._paused_until = 0.0
        try:
            result = await self._work()
        except (ProviderError, StoreError) as error:
            return await self._record_failure(error)
        if result.problem:
            pause = 0.0 if result.pause is None else result.pause
            self._failure = AccountFailure(Health.RETRYING, result.problem, pause)
            await self._health.report_failure(self.name, self._failure, result)
        elif result.answered or (self._failure and (result.pause is None or self._was_away)):
            self._failure_count, self._failure = 0, None
            await self._health.report_ok(self.name, result)
        elif self._failure and result.pause is not None:
            # No call was made, so the failure stays until a call shows that it is over.
            await self._health.report_failure(self.name, replace(self._failure, pause=result.pause))
        return result

    def wake(self) -> None:
        """Look for work after a change, but respect a pause after a failure."""
        if self._context.clock.monotonic() >= self._paused_until:
            self._wake_signal.wake_sleeper()

    def retry_now(self) -> None:
        """Try at once, whatever the pause: an agent requested it."""
        self._paused_until = 0.0
        self._wake_signal.wake_sleeper()

    async def _record_failure(self, error: ProviderError | StoreError) -> AccountFailure:
        """Store the error as the account's health and start the pause."""
        self._failure_count += 1
        self._was_away = isinstance(error, Unreachable)
        failure = describe_failure(error, self._failure_count, self._context.rng)
        self._failure = failure
        self._paused_until = self._context.clock.monotonic() + failure.pause
        # A signal from before the failure must not cut the pause short.
        self._wake_signal.clear_signal()
        self._context.log(
            f"{self.name} failed",
            kind=type(error).__name__,
            line=failure.line,
            pause=failure.pause,
        )
        await self._health.report_failure(self.name, failure)
        return failure
