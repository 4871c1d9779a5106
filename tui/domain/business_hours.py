"""Count time only while the desk is open: weekly hours and holidays, in one time zone.

As text the hours are written like "mon-fri 9-17, sat 10-14"; holidays are dates. "fri 22-6" ends on
Saturday morning, which is stored as a part of Saturday: a holiday closes what lies on its date.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta, tzinfo

from tui.domain.record_type import record
from tui.domain.text import format_count, one_line

_MINUTE_MS = 60_000
_DAY_MINUTES = 24 * 60
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MAX_DAYS = 3 * 366
"""Days that are looked through: with all of them closed no time would ever pass."""
_PART = re.compile(
    r"(?:(?P<first>[a-z]{3})[a-z]*(?: ?- ?(?P<last>[a-z]{3})[a-z]*)? )?"
    r"(?P<from>[0-9]{1,2})(?:[:.](?P<from_minute>[0-9]{2}))? ?- ?"
    r"(?P<to>[0-9]{1,2})(?:[:.](?P<to_minute>[0-9]{2}))?"
)
EXAMPLE = "mon-fri 9-17, sat 10-14"
DESK_EXAMPLE = "mon-fri 9-17; 2026-12-25 2026-12-26; Europe/Warsaw"
_DESK_PARTS = 3
_MOST_NAMED = 2
"""Holidays that a sentence names."""


class InvalidHoursError(ValueError):
    """Hours or a holiday that cannot be used; the message says how to write them."""


@record
class BusinessHours:
    """When a desk is open; without any hours it always is."""

    week: tuple[tuple[tuple[int, int], ...], ...] = ()
    """For Monday to Sunday the open spans, as minutes since midnight; empty: always open."""
    holidays: frozenset[date] = frozenset()
    """Days on which the desk is closed."""
    zone: tzinfo | None = None
    """Time zone of the hours; None for that of the system."""

    def is_open_at(self, at: int) -> bool:
        """Return whether the desk is open at a time (ms UTC)."""
        if not self.week:
            return True
        local = datetime.fromtimestamp(at / 1_000, self.zone)
        return any(start <= at < end for start, end in self._list_spans(local.date()))

    def add_open_time(self, at: int, minutes: int) -> int | None:
        """Return when so many open minutes have passed; None if the desk is hardly ever open.

        Args:
            at: Time from which to count, ms UTC.
            minutes: Open minutes, at least 1.

        Returns:
            Time in ms UTC.
        """
        if not self.week:
            return at + minutes * _MINUTE_MS
        remaining = minutes * _MINUTE_MS
        for start, end in self._iterate_spans(at):
            begin = max(at, start)
            if begin + remaining <= end:
                return begin + remaining
            remaining -= end - begin
        return None

    def subtract_open_time(self, at: int, minutes: int) -> int | None:
        """Return since when so many open minutes have passed; None if the desk is hardly ever open.

        Args:
            at: Time up to which to count, ms UTC.
            minutes: Open minutes, at least 1.

        Returns:
            The latest such time in ms UTC.
        """
        if not self.week:
            return at - minutes * _MINUTE_MS
        remaining = minutes * _MINUTE_MS
        day = datetime.fromtimestamp(at / 1_000, self.zone).date()
        for offset in range(_MAX_DAYS):
            for start, end in reversed(self._list_spans(day - timedelta(days=offset))):
                passed = min(end, at) - start
                if passed >= remaining:
                    return min(end, at) - remaining
                remaining -= max(0, passed)
        return None

    def count_open_time(self, start: int, end: int) -> int:
        """Return how long the desk was open between two times; all in ms.

        Args:
            start: Earlier time, ms UTC.
            end: Later time, ms UTC.
        """
        if not self.week:
            return max(0, end - start)
        total = 0
        for opens, closes in self._iterate_spans(start):
            if opens >= end:
                break
            total += max(0, min(end, closes) - max(start, opens))
        return total

    def _iterate_spans(self, at: int) -> Iterator[tuple[int, int]]:
        """Yield the open spans (ms UTC) that end after a time, in their order."""
        day = datetime.fromtimestamp(at / 1_000, self.zone).date()
        for offset in range(_MAX_DAYS):
            for start, end in self._list_spans(day + timedelta(days=offset)):
                if end > at:
                    yield start, end

    def _list_spans(self, day: date) -> list[tuple[int, int]]:
        """Return the open spans of a day in ms UTC; a day may have 23 or 25 hours."""
        if day in self.holidays:
            return []
        spans = self.week[day.weekday()]
        found = [(self._to_ms(day, start), self._to_ms(day, end)) for start, end in spans]
        # When clocks are set forward, a span can lie in the hour that is left out.
        return [(start, end) for start, end in found if start < end]

    def _to_ms(self, day: date, minutes: int) -> int:
        """Return a time of day as ms UTC; midnight at the end is that of the next day."""
        days, minute = divmod(minutes, _DAY_MINUTES)
        clock = time(minute // 60, minute % 60)
        local = datetime.combine(day + timedelta(days=days), clock, self.zone)
        return round(local.timestamp() * 1_000)


ALWAYS_OPEN = BusinessHours()


def split_holidays(text: str) -> list[str]:
    """Return the dates of a text that has blanks, commas or semicolons between them."""
    return re.split(r"[\s,;]+", text.strip(" ,;\t\n")) if text.strip(" ,;\t\n") else []


def parse_hours(
    text: str, holidays: Iterable[str] = (), zone: tzinfo | None = None
) -> BusinessHours:
    """Return the hours of a text such as "mon-fri 9-17, sat 10-14"; empty is always open.

    Args:
        text: Parts with commas between them; a part without days holds for every day.
        holidays: Dates such as "2026-12-25"; without hours the desk is open on all other days.
        zone: Time zone of the hours; None for that of the system.

    Raises:
        InvalidHoursError: A part is not valid.
    """
    days: list[list[tuple[int, int]]] = [[] for _ in _DAYS]
    closed = frozenset(map(_parse_holiday, holidays))
    parts = [part.strip().casefold() for part in text.split(",") if part.strip()]
    if closed and not parts:
        parts = ["0-24"]  # open on all other days
    for part in parts:
        first, last, start, end = _parse_part(" ".join(part.split()))
        for number in range(first, last + 1 if last >= first else last + 8):
            _add_span(days[number % 7], start, min(end, _DAY_MINUTES), part, number)
            if end > _DAY_MINUTES:
                _add_span(days[(number + 1) % 7], 0, end - _DAY_MINUTES, part, number + 1)
    week = tuple(tuple(sorted(spans)) for spans in days) if parts else ()
    return BusinessHours(week, closed, zone)


def _add_span(spans: list[tuple[int, int]], start: int, end: int, part: str, day: int) -> None:
    """Add open hours to a day; raise `InvalidHoursError` if it has some of them already."""
    if any(start < other_end and other < end for other, other_end in spans):
        raise InvalidHoursError(f'"{part}": {_DAYS[day % 7]} has these hours already')
    spans.append((start, end))


def format_hours(hours: BusinessHours) -> str:
    """Return the weekly hours as text, as `parse_hours` reads it."""
    groups: list[tuple[int, int, tuple[tuple[int, int], ...]]] = []
    for number, spans in enumerate(_join_nights(hours.week)):
        if groups and groups[-1][2] == spans:
            groups[-1] = (groups[-1][0], number, spans)
        else:
            groups.append((number, number, spans))
    parts = []
    for first, last, spans in groups:
        days = _DAYS[first] if first == last else f"{_DAYS[first]}-{_DAYS[last]}"
        parts += [f"{days} {_format_clock(start)}-{_format_clock(end)}" for start, end in spans]
    return ", ".join(parts)


def _join_nights(week: Sequence[tuple[tuple[int, int], ...]]) -> list[tuple[tuple[int, int], ...]]:
    """Return the spans of each day, with those that end on the next morning in one piece."""
    joined = [list(spans) for spans in week]
    for number, spans in enumerate(week):
        late = next((one for one in spans if one[0] > 0 and one[1] == _DAY_MINUTES), None)
        tomorrow = (number + 1) % len(week)
        early = next((one for one in week[tomorrow] if one[0] == 0), None)
        if late is not None and early is not None and early[1] < late[0]:
            joined[number][joined[number].index(late)] = (late[0], early[1] + _DAY_MINUTES)
            joined[tomorrow].remove(early)
    return [tuple(spans) for spans in joined]


def _parse_part(part: str) -> tuple[int, int, int, int]:
    """Return first and last day (0 to 6) and the minutes of one part; the end may be tomorrow."""
    found = _PART.fullmatch(part)
    if found is None:
        raise InvalidHoursError(f'"{part}" is not understood: write hours like {EXAMPLE}')
    names = [found["first"] or "mon", found["last"] or found["first"] or "sun"]
    unknown = [name for name in names if name not in _DAYS]
    if unknown:
        raise InvalidHoursError(f'"{unknown[0]}" is no day: there are {", ".join(_DAYS)}')
    start = int(found["from"]) * 60 + int(found["from_minute"] or 0)
    end = int(found["to"]) * 60 + int(found["to_minute"] or 0)
    minutes = (int(found["from_minute"] or 0), int(found["to_minute"] or 0))
    if max(minutes) > 59 or max(start, end) > _DAY_MINUTES:
        raise InvalidHoursError(f'"{part}": hours go from 0 to 24, minutes from 00 to 59')
    if start in (end, _DAY_MINUTES):
        raise InvalidHoursError(f'"{part}": nothing is open then; the whole day is 0-24')
    if end < start:  # until the next morning
        end += _DAY_MINUTES
    return _DAYS.index(names[0]), _DAYS.index(names[1]), start, end


def _parse_holiday(text: str) -> date:
    """Return a holiday from its date."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InvalidHoursError(f'"{text}" is no date: write holidays like 2026-12-25') from None


def _format_clock(minutes: int) -> str:
    """Return minutes since midnight as text: "9", "17:30"."""
    hour, minute = divmod(minutes - _DAY_MINUTES if minutes > _DAY_MINUTES else minutes, 60)
    return f"{hour}:{minute:02}" if minute else str(hour)


def parse_desk_hours(typed: str) -> BusinessHours:
    """Return hours, holidays and zone of one line: "mon-fri 9-17; 2026-12-25; Europe/Warsaw".

    Args:
        typed: Parts with semicolons between them; empty, "always" or "off": always open.
            Dates begin with a digit and zones do not, so either of them can be left out.

    Raises:
        InvalidHoursError: A part cannot be understood.
    """
    parts = [part.strip() for part in typed.split(";")]
    if len(parts) > _DESK_PARTS:
        raise InvalidHoursError(f"Write hours; holidays; time zone, like {DESK_EXAMPLE}")
    week, holidays, zone = parts + [""] * (_DESK_PARTS - len(parts))
    if not zone and holidays[:1].isalpha():  # "9-17; Europe/Warsaw": no holidays
        holidays, zone = "", holidays
    week = "" if week.casefold() in ("always", "off") else week
    return parse_hours(week, split_holidays(holidays), find_zone(zone))


def format_desk_hours(hours: BusinessHours) -> str:
    """Return hours, holidays and zone in one line, as `parse_desk_hours` reads them."""
    holidays = " ".join(sorted(day.isoformat() for day in hours.holidays))
    zone = str(hours.zone) if hours.zone is not None else ""
    return "; ".join([format_hours(hours) or "always", holidays, zone]).rstrip("; ")


def describe_hours(hours: BusinessHours) -> str:
    """Return when a desk is open, as the end of a sentence that begins with "The desk"."""
    days = sorted(day.isoformat() for day in hours.holidays)
    parts = [f"is open {format_hours(hours)}" if hours.week else "is always open"]
    if hours.zone is not None:
        parts[0] += f" ({hours.zone})"
    if days:
        hidden = len(days) - _MOST_NAMED
        more = f" and {format_count(hidden, 'other day')}" if hidden > 0 else ""
        parts.append(f"closed on {', '.join(days[:_MOST_NAMED])}{more}")
    return one_line(", ".join(parts), 160)


def find_zone(name: str) -> tzinfo | None:
    """Return a time zone by its name, None for that of the system if the name is empty.

    Raises:
        InvalidHoursError: There is no such zone.
    """
    # Imported late: most desks are always open.
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidHoursError(
            f'"{one_line(name, 30)}" is no time zone: write it like Europe/Warsaw'
        ) from None
