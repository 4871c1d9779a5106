"""Combine the states of an account's task loops into its stored health.

Polling may work while sending is out of credit, so the screen shows the worst state. An
error becomes a health, a line for the agent and the time of the next try.
"""

import random

from tui.clock import SECOND, Clock
from tui.domain.account import TOP_UP_HINT, Health
from tui.domain.record_type import record
from tui.providers.errors import (
    AccountBlocked,
    AddressWrong,
    CredentialsRefused,
    OutOfCredit,
    ProviderError,
    RateLimited,
    Unavailable,
)
from tui.store.accounts import Accounts
from tui.store.errors import StoreError, Unreachable
from tui.sync.backoff import pause_after_failure
from tui.sync.context import RoundResult

STOPPED_PAUSE = 300.0
"""Seconds until rejected credentials are tried again automatically."""
ACCOUNT_ERRORS = (CredentialsRefused, OutOfCredit, AccountBlocked, RateLimited, Unavailable)
"""After these nothing was sent, and the next request would fail in the same manner."""

# Subclasses stand before their base classes, because the first match counts.
_FIX_HINTS: dict[type[Exception], str] = {
    CredentialsRefused: "correct the account's key and secret in the settings",
    OutOfCredit: TOP_UP_HINT,
    AddressWrong: "correct the account's base_url in the settings; what is queued waits here",
    AccountBlocked: "ask the provider to allow it; what is queued waits here",
}

_FORM_HINTS = _FIX_HINTS | {
    CredentialsRefused: "correct the key and secret above",
    OutOfCredit: "top up the account",
    AddressWrong: "correct the address above",
    AccountBlocked: "ask the provider to allow it",
}
"""The same while the account is set up, in the form that has the fields."""


@record
class AccountFailure:
    """Failure of a task loop of an account."""

    health: Health
    line: str
    pause: float
    """Seconds until the next try."""


def describe_failure(
    error: Exception, failures: int, rng: random.Random, *, in_form: bool = False
) -> AccountFailure:
    """Return what a failure means for the account.

    Args:
        error: The error that was raised.
        failures: Number of failures in a row, this one included.
        rng: Source of the jitter.
        in_form: Whether the account is being set up, so that the agent sees its fields.
    """
    hints = _FORM_HINTS if in_form else _FIX_HINTS
    fix = next((fix for kind, fix in hints.items() if isinstance(error, kind)), None)
    retry_after = error.retry_after if isinstance(error, RateLimited | Unavailable) else None
    pause = pause_after_failure(failures, rng, retry_after=retry_after)
    if isinstance(error, CredentialsRefused):
        pause = STOPPED_PAUSE  # repeated attempts can lock the account at the provider
    if fix is None:
        return AccountFailure(Health.RETRYING, format_error(error), pause)
    return AccountFailure(Health.STOPPED, f"{format_error(error)}: {fix}", pause)


def format_error(error: Exception) -> str:
    """Return one line for an agent; an unexpected error is named by its type alone.

    The text of an unexpected error could hold anything, even a customer's text or a key.
    """
    if isinstance(error, ProviderError | StoreError):
        return str(error)
    return f"smsdesk itself failed here ({type(error).__name__}); the log has more"


def choose_traceback(error: Exception) -> Exception | None:
    """Return an error whose traceback belongs into the log; None if its line says all."""
    return None if isinstance(error, Unreachable) else error


_REPEAT_SECONDS = 15.0
"""An unchanged state is written again after this time, so that "last answered" stays true."""
_BEST_TO_WORST = (Health.UNKNOWN, Health.OK, Health.RETRYING, Health.STOPPED)


class AccountHealth:
    """Health of one account, as this process sees it."""

    def __init__(self, accounts: Accounts, clock: Clock, name: str, holder: str) -> None:
        """Create the health of one account.

        Args:
            accounts: Where the health is stored.
            clock: Source of the current time.
            name: Name of the account.
            holder: Name of this process.
        """
        self._accounts = accounts
        self._clock = clock
        self._name = name
        self._holder = holder
        self._failures: dict[str, tuple[AccountFailure, int]] = {}
        self._written: tuple[Health, str, int | None] | None = None
        self._written_at = 0.0
        self._latency_ms = 0

    async def report_ok(self, part: str, result: RoundResult) -> None:
        """Record that a task loop works, or has nothing to do.

        Args:
            part: Name of the task loop.
            result: Result of its round.
        """
        self._failures.pop(part, None)
        self._latency_ms = result.latency_ms or self._latency_ms
        now = self._clock.now()
        await self._save_state(
            ok_at=now if result.answered else None, event_at=now if result.new_events else None
        )

    async def report_failure(
        self, part: str, failure: AccountFailure, result: RoundResult | None = None
    ) -> None:
        """Record that a task loop has failed.

        Args:
            part: Name of the task loop.
            failure: Its failure.
            result: Result of a round that did its work in spite of the failure.
        """
        now = self._clock.now()
        self._failures[part] = (failure, now + round(failure.pause * SECOND))
        event_at = now if result and result.new_events else None
        await self._save_state(event_at=event_at)

    def forget_failures(self) -> None:
        """Forget all failures: another process may have served the account since."""
        self._failures.clear()
        self._written = None

    async def _save_state(self, *, ok_at: int | None = None, event_at: int | None = None) -> None:
        """Save the state if it has changed or the last save is too old."""
        moment = self._clock.monotonic()  # the time of day can be set back
        state = self._find_worst()
        is_fresh = moment - self._written_at < _REPEAT_SECONDS
        if state == self._written and event_at is None and is_fresh:
            return
        health, line, retry_at = state
        await self._accounts.save_health(
            self._name,
            health,
            line=line,
            retry_at=retry_at,
            ok_at=ok_at,
            event_at=event_at,
            latency_ms=self._latency_ms,
            holder=self._holder,
        )
        self._written, self._written_at = state, moment

    def _find_worst(self) -> tuple[Health, str, int | None]:
        """Return health, line and time of the next try of the task loop in the worst state."""
        if not self._failures:
            return Health.OK, "", None
        failure, retry_at = max(
            self._failures.values(), key=lambda found: _BEST_TO_WORST.index(found[0].health)
        )
        return failure.health, failure.line, retry_at
