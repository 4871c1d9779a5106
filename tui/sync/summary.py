"""What one round of everything brought, for `smsdesk sync --once`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Summary:
    """The work of one round."""

    sent: int = 0
    """Messages that providers accepted."""
    events: int = 0
    """Replies and receipts that were new."""
    problems: tuple[str, ...] = ()
    """One line for each thing that went wrong, beginning with the account."""

    def __add__(self, other: "Summary") -> "Summary":
        """Both together."""
        return Summary(
            self.sent + other.sent, self.events + other.events, self.problems + other.problems
        )
