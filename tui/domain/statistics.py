"""Describe the traffic statistics, and draw counts as lines of text."""

import statistics
from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo

from tui.domain.record_type import record

_HOUR_MS = 3_600_000
_SECOND_MS = 1_000
_BLOCKS = " ▁▂▃▄▅▆▇█"
_ASCII_BLOCKS = " .:-=+*#%"


@record
class AccountStatistics:
    """Outgoing messages of one account by their result."""

    account: str
    sent: int
    delivered: int
    failed: int


@record
class TrafficStatistics:
    """Traffic of the last days; hours are counted from `since`."""

    since: int
    """Start of a local day, ms UTC."""
    received: tuple[int, ...]
    """Received messages of each hour."""
    sent: tuple[int, ...]
    accounts: tuple[AccountStatistics, ...]
    reply_times: tuple[tuple[int, int], ...]
    """When a customer began to wait (ms UTC) and how long until the reply (ms)."""
    opt_outs: tuple[int, ...]
    """When customers opted out, ms UTC."""


def measure_waits(turns: Iterable[tuple[int, str, int]]) -> list[tuple[int, int]]:
    """Return when each question was asked (ms UTC) and how long it waited (ms).

    Consecutive messages of a customer are one question, asked with the first.

    Args:
        turns: Conversation, direction and time (ms UTC) of each message, in order.
    """
    found: list[tuple[int, int]] = []
    here, asked_at = 0, -1
    for conversation, direction, at in turns:
        if conversation != here:
            here, asked_at = conversation, -1
        if direction == "in":
            asked_at = at if asked_at < 0 else asked_at
        elif asked_at >= 0:
            found.append((asked_at, max(0, at - asked_at)))
            asked_at = -1
    return found


def find_median_wait(answers: Iterable[tuple[int, int]], since: int) -> int | None:
    """Return the median wait in ms, or None if nothing was answered.

    Args:
        answers: When each question was asked (ms UTC) and how long it waited (ms).
        since: Ignore questions before this moment, ms UTC.
    """
    spans = [span for asked_at, span in answers if asked_at >= since]
    return round(statistics.median(spans)) if spans else None


def find_busiest_hours(
    numbers: TrafficStatistics, zone: tzinfo | None, limit: int = 3
) -> list[tuple[int, int]]:
    """Return the local hours (0 to 23) with the most received messages, and their counts.

    Args:
        numbers: Statistics to read.
        zone: Zone of the agent; None for that of the system.
        limit: Largest number of hours returned.
    """
    totals = [0] * 24
    for place, count in enumerate(numbers.received):
        at = (numbers.since + place * _HOUR_MS) / _SECOND_MS
        totals[datetime.fromtimestamp(at, zone).hour] += count
    ranked = sorted(enumerate(totals), key=lambda pair: (-pair[1], pair[0]))
    return [pair for pair in ranked[:limit] if pair[1]]


def draw_sparkline(values: Sequence[int], *, ascii: bool = False, scale: int = 0) -> str:
    """Return one character per value, as high as the value is beside the highest.

    Args:
        values: Values to draw.
        ascii: Whether only ASCII characters are allowed.
        scale: Value of the full height, if no value is higher.
    """
    blocks = _ASCII_BLOCKS if ascii else _BLOCKS
    top = max(scale, *values, 1) if values else 1
    steps = len(blocks) - 1
    # Rounded up, so that every value above 0 is visible.
    return "".join(blocks[-(-value * steps // top)] for value in values)


def draw_bar(part: int, whole: int, width: int, *, ascii: bool = False) -> str:
    """Return a bar that is filled by `part` of `whole`.

    Args:
        part: Filled amount.
        whole: Amount of a full bar.
        width: Width in cells.
        ascii: Whether only ASCII characters are allowed.
    """
    full = round(width * part / whole) if whole else 0
    on, off = ("#", ".") if ascii else ("█", "░")
    return on * full + off * (width - full)
