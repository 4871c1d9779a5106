"""Define one status scale for all providers, and the only rule for moving on it.

    queued -> sending -> accepted -> submitted -> delivered
    final:  delivered, rejected, failed, expired, cancelled
    aside:  scheduled (waits at the provider), uncertain (sent, no answer came)

Receipts arrive late, twice, out of order and before the answer to the submission. So the rule is
a table of permitted moves in which every set of receipts leads to the same final status in every
order: the final statuses have one order of proof (`_PROOF`), and a weaker proof never replaces a
stronger one.
"""

from collections.abc import Iterable
from enum import StrEnum


class Status(StrEnum):
    """Status of an outgoing message, as far as it is known here."""

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
    def is_final(self) -> bool:
        """Return whether no further change is expected."""
        return self in FINAL_STATUSES

    @property
    def is_problem(self) -> bool:
        """Return whether an agent should look at the message."""
        return self in PROBLEM_STATUSES


FINAL_STATUSES = frozenset(
    {Status.DELIVERED, Status.REJECTED, Status.FAILED, Status.EXPIRED, Status.CANCELLED}
)
PROBLEM_STATUSES = frozenset({Status.REJECTED, Status.FAILED, Status.EXPIRED, Status.UNCERTAIN})
PENDING_STATUSES = frozenset(
    {Status.ACCEPTED, Status.SUBMITTED, Status.UNCERTAIN, Status.SCHEDULED}
)
"""At the provider, as far as is known: a receipt may still arrive."""

_PROOF = (Status.CANCELLED, Status.EXPIRED, Status.FAILED, Status.REJECTED, Status.DELIVERED)
"""Final statuses, weakest proof first: a handset confirms a delivery, the others are verdicts."""

_PROVEN_STATUSES = frozenset(_PROOF)
_FORWARD_MOVES = {
    Status.QUEUED: {Status.SENDING, Status.UNCERTAIN, Status.SCHEDULED, Status.ACCEPTED},
    Status.SENDING: {Status.UNCERTAIN, Status.SCHEDULED, Status.ACCEPTED},
    Status.UNCERTAIN: {Status.SCHEDULED, Status.ACCEPTED},
    Status.SCHEDULED: {Status.ACCEPTED},
    Status.ACCEPTED: set[Status](),
    Status.SUBMITTED: set[Status](),
}
PERMITTED_MOVES: dict[Status, frozenset[Status]] = {
    **{
        old: frozenset(new | {Status.SUBMITTED} | _PROVEN_STATUSES)
        for old, new in _FORWARD_MOVES.items()
    },
    Status.SUBMITTED: _PROVEN_STATUSES,
    **{end: frozenset(_PROOF[place + 1 :]) for place, end in enumerate(_PROOF)},
}
"""For each status, the statuses that a report may move it to."""


def can_move(old: Status, new: Status) -> bool:
    """Return whether a report of `new` changes a message that is `old`.

    Args:
        old: Status of the message.
        new: Reported status.
    """
    return new in PERMITTED_MOVES[old]


def apply_reports(status: Status, reports: Iterable[Status]) -> Status:
    """Return the status after all reports, which does not depend on their order.

    Args:
        status: Status before the reports.
        reports: Reported statuses.
    """
    for new in reports:
        if can_move(status, new):
            status = new
    return status


def is_contradiction(old: Status, new: Status) -> bool:
    """Return whether two different final statuses were reported: shown to the agent, never hidden.

    Args:
        old: Status of the message.
        new: Reported status.
    """
    return old.is_final and new.is_final and old is not new
