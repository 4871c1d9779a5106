"""One status scale over all providers, and the only rule for moving on it.

    queued -> sending -> accepted -> submitted -> delivered
    ends:   delivered, rejected, failed, expired, cancelled
    aside:  scheduled (waits at the provider), uncertain (sent, no answer came)

Receipts come late, twice, out of order and before the answer to the send. So the rule is a table
of permitted moves in which every set of receipts leads to the same end in every order: among the
ends there is one order of proof (`_PROOF`), and a weaker proof never replaces a stronger one.
"""

from collections.abc import Iterable
from enum import StrEnum


class Status(StrEnum):
    """Where an outgoing message is, as far as this desk can know."""

    QUEUED = "queued"
    SENDING = "sending"
    UNCERTAIN = "uncertain"
    SCHEDULED = "scheduled"
    ACCEPTED = "accepted"
    SUBMITTED = "submitted"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    FAILED = "failed"
    REJECTED = "rejected"
    DELIVERED = "delivered"

    @property
    def final(self) -> bool:
        """Whether nothing more is expected."""
        return self in FINAL

    @property
    def trouble(self) -> bool:
        """Whether an agent should look at it."""
        return self in TROUBLE


FINAL = frozenset(
    {Status.DELIVERED, Status.REJECTED, Status.FAILED, Status.EXPIRED, Status.CANCELLED}
)
TROUBLE = frozenset({Status.REJECTED, Status.FAILED, Status.EXPIRED, Status.UNCERTAIN})
PENDING = frozenset({Status.ACCEPTED, Status.SUBMITTED, Status.UNCERTAIN, Status.SCHEDULED})
"""At the provider, as far as we know: a receipt may still come."""

_PROOF = (Status.CANCELLED, Status.EXPIRED, Status.FAILED, Status.REJECTED, Status.DELIVERED)
"""The ends, weakest proof first: a delivery is seen by a handset, the others are verdicts."""

_ENDS = frozenset(_PROOF)
_ON_THE_WAY = {
    Status.QUEUED: {Status.SENDING, Status.UNCERTAIN, Status.SCHEDULED, Status.ACCEPTED},
    Status.SENDING: {Status.UNCERTAIN, Status.SCHEDULED, Status.ACCEPTED},
    Status.UNCERTAIN: {Status.SCHEDULED, Status.ACCEPTED},
    Status.SCHEDULED: {Status.ACCEPTED},
    Status.ACCEPTED: set[Status](),
    Status.SUBMITTED: set[Status](),
}
MOVES: dict[Status, frozenset[Status]] = {
    **{old: frozenset(new | {Status.SUBMITTED} | _ENDS) for old, new in _ON_THE_WAY.items()},
    Status.SUBMITTED: _ENDS,
    **{end: frozenset(_PROOF[place + 1 :]) for place, end in enumerate(_PROOF)},
}
"""From each status, the statuses that news about the message may move it to."""


def may_move(old: Status, new: Status) -> bool:
    """Whether news of `new` changes a message that is `old`."""
    return new in MOVES[old]


def settle(start: Status, news: Iterable[Status]) -> Status:
    """The status after all news, whatever its order."""
    for new in news:
        if may_move(start, new):
            start = new
    return start


def contradicts(old: Status, new: Status) -> bool:
    """Whether two ends were reported: shown to the agent, never hidden."""
    return old.final and new.final and old is not new
