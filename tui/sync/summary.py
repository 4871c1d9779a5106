"""What one round of everything brought, for `smsdesk sync --once`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RoundSummary:
    """Result of one round of everything, for `smsdesk sync --once`."""

    sent: int = 0
    """Number of messages that providers accepted."""
    events: int = 0
    """Number of new replies and receipts."""
    problems: tuple[str, ...] = ()
    """One line per problem, beginning with the account."""

    def __add__(self, other: "RoundSummary") -> "RoundSummary":
        """Return the sum of both."""
        return RoundSummary(
            self.sent + other.sent, self.events + other.events, self.problems + other.problems
        )
