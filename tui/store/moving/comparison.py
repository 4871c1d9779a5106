"""Count and sum the rows of two inboxes, to see whether they are equal."""

import hashlib
from typing import NamedTuple, Self

from tui.store.moving.movable import MovableInbox

_FIGURES = {
    "conversations": "conversations",
    "  open": "conversations where state = 'open'",
    "  open and waiting": "conversations where state = 'open' and waiting_since is not null",
    "  unread": "conversations where unread > 0",
    "messages": "messages",
    "  to be sent": "messages where status in ('queued', 'sending')",
    "  failed, not handled": "messages where handled = 0 and"
    " status in ('failed', 'rejected', 'expired', 'uncertain')",
    "held items": "arrivals where state = 'held'",
}
"""What an operator compares, and the rows that it counts."""


_MASK = (1 << 64) - 1


class Checksum(NamedTuple):
    """Rows of a table: equal tables have equal ones, whatever their order."""

    rows: int = 0
    sum: int = 0

    def add_row(self, text: bytes) -> Self:
        """Return the checksum with one more row.

        Args:
            text: All values of the row, in the order of the columns.
        """
        digest = hashlib.blake2b(text, digest_size=8).digest()
        total = (self.sum + int.from_bytes(digest, "little")) & _MASK
        return self._replace(rows=self.rows + 1, sum=total)


class ComparedCount(NamedTuple):
    """Number that has to be the same in source and target."""

    label: str
    source: int
    target: int


def count_rows(inbox: MovableInbox, what: str) -> int:
    """Return the number of rows of a table.

    Args:
        inbox: Source or target.
        what: Table, and the condition of the rows if not all count.
    """
    return int(inbox.run(f"select count(*) from {what}")[0][0])


def compare_figures(source: MovableInbox, target: MovableInbox) -> list[ComparedCount]:
    """Return what an operator compares.

    Args:
        source: Source of the move.
        target: Target of the move.
    """
    return [
        ComparedCount(label, count_rows(source, what), count_rows(target, what))
        for label, what in _FIGURES.items()
    ]
