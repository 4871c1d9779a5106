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
from tui.sync.backoff import after_failure

STOPPED_PAUSE = 300.0
"""Seconds until refused credentials are tried again by themselves."""
ACCOUNT_ERRORS = (CredentialsRefused, OutOfCredit, AccountBlocked, RateLimited, Unavailable)
"""Nothing was done, and the next request would fare alike."""

# The more special kinds of error come first.
_MENDS: dict[type[Exception], str] = {
    CredentialsRefused: "correct the account's key and secret in the settings",
    OutOfCredit: "top up the account; what is queued waits here",
    AddressWrong: "correct the account's base_url in the settings; what is queued waits here",
    AccountBlocked: "ask the provider to allow it; what is queued waits here",
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is the matter with a part of an account's service."""

    health: Health
    line: str
    pause: float
    """Seconds until the next try."""


def trouble_of(error: Exception, failures: int, rng: random.Random) -> Trouble:
    """What the `failures`-th failure in a row (1 is the first) means."""
    mend = next((mend for kind, mend in _MENDS.items() if isinstance(error, kind)), None)
    asked = error.retry_after if isinstance(error, RateLimited | Unavailable) else None
    pause = after_failure(failures, rng, asked=asked)
    if isinstance(error, CredentialsRefused):
        pause = STOPPED_PAUSE  # providers lock out whoever guesses
    if mend is None:
        return Trouble(Health.RETRYING, line_of(error), pause)
    return Trouble(Health.STOPPED, f"{line_of(error)}: {mend}", pause)


def line_of(error: Exception) -> str:
    """One line for an agent; what was never foreseen is named by its kind alone.

    The text of an unforeseen error could hold anything, a customer's words or a key among it.
    """
    if isinstance(error, ProviderError | StoreError):
        return str(error)
    return f"smsdesk itself failed here ({type(error).__name__}); the log has more"
