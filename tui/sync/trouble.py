"""What an error means for the account: how it looks on screen, and when to try again."""

import random
from dataclasses import dataclass

from tui.domain.account import Health
from tui.providers.errors import (
    AccountBlocked,
    AddressWrong,
    CredentialsRefused,
    OutOfCredit,
    ProviderError,
    RateLimited,
    Unavailable,
)
from tui.store.errors import StoreError
from tui.sync.backoff import pause_after_failure

STOPPED_PAUSE = 300.0
"""Seconds until rejected credentials are tried again automatically."""
ACCOUNT_ERRORS = (CredentialsRefused, OutOfCredit, AccountBlocked, RateLimited, Unavailable)
"""After these nothing was sent, and the next request would fail in the same manner."""

# Subclasses stand before their base classes, because the first match counts.
_FIX_HINTS: dict[type[Exception], str] = {
    CredentialsRefused: "correct the account's key and secret in the settings",
    OutOfCredit: "top up the account; what is queued waits here",
    AddressWrong: "correct the account's base_url in the settings; what is queued waits here",
    AccountBlocked: "ask the provider to allow it; what is queued waits here",
}


@dataclass(frozen=True, slots=True)
class AccountFailure:
    """Failure of a task loop of an account."""

    health: Health
    line: str
    pause: float
    """Seconds until the next try."""


def describe_failure(error: Exception, failures: int, rng: random.Random) -> AccountFailure:
    """Return what a failure means for the account.

    Args:
        error: The error that was raised.
        failures: Number of failures in a row, this one included.
        rng: Source of the jitter.
    """
    fix = next((fix for kind, fix in _FIX_HINTS.items() if isinstance(error, kind)), None)
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
