"""Define how statuses and marks look: the one table of shapes, ASCII shapes, words and styles.

A new status needs an entry in `domain/status.py` and a badge here. `terminal/ascii_text.py`
takes its characters from this table, so that a screen which draws the full shape by mistake
still shows the right one on an ASCII terminal.
"""

from collections.abc import Iterator, Mapping

from tui.domain.account import Health
from tui.domain.record_type import record
from tui.domain.status import Status


@record
class Symbol:
    """A character of ours, with its replacement for terminals that have only ASCII."""

    shape: str
    ascii_shape: str

    def draw(self, *, ascii: bool) -> str:
        """Return the symbol as the terminal can show it.

        Args:
            ascii: Whether the terminal shows only ASCII.
        """
        return self.ascii_shape if ascii else self.shape


@record
class Badge:
    """A status as an agent sees it: shape and label; the colour comes from `style`."""

    symbol: Symbol
    label: str
    style: str
    """Last part of a component class: `badge--<style>`."""

    def format(self, *, ascii: bool) -> str:
        """Return shape and label together.

        Args:
            ascii: Whether the terminal shows only ASCII.
        """
        return f"{self.symbol.draw(ascii=ascii)} {self.label}"


BADGES: Mapping[Status, Badge] = {
    Status.QUEUED: Badge(Symbol("…", ".."), "queued", "waiting"),
    Status.SENDING: Badge(Symbol("↗", "^"), "sending", "waiting"),
    Status.ACCEPTED: Badge(Symbol("→", ">"), "accepted", "moving"),
    Status.SUBMITTED: Badge(Symbol("✓", "v"), "submitted", "moving"),
    Status.DELIVERED: Badge(Symbol("✓✓", "vv"), "delivered", "good"),
    Status.FAILED: Badge(Symbol("✗", "x"), "failed", "bad"),
    Status.REJECTED: Badge(Symbol("✗", "x"), "rejected", "bad"),
    Status.EXPIRED: Badge(Symbol("⌛", "x"), "expired", "bad"),
    Status.SCHEDULED: Badge(Symbol("⏲", "@"), "scheduled", "waiting"),
    Status.CANCELLED: Badge(Symbol("⊘", "-"), "cancelled", "waiting"),
    Status.UNCERTAIN: Badge(Symbol("?", "?"), "maybe sent", "doubt"),
}
HEALTH_BADGES: Mapping[Health, Badge] = {
    Health.OK: Badge(Symbol("●", "*"), "", "good"),
    Health.RETRYING: Badge(Symbol("◐", "~"), "retrying", "doubt"),
    Health.STOPPED: Badge(Symbol("✗", "x"), "stopped", "bad"),
    Health.ATTENTION: Badge(Symbol("▲", "!"), "attention", "doubt"),
    Health.UNKNOWN: Badge(Symbol("○", "o"), "", "waiting"),
}
UNREAD_MARK = Symbol("●", "*")
STAR_MARK = Symbol("★", "*")
DRAFT_MARK = Symbol("✎", "draft")
FILE_MARK = Symbol("▣", "+")
DUE_MARK = Symbol("◷", "~")
"""Before how much time is left for an answer."""
OVERDUE_MARK = Symbol("!", "!")
"""Before by how much an answer is late."""
TICK_MARK = Symbol("✓", "x")
"""Ticks a line of a list; its ASCII is not the "v" of a badge, which could be part of a name."""


def list_symbols() -> Iterator[Symbol]:
    """Yield every symbol whose shape has one meaning; a tick has the shape of a badge."""
    for badge in (*BADGES.values(), *HEALTH_BADGES.values()):
        yield badge.symbol
    yield from (UNREAD_MARK, STAR_MARK, DRAFT_MARK, FILE_MARK, DUE_MARK)


def format_held_count(count: int) -> str:
    """Return a number of held items as a label: "2 held"."""
    return f"{count} held"
