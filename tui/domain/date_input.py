"""Parse a date or time that an agent typed: "20m", "fri 9", "9 march 14:30", "until reply".

The same grammar snoozes a conversation and schedules a message. The text is read in the agent's
zone, and the result is shown at once, so that the grammar need not be learned.
"""

import re
from datetime import date, datetime, time, timedelta, tzinfo

from tui.domain.local_time import resolve_wall_clock
from tui.domain.record_type import record
from tui.domain.text import format_span

_SECOND_MS = 1_000
_MINUTE_MS = 60 * _SECOND_MS
_YEARS = (1970, 2500)
_MAX_AHEAD = timedelta(days=366)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
MORNING = time(9)
"""Time of a day that is named without one."""
ASSUMED_TIME = f"no time given: {MORNING:%H:%M} is taken"
"""Note about a day without a time."""
_NAMED_TIMES = {
    "morning": MORNING,
    "noon": time(12),
    "afternoon": time(14),
    "evening": time(18),
    "night": time(20),
}
_FILLERS = frozenset({"at", "on", "in", "until", "till", "the", "this", "of", "from", "now"})
_UNITS = {"m": "minute", "h": "hour", "d": "day", "w": "week"}
EXAMPLES = "20m · 2h · tomorrow 9 · fri 14:30 · 9 march"
"""Examples that a dialog shows as a hint."""

_DURATION = re.compile(
    r"([0-9]{1,5}) ?(m|min|mins|minutes?|h|hrs?|hours?|d|days?|w|weeks?)(?![a-z])"
)
_COMPACT_DURATION = re.compile(r"\b([0-9]{1,3})h([0-9]{1,2})\b")
"""As in "1h30"."""
_ISO_SEPARATOR = re.compile(r"([0-9])t([0-9])")
"""As in "2026-03-09T14:30"."""
_CLOCK = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))? ?(am|pm)?")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_DOTTED_DATE = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})?")
_ORDINAL = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?")


class InvalidMomentError(ValueError):
    """The typed text names no future moment; the message says why, on one line."""


@record
class _ParsedMoment:
    """Result of parsing: a day, a time of day, or both."""

    day: date | None = None
    hour: time | None = None
    is_weekday: bool = False
    """The day is the next of its name, so it may as well be a week later."""


@record
class TypedMoment:
    """What a typed text means, and what was assumed."""

    at: int | None
    """Moment, ms UTC; None means until the customer replies."""
    note: str = ""
    """What was assumed; empty for nothing."""


def parse_moment(text: str, now: int, zone: tzinfo | None) -> int | None:
    """Return the moment (ms UTC) that an agent means; see `read_moment`."""
    return read_moment(text, now, zone).at


def read_moment(text: str, now: int, zone: tzinfo | None) -> TypedMoment:
    """Return the moment that an agent means, and what was assumed.

    Args:
        text: Typed text.
        now: Current time, ms UTC.
        zone: Zone of the agent; None for that of the system.

    Raises:
        InvalidMomentError: The text names no future moment within a year.
    """
    phrase = _normalize_phrase(text)
    if phrase.removeprefix("until ") in ("reply", "a reply", "they reply", "answer"):
        return TypedMoment(None)
    local_now = _to_local(now, zone)
    moment = _parse_duration(phrase, now, local_now)
    at, note = moment or _parse_day_and_time(phrase, now, local_now)
    if at <= now:
        passed = format_moment(at, now, zone, with_distance=now - at >= _MINUTE_MS)
        raise InvalidMomentError(f"That time has passed: {passed}")
    if at > now + _MAX_AHEAD // timedelta(milliseconds=1):
        raise InvalidMomentError("More than a year ahead")
    return TypedMoment(at, note)


def _normalize_phrase(text: str) -> str:
    """Return the typed text in lower case, with alternative spellings unified."""
    phrase = " ".join(text.lower().replace(",", " ").replace("tonight", "today night").split())
    phrase = _COMPACT_DURATION.sub(r"\1h \2m", phrase)
    return _ISO_SEPARATOR.sub(r"\1 \2", phrase)


def format_moment(
    at: int | None, now: int, zone: tzinfo | None, *, with_distance: bool = True
) -> str:
    """Return a moment as text: "tomorrow 09:00, in 19h".

    Args:
        at: Moment, ms UTC; None for "until they reply".
        now: Current time, ms UTC.
        zone: Zone of the agent; None for that of the system.
        with_distance: Whether to add how far away it is.
    """
    if at is None:
        return "until they reply"
    then, local_now = _to_local(at, zone), _to_local(now, zone)
    text = f"{_format_day(then.date(), local_now.date())} {then:%H:%M}"
    return f"{text}, {_format_distance(at - now)}" if with_distance else text


def _to_local(at: int, zone: tzinfo | None) -> datetime:
    """Return a moment as the wall clock of the zone; naive system time without a zone."""
    return datetime.fromtimestamp(at / _SECOND_MS, zone)


def _parse_duration(phrase: str, now: int, local_now: datetime) -> tuple[int, str] | None:
    """Return the moment after a duration, as "1h 30m", and a note; None if it is no duration."""
    found = _DURATION.findall(phrase)
    rest = set(_DURATION.sub(" ", phrase).split()) - _FILLERS - {"and"}
    if not found or rest:
        return None
    total = {unit: 0 for unit in _UNITS}
    for count, unit in found:
        total[unit[0]] += int(count)
    days = timedelta(days=total["d"] + 7 * total["w"])
    if days > _MAX_AHEAD:
        raise InvalidMomentError("More than a year ahead")
    # Days and weeks follow the wall clock, so "1d" stays at the same hour when the offset changes.
    base, note = resolve_wall_clock(local_now + days, now) if days else (now, "")
    return base + total["h"] * 60 * _MINUTE_MS + total["m"] * _MINUTE_MS, note


def _parse_day_and_time(phrase: str, now: int, local_now: datetime) -> tuple[int, str]:
    """Return the moment that a day, a time or both name, and what was assumed."""
    parsed, rest = _parse_day(phrase, local_now.date())
    parsed = _ParsedMoment(parsed.day, _parse_time(rest), parsed.is_weekday)
    if parsed.day is None and parsed.hour is None:
        raise InvalidMomentError(f"Type when: {EXAMPLES}")
    day = parsed.day or local_now.date()
    assumed = "" if parsed.hour else ASSUMED_TIME
    local = datetime.combine(day, parsed.hour or MORNING, local_now.tzinfo)
    at, note = resolve_wall_clock(local, now)
    # A skipped time is later than its wall clock says; that alone does not make it a later one.
    is_ahead = local.replace(tzinfo=None) > local_now.replace(tzinfo=None)
    if not is_ahead and (at <= now or "twice" not in note):
        days = 1 if parsed.day is None else 7 if parsed.is_weekday else 0
        at, note = resolve_wall_clock(local + timedelta(days=days), now)
    return at, " · ".join(filter(None, (assumed, note)))


def _parse_day(phrase: str, today: date) -> tuple[_ParsedMoment, str]:
    """Return the day that the phrase names, if any, and the rest of the phrase."""
    tokens = [token for token in phrase.split() if token not in _FILLERS]
    for reader in (_read_near_day, _read_date, _read_month_day, _read_weekday):
        parsed, (begin, end) = reader(tokens, today)
        if parsed is not None:
            return parsed, " ".join(tokens[:begin] + tokens[end:])
    return _ParsedMoment(), " ".join(tokens)


_Found = tuple[_ParsedMoment | None, tuple[int, int]]
"""A day and the positions of the tokens that name it."""
_NOT_FOUND: _Found = (None, (0, 0))


def _read_near_day(tokens: list[str], today: date) -> _Found:
    """Read "today", "tomorrow", "next week"."""
    for place, token in enumerate(tokens):
        if token == "today":
            return _ParsedMoment(today), (place, place + 1)
        if token in ("tomorrow", "tmr", "tom"):
            return _ParsedMoment(today + timedelta(days=1)), (place, place + 1)
        if token == "next" and tokens[place + 1 : place + 2] == ["week"]:
            return _ParsedMoment(today + timedelta(days=7 - today.weekday())), (place, place + 2)
    return _NOT_FOUND


def _read_weekday(tokens: list[str], today: date) -> _Found:
    """Read "fri" or "friday": the next one, or today if its time is still ahead."""
    for place, token in enumerate(tokens):
        if (number := _find_name(token, _DAYS)) is not None:
            ahead = timedelta(days=(number - today.weekday()) % 7)
            return _ParsedMoment(today + ahead, is_weekday=True), (place, place + 1)
    return _NOT_FOUND


def _read_date(tokens: list[str], today: date) -> _Found:
    """Read "2026-03-09", "9.3." or "9.3.2026"."""
    for place, token in enumerate(tokens):
        if found := _ISO_DATE.fullmatch(token):
            year, month, day = map(int, found.groups())
            return _ParsedMoment(_make_date(year, month, day)), (place, place + 1)
        if found := _DOTTED_DATE.fullmatch(token):
            day, month = int(found[1]), int(found[2])
            return _ParsedMoment(_find_next_date(today, found[3], month, day)), (place, place + 1)
    return _NOT_FOUND


def _read_month_day(tokens: list[str], today: date) -> _Found:
    """Read "9 march", "march 9" or "9 march 2027"."""
    for place, token in enumerate(tokens):
        month = _find_name(token, _MONTHS)
        if month is None:
            continue
        before = _ORDINAL.fullmatch(tokens[place - 1]) if place else None
        after = _ORDINAL.fullmatch("".join(tokens[place + 1 : place + 2]))
        found = before or after
        if found is None:
            raise InvalidMomentError(f"Which day of {_MONTHS[month].capitalize()}?")
        begin, end = (place - 1, place + 1) if before else (place, place + 2)
        year = "".join(tokens[end : end + 1])
        year = year if re.fullmatch("[0-9]{4}", year) else ""
        day = _find_next_date(today, year, month + 1, int(found[1]))
        return _ParsedMoment(day), (begin, end + bool(year))
    return _NOT_FOUND


def _find_name(token: str, names: tuple[str, ...]) -> int | None:
    """Return the position of the name that begins with `token`, three characters or more."""
    if len(token) < 3:
        return None
    return next((n for n, name in enumerate(names) if name.startswith(token)), None)


def _find_next_date(today: date, year: str | None, month: int, day: int) -> date:
    """Return the date in that year, or without a year the next one that is not over."""
    if year:
        return _make_date(int(year), month, day)
    this = _make_date(today.year, month, day)
    return this if this >= today else _make_date(today.year + 1, month, day)


def _make_date(year: int, month: int, day: int) -> date:
    """Return a date; raise `InvalidMomentError` if it does not exist."""
    if not _YEARS[0] <= year <= _YEARS[1]:
        raise InvalidMomentError("There is no such year")
    try:
        return date(year, month, day)
    except ValueError:
        raise InvalidMomentError("There is no such date") from None


def _parse_time(phrase: str) -> time | None:
    """Return the time of day that is left after the day was read; None for an empty phrase."""
    if not phrase:
        return None
    if phrase in _NAMED_TIMES:
        return _NAMED_TIMES[phrase]
    found = _CLOCK.fullmatch(phrase.removesuffix(" o'clock"))
    if found is None:
        raise InvalidMomentError(f"Not understood: try {EXAMPLES}")
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        if not 1 <= hour <= 12:
            raise InvalidMomentError("There is no such hour")
        hour = hour % 12 + (12 if found[3] == "pm" else 0)
    if hour > 23 or minute > 59:
        raise InvalidMomentError("There is no such hour")
    return time(hour, minute)


def _format_day(then: date, today: date) -> str:
    """Return the day: "today", "tomorrow", "Fri 6 March", with the year if it differs."""
    match (then - today).days:
        case 0:
            return "today"
        case 1:
            return "tomorrow"
    year = f" {then.year}" if then.year != today.year else ""
    month = _MONTHS[then.month - 1].capitalize()
    return f"{_DAYS[then.weekday()][:3].capitalize()} {then.day} {month}{year}"


def _format_distance(length: int) -> str:
    """Return the distance, rounded to minutes: "in 20m", "2h 5m ago"."""
    minutes = max(1, round(abs(length) / _MINUTE_MS))
    amount = format_span(minutes * _MINUTE_MS, units=2)
    return f"in {amount}" if length >= 0 else f"{amount} ago"
