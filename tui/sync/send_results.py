"""Decide what a provider's answer to a send means: a final result, or back into the queue."""

import random

from tui.domain.record_type import record
from tui.domain.status import Status
from tui.domain.text import repair_text
from tui.providers.errors import (
    MessageInvalid,
    NotFound,
    NotPossible,
    OutOfCredit,
    ProviderError,
    RateLimited,
    RecipientOptedOut,
    Unavailable,
)
from tui.providers.protocol import SendAccepted, SendOutcome
from tui.store.event_rows import SendRecord
from tui.sync.account_health import ACCOUNT_ERRORS, STOPPED_PAUSE
from tui.sync.backoff import pause_after_failure

_REQUEUE_FACTOR = 1.1
"""A message that stopped the account waits longer, so that others go first next time."""

_MOST_DOUBLINGS = 4
_LONGEST_CREDIT_PAUSE = 1_800.0
"""Longest pause in seconds of a message that was refused for want of credit."""

INTERRUPTED = SendRecord(
    Status.UNCERTAIN,
    reason="smsdesk stopped while this was being sent: it may or may not have been sent",
)
CRASHED = SendRecord(
    Status.UNCERTAIN,
    reason="smsdesk itself failed while this was being sent: it may or may not have been sent",
)


@record
class Requeue:
    """The message was not sent and goes back into the queue."""

    pause: float
    """In seconds."""
    reason: str


def classify_result(
    outcome: SendOutcome, attempts: int, rng: random.Random
) -> SendRecord | Requeue:
    """Return what happens to a message after an attempt to send it.

    Args:
        outcome: The provider's answer.
        attempts: Number of attempts so far, this one included.
        rng: Source of the jitter.
    """
    if isinstance(outcome, SendAccepted):
        return _to_accepted(outcome)
    error = outcome.error
    if isinstance(error, ACCOUNT_ERRORS):
        return Requeue(_get_pause(error, attempts, rng), repair_text(error.message))
    if isinstance(error, RecipientOptedOut):
        return _to_rejected(error, opted_out=True)
    if _is_final_refusal(error):
        return _to_rejected(error)
    # Any other error leaves open whether the message was sent, so it is never repeated.
    return SendRecord(
        Status.UNCERTAIN,
        code=repair_text(error.code),
        reason=repair_text(f"{error.message}; it may or may not have been sent"),
        raw=repair_text(error.detail),
    )


def _to_accepted(accepted: SendAccepted) -> SendRecord:
    """Return the result of a message that the provider accepted."""
    return SendRecord(
        accepted.status,
        provider_id=repair_text(accepted.provider_id),
        word=repair_text(accepted.word),
        parts=accepted.parts,
        price=repair_text(accepted.price),
        raw=repair_text(accepted.raw),
    )


def _to_rejected(error: ProviderError, *, opted_out: bool = False) -> SendRecord:
    """Return the result of a message that the provider will never accept."""
    field = error.field if isinstance(error, MessageInvalid) else ""
    named = f"{error.message} ({field})" if field and field not in error.message else error.message
    return SendRecord(
        Status.REJECTED,
        code=repair_text(error.code),
        reason=repair_text(named),
        raw=repair_text(error.detail),
        opted_out=opted_out,
        advice=error.advice,
    )


def _is_final_refusal(error: ProviderError) -> bool:
    """Return whether the error means that the message was not accepted and never will be."""
    return isinstance(error, MessageInvalid | NotPossible | NotFound)


def _get_pause(error: ProviderError, attempts: int, rng: random.Random) -> float:
    """Return the seconds until a message that was not sent may be claimed again."""
    if isinstance(error, RateLimited | Unavailable):
        return pause_after_failure(attempts, rng, retry_after=error.retry_after)
    pause = STOPPED_PAUSE * _REQUEUE_FACTOR
    if isinstance(error, OutOfCredit):
        # A message that is too dear must not be the one that is tried each time.
        return min(pause * 2.0 ** min(attempts - 1, _MOST_DOUBLINGS), _LONGEST_CREDIT_PAUSE)
    return pause
