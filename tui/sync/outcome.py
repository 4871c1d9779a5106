"""What a provider's answer to a send means for the message: settled for good, or queued again."""

import random
from dataclasses import dataclass

from tui.domain.status import Status
from tui.domain.text import repair
from tui.providers.errors import (
    MessageInvalid,
    NotFound,
    NotPossible,
    OptedOut,
    ProviderError,
    RateLimited,
    Unavailable,
)
from tui.providers.protocol import Accepted, Outcome
from tui.store.settling import Settled
from tui.sync.backoff import after_failure
from tui.sync.trouble import ACCOUNT_ERRORS, STOPPED_PAUSE

_BEHIND_OTHERS = 1.1
"""A message that stopped the account lets others go first when the account is tried again."""

LOST = Settled(
    Status.UNCERTAIN,
    reason="The desk stopped while this was being sent: it may or may not have gone out",
)
BROKEN = Settled(
    Status.UNCERTAIN,
    reason="smsdesk itself failed while this was being sent: it may or may not have gone out",
)


@dataclass(frozen=True, slots=True)
class Again:
    """Nothing was sent: back into the queue."""

    pause: float
    """Seconds."""
    reason: str


def fate_of(outcome: Outcome, attempts: int, rng: random.Random) -> Settled | Again:
    """What becomes of a message after its `attempts`-th handing over."""
    if isinstance(outcome, Accepted):
        return _taken(outcome)
    error = outcome.error
    if isinstance(error, ACCOUNT_ERRORS):
        return Again(_pause(error, attempts, rng), repair(error.message))
    if isinstance(error, OptedOut):
        return _refused(error, opted_out=True)
    if _is_verdict(error):
        return _refused(error)
    return Settled(
        Status.UNCERTAIN,
        code=repair(error.code),
        reason=repair(f"{error.message}; it may or may not have gone out"),
        raw=repair(error.detail),
    )


def _taken(accepted: Accepted) -> Settled:
    """The message is the provider's."""
    return Settled(
        accepted.status,
        provider_id=repair(accepted.provider_id),
        word=repair(accepted.word),
        parts=accepted.parts,
        price=repair(accepted.price),
        raw=repair(accepted.raw),
    )


def _refused(error: ProviderError, *, opted_out: bool = False) -> Settled:
    """The provider will never take it."""
    field = error.field if isinstance(error, MessageInvalid) else ""
    named = f"{error.message} ({field})" if field and field not in error.message else error.message
    return Settled(
        Status.REJECTED,
        code=repair(error.code),
        reason=repair(named),
        raw=repair(error.detail),
        opted_out=opted_out,
        advice=error.advice,
    )


def _is_verdict(error: ProviderError) -> bool:
    """Whether the error says that the message was not taken and never will be."""
    return isinstance(error, MessageInvalid | NotPossible | NotFound)


def _pause(error: ProviderError, attempts: int, rng: random.Random) -> float:
    """Seconds until a message that was not sent may be claimed again."""
    if isinstance(error, RateLimited | Unavailable):
        return after_failure(attempts, rng, asked=error.retry_after)
    return STOPPED_PAUSE * _BEHIND_OTHERS
