"""How the desk has been doing: what is counted, and how counts become lines of text."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

_HOUR = 3_600_000
_MS = 1_000
_BLOCKS = " ▁▂▃▄▅▆▇█"
_ASCII_BLOCKS = " .:-=+*#%"


@dataclass(frozen=True, slots=True)
class AccountNumbers:
    """What became of what went out through one account."""

    account: str
    sent: int
    delivered: int
    failed: int


@dataclass(frozen=True, slots=True)
class Numbers:
    """The last days; hours are counted from `since`."""

    since: int
    """Ms UTC, when a local day begins."""
    came_in: tuple[int, ...]
    """Texts of each hour."""
    went_out: tuple[int, ...]
    accounts: tuple[AccountNumbers, ...]
    answers: tuple[tuple[int, int], ...]
    """When a customer began to wait (ms UTC) and how long until the answer (ms)."""
    opt_outs: tuple[int, ...]
    """When customers opted out, ms UTC."""


def waits(turns: Iterable[tuple[int, str, int]]) -> list[tuple[int, int]]:
    """From (conversation, direction, at) in order: (asked at, ms until answered) of each question.

    Texts that follow each other are one question, asked with the first.
    """
    found: list[tuple[int, int]] = []
    here, asked = 0, -1
    for conversation, direction, at in turns:
        if conversation != here:
            here, asked = conversation, -1
        if direction == "in":
            asked = at if asked < 0 else asked
        elif asked >= 0:
            found.append((asked, max(0, at - asked)))
            asked = -1
    return found


def median_wait(answers: Iterable[tuple[int, int]], since: int) -> int | None:
    """The middle wait (ms) of what was asked from `since` on; None when nothing was answered."""
    spans = [span for asked, span in answers if asked >= since]
    return round(statistics.median(spans)) if spans else None


def busiest(numbers: Numbers, zone: tzinfo | None, most: int = 3) -> list[tuple[int, int]]:
    """The local hours (0 to 23) in which most texts came in, with how many, the most first."""
    totals = [0] * 24
    for place, count in enumerate(numbers.came_in):
        at = (numbers.since + place * _HOUR) / _MS
        totals[datetime.fromtimestamp(at, zone).hour] += count
    ranked = sorted(enumerate(totals), key=lambda pair: (-pair[1], pair[0]))
    return [pair for pair in ranked[:most] if pair[1]]


def spark(values: Sequence[int], *, ascii: bool = False, scale: int = 0) -> str:
    """One sign for each value, as high as it is beside the highest (or `scale`)."""
    signs = _ASCII_BLOCKS if ascii else _BLOCKS
    top = max(scale, *values, 1) if values else 1
    steps = len(signs) - 1
    return "".join(signs[-(-value * steps // top)] for value in values)


def bar(part: int, whole: int, width: int, *, ascii: bool = False) -> str:
    """A bar of `width` cells, filled by `part` of `whole`."""
    full = round(width * part / whole) if whole else 0
    on, off = ("#", ".") if ascii else ("█", "░")
    return on * full + off * (width - full)


def span_words(span: int | None) -> str:
    """A span (ms) for people: "40 s", "12 min", "3 h 05"; a dash for none."""
    if span is None:
        return "–"
    seconds = span // _MS
    if seconds < 60:
        return f"{seconds} s"
    minutes = seconds // 60
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02}"
