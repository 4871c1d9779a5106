"""Learn what is usual for an account: when its customers write, and how fast its receipts come.

A fixed number of hours would raise an alarm for a small shop every night and notice the failure of
a busy desk far too late. So both alarms compare an account with its own past. Everything here is a
plain function of values; `tui.sync.alarms` applies it.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import field

from tui.clock import DAY, HOUR, MINUTE
from tui.domain.record_type import record

SLOT_MS = 10 * MINUTE
"""Length (ms) of the slots into which the arrivals of replies are sorted."""
LEARNING_MS = 56 * DAY
"""How far back (ms) the past of an account is looked at."""

_SLOTS_AN_HOUR = HOUR // SLOT_MS
_WEEK_HOURS = 7 * 24
_WEEK_MS = 7 * DAY
_MIN_HISTORY_MS = 14 * DAY
"""An account that is known for less time has no rhythm yet."""
_MIN_ACTIVE_SLOTS = 30
"""An account whose customers wrote more rarely has no rhythm yet."""
_MIN_SURPRISE = math.log(20_000)
"""Smallest surprise that can raise an alarm: a silence that chance brings once in 20,000 times."""
_SURPRISE_MARGIN = 1.3
"""By how much a silence has to exceed the usual longest ones of the account."""
_WEEKS_PER_OUTAGE = 4
"""In so many weeks one long silence may have been a failure or a holiday, which is not usual."""
_NEIGHBOUR_WEIGHT = 0.25
"""Weight of the hours before and after: shops do not open to the minute, and clocks change."""


@record
class Rhythm:
    """How likely customers are to write, by the hour of the week, and which silence is usual."""

    surprise_by_hour: Sequence[float] = field(repr=False)
    """How surprising one slot without a reply is, for each hour of the week (UTC)."""
    limit: float
    """Surprise of a silence from which on it is unusual."""

    def measure_silence(self, since: int, now: int) -> float:
        """Return how surprising it is that nothing came in a period.

        Args:
            since: When the last reply came (ms UTC).
            now: End of the period (ms UTC).
        """
        first, last = since // SLOT_MS + 1, now // SLOT_MS
        if last <= first:
            return 0.0
        weeks, rest = divmod(last - first, _WEEK_HOURS * _SLOTS_AN_HOUR)
        whole_week = sum(self.surprise_by_hour) * _SLOTS_AN_HOUR
        return weeks * whole_week + sum(
            self.surprise_by_hour[_find_week_hour(first + slot)] for slot in range(rest)
        )

    def is_unusual(self, since: int, now: int) -> bool:
        """Return whether a silence is unusually long for this account.

        Args:
            since: When the last reply came (ms UTC).
            now: Current time (ms UTC).
        """
        return self.measure_silence(since, now) > self.limit


def learn_rhythm(active_slots: Sequence[int], now: int) -> Rhythm | None:
    """Return the rhythm of an account, or None if its past is too short or too quiet.

    Slots count once however many replies came in them, so that one campaign does not hide the
    rhythm of all other days.

    Args:
        active_slots: Slots (time in ms UTC // `SLOT_MS`) in which replies came, in order.
        now: Current time (ms UTC).
    """
    if len(active_slots) < _MIN_ACTIVE_SLOTS:
        return None
    first = active_slots[0]
    if now - first * SLOT_MS < _MIN_HISTORY_MS:
        return None
    surprises = _learn_surprises(active_slots, now // SLOT_MS)
    rhythm = Rhythm(surprises, math.inf)
    gaps = sorted(
        rhythm.measure_silence(earlier * SLOT_MS, later * SLOT_MS)
        for earlier, later in itertools.pairwise(active_slots)
    )
    weeks = math.ceil((now - first * SLOT_MS) / _WEEK_MS)
    usual_longest = gaps[-1 - min(weeks // _WEEKS_PER_OUTAGE, len(gaps) - 1)]
    return Rhythm(surprises, max(_MIN_SURPRISE, _SURPRISE_MARGIN * usual_longest))


def _find_week_hour(slot: int) -> int:
    """Return the hour of the week of a slot; the week of the epoch began on a Thursday."""
    return slot // _SLOTS_AN_HOUR % _WEEK_HOURS


def _learn_surprises(active_slots: Sequence[int], end: int) -> list[float]:
    """Return how surprising a slot without a reply is, for each hour of the week."""
    active, seen = [0] * _WEEK_HOURS, [0] * _WEEK_HOURS
    for slot in active_slots:
        active[_find_week_hour(slot)] += 1
    for hour in range(active_slots[0] // _SLOTS_AN_HOUR, end // _SLOTS_AN_HOUR + 1):
        seen[hour % _WEEK_HOURS] += _SLOTS_AN_HOUR
    # The extra slot keeps a share below one: no past proves that a slot can never be quiet.
    shares = [count / (slots + 1) for count, slots in zip(active, seen, strict=True)]
    return [
        -math.log1p(
            -(
                (1 - 2 * _NEIGHBOUR_WEIGHT) * share
                + _NEIGHBOUR_WEIGHT * (shares[hour - 1] + shares[(hour + 1) % _WEEK_HOURS])
            )
        )
        for hour, share in enumerate(shares)
    ]


_MIN_RECEIPTS = 20
"""Receipts that have to be known before any can be late."""
_USUAL_SHARE = 0.9
"""Share of the receipts whose slowest is the usual delay; the rest are phones that were off."""
_LATE_FACTOR = 4
_MIN_LATE_MS = 10 * MINUTE
_MIN_LATE_SHARE = 0.03
"""Share of late receipts that is always to be expected: phones are switched off at night."""
_CHANCE = 0.0002
"""So rarely chance alone may raise an alarm about late receipts."""


@record
class ReceiptPace:
    """How fast the receipts of an account usually come."""

    limit_ms: int
    """Time (ms) after which a receipt is late."""
    late_share: float
    """Share of the receipts that were late in the past."""

    def is_unusual(self, late: Sequence[bool]) -> bool:
        """Return whether more receipts are late than chance and phones explain.

        Args:
            late: Whether the receipt is late, for each message that is old enough to have one, the
                newest first. A failure that has just begun concerns only the first of them.
        """
        counts = itertools.accumulate(late)
        return any(
            _find_tail(count, sent, self.late_share) < _CHANCE
            for sent, count in enumerate(counts, 1)
        )


def learn_receipt_pace(delays: Sequence[int]) -> ReceiptPace | None:
    """Return the usual pace of receipts, or None if too few are known.

    Args:
        delays: Time (ms) from sending to the final receipt of past messages, in any order.
    """
    if len(delays) < _MIN_RECEIPTS:
        return None
    ordered = sorted(max(0, delay) for delay in delays)
    usual = ordered[math.ceil(_USUAL_SHARE * len(ordered)) - 1]
    limit = max(_MIN_LATE_MS, _LATE_FACTOR * usual)
    late = sum(delay > limit for delay in ordered)
    return ReceiptPace(limit, max(_MIN_LATE_SHARE, late / len(ordered)))


def _find_tail(successes: int, trials: int, share: float) -> float:
    """Return how likely chance brings so many successes or more (binomial distribution)."""
    return sum(
        math.comb(trials, count) * share**count * (1 - share) ** (trials - count)
        for count in range(successes, trials + 1)
    )
