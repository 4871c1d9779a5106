"""When an agent says something shall happen: "20m", "fri 9", "9 march 14:30", "until reply".

The same words snooze a conversation and schedule a message. What is typed is read where the agent
is, and what was understood is said back at once, so nobody has to know the grammar.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

_SECOND = 1_000
_MINUTE = 60 * _SECOND
_HOUR = 60 * _MINUTE
_YEARS = (1970, 2500)
_FURTHEST = timedelta(days=366)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_MORNING = time(9)
"""When a day begins for whoever names the day alone."""
_TIMES = {
    "morning": _MORNING,
    "noon": time(12),
    "afternoon": time(14),
    "evening": time(18),
    "night": time(20),
}
_FILLERS = frozenset({"at", "on", "in", "until", "till", "the", "this", "of", "from", "now"})
_UNITS = {"m": "minute", "h": "hour", "d": "day", "w": "week"}
EXAMPLES = "20m · 2h · tomorrow 9 · fri 14:30 · 9 march"
"""What a dialog offers as a beginning."""

_LENGTH = re.compile(r"([0-9]{1,5}) ?(m|min|mins|minutes?|h|hrs?|hours?|d|days?|w|weeks?)(?![a-z])")
_HALF_LENGTH = re.compile(r"\b([0-9]{1,3})h([0-9]{1,2})\b")
"""As in "1h30"."""
_JOINED = re.compile(r"([0-9])t([0-9])")
"""As in "2026-03-09T14:30"."""
_CLOCK = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))? ?(am|pm)?")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_DOTTED_DATE = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})?")
_ORDINAL = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?")


class NotAMoment(ValueError):
    """What was typed names no moment to come; the text says why, on one line."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What the words say: a day, a time of day, or both."""

    day: date | None = None
    hour: time | None = None
    weekday: bool = False
    """The day is the first of its name, so it may as well be a week later."""


def moment(text: str, now: int, zone: tzinfo | None) -> int | None:
    """Return the moment (ms UTC) an agent in `zone` means at `now`; None: until a reply.

    `zone` None is the system's own. Raises `NotAMoment`.
    """
    words = _plain(text)
    if words.removeprefix("until ") in ("reply", "a reply", "they reply", "answer"):
        return None
    here = _local(now, zone)
    at = _after(words, now, here, zone)
    if at is None:
        at = _stamp(_named(words, here))
    if at <= now:
        raise NotAMoment(f"That is over: {in_words(at, now, zone)}")
    if at > now + _FURTHEST // timedelta(milliseconds=1):
        raise NotAMoment("More than a year ahead")
    return at


def _plain(text: str) -> str:
    """Return what was typed in lower case, without the ways of writing that say the same."""
    words = " ".join(text.lower().replace(",", " ").replace("tonight", "today night").split())
    words = _HALF_LENGTH.sub(r"\1h \2m", words)
    return _JOINED.sub(r"\1 \2", words)


def in_words(at: int | None, now: int, zone: tzinfo | None) -> str:
    """Return a moment as a person says it: "tomorrow 09:00, in 19 hours"."""
    if at is None:
        return "until they reply"
    then, here = _local(at, zone), _local(now, zone)
    return f"{_day_words(then.date(), here.date())} {then:%H:%M}, {_distance(at - now)}"


def _local(at: int, zone: tzinfo | None) -> datetime:
    """Return the wall clock of the zone; without a zone that of the system, and no zone in it."""
    return datetime.fromtimestamp(at / _SECOND, zone)


def _stamp(local: datetime) -> int:
    """Return the moment of a wall clock in ms UTC; an hour that is skipped counts as the next."""
    return round(local.timestamp() * _SECOND)


def _after(words: str, now: int, here: datetime, zone: tzinfo | None) -> int | None:
    """Return the moment after a length of time: "1h 30m"; None when it is no length."""
    found = _LENGTH.findall(words)
    rest = set(_LENGTH.sub(" ", words).split()) - _FILLERS - {"and"}
    if not found or rest:
        return None
    total = {unit: 0 for unit in _UNITS}
    for count, unit in found:
        total[unit[0]] += int(count)
    days = timedelta(days=total["d"] + 7 * total["w"])
    if days > _FURTHEST:
        raise NotAMoment("More than a year ahead")
    base = _stamp(here + days) if days else now
    return base + total["h"] * _HOUR + total["m"] * _MINUTE


def _named(words: str, here: datetime) -> datetime:
    """Return the wall clock that a day, a time or both name."""
    said, rest = _day(words, here.date())
    said = _Said(said.day, _time(rest), said.weekday)
    if said.day is None and said.hour is None:
        raise NotAMoment(f"Type when: {EXAMPLES}")
    day = said.day or here.date()
    local = datetime.combine(day, said.hour or _MORNING, here.tzinfo)
    if local.replace(tzinfo=None) > here.replace(tzinfo=None):
        return local
    if said.day is None:
        return local + timedelta(days=1)
    return local + timedelta(days=7) if said.weekday else local


def _day(words: str, today: date) -> tuple[_Said, str]:
    """Return the day that the words name, if any, and the words that are left."""
    tokens = [word for word in words.split() if word not in _FILLERS]
    for reader in (_near_day, _dated, _month_day, _weekday):
        said, (begin, end) = reader(tokens, today)
        if said is not None:
            return said, " ".join(tokens[:begin] + tokens[end:])
    return _Said(), " ".join(tokens)


_Found = tuple[_Said | None, tuple[int, int]]
"""A day and the places of the words that name it."""
_NOTHING: _Found = (None, (0, 0))


def _near_day(tokens: list[str], today: date) -> _Found:
    """Read "today", "tomorrow", "next week"."""
    for place, word in enumerate(tokens):
        if word == "today":
            return _Said(today), (place, place + 1)
        if word in ("tomorrow", "tmr", "tom"):
            return _Said(today + timedelta(days=1)), (place, place + 1)
        if word == "next" and tokens[place + 1 : place + 2] == ["week"]:
            return _Said(today + timedelta(days=7 - today.weekday())), (place, place + 2)
    return _NOTHING


def _weekday(tokens: list[str], today: date) -> _Found:
    """Read "fri" or "friday": the first one to come, today among them if its time is."""
    for place, word in enumerate(tokens):
        if (number := _name(word, _DAYS)) is not None:
            ahead = timedelta(days=(number - today.weekday()) % 7)
            return _Said(today + ahead, weekday=True), (place, place + 1)
    return _NOTHING


def _dated(tokens: list[str], today: date) -> _Found:
    """Read "2026-03-09", "9.3." or "9.3.2026"."""
    for place, word in enumerate(tokens):
        if found := _ISO_DATE.fullmatch(word):
            year, month, day = map(int, found.groups())
            return _Said(_date(year, month, day)), (place, place + 1)
        if found := _DOTTED_DATE.fullmatch(word):
            day, month = int(found[1]), int(found[2])
            return _Said(_coming(today, found[3], month, day)), (place, place + 1)
    return _NOTHING


def _month_day(tokens: list[str], today: date) -> _Found:
    """Read "9 march", "march 9" or "9 march 2027"."""
    for place, word in enumerate(tokens):
        month = _name(word, _MONTHS)
        if month is None:
            continue
        before = _ORDINAL.fullmatch(tokens[place - 1]) if place else None
        after = _ORDINAL.fullmatch("".join(tokens[place + 1 : place + 2]))
        found = before or after
        if found is None:
            raise NotAMoment(f"Which day of {_MONTHS[month].capitalize()}?")
        begin, end = (place - 1, place + 1) if before else (place, place + 2)
        year = "".join(tokens[end : end + 1])
        year = year if re.fullmatch("[0-9]{4}", year) else ""
        day = _coming(today, year, month + 1, int(found[1]))
        return _Said(day), (begin, end + bool(year))
    return _NOTHING


def _name(word: str, names: tuple[str, ...]) -> int | None:
    """Return the place of a name said in full or by at least its first three letters."""
    if len(word) < 3:
        return None
    return next((n for n, name in enumerate(names) if name.startswith(word)), None)


def _coming(today: date, year: str | None, month: int, day: int) -> date:
    """Return the date in that year, or without a year the next one that is not over."""
    if year:
        return _date(int(year), month, day)
    this = _date(today.year, month, day)
    return this if this >= today else _date(today.year + 1, month, day)


def _date(year: int, month: int, day: int) -> date:
    """Return a date; raises `NotAMoment` where the calendar has none."""
    if not _YEARS[0] <= year <= _YEARS[1]:
        raise NotAMoment("There is no such year")
    try:
        return date(year, month, day)
    except ValueError:
        raise NotAMoment("There is no such date") from None


def _time(words: str) -> time | None:
    """Return the time of day that is left when the day has been read; None for no words."""
    if not words:
        return None
    if words in _TIMES:
        return _TIMES[words]
    found = _CLOCK.fullmatch(words.removesuffix(" o'clock"))
    if found is None:
        raise NotAMoment(f"Not understood: try {EXAMPLES}")
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        if not 1 <= hour <= 12:
            raise NotAMoment("There is no such hour")
        hour = hour % 12 + (12 if found[3] == "pm" else 0)
    if hour > 23 or minute > 59:
        raise NotAMoment("There is no such hour")
    return time(hour, minute)


def _day_words(then: date, today: date) -> str:
    """Return the day: "today", "tomorrow", "Fri 6 March", with the year if not this one."""
    match (then - today).days:
        case 0:
            return "today"
        case 1:
            return "tomorrow"
    year = f" {then.year}" if then.year != today.year else ""
    return f"{_DAYS[then.weekday()][:3].capitalize()} {then.day} {_month(then)}{year}"


def _month(day: date) -> str:
    """Return the month's English name, whatever the locale."""
    return _MONTHS[day.month - 1].capitalize()


def _distance(length: int) -> str:
    """Return how far away, in the largest unit that tells enough: "in 20 minutes"."""
    minutes = max(1, round(abs(length) / _MINUTE))
    if minutes < 90:
        words = _some(minutes, "minute")
    elif minutes < 36 * 60:
        words = _some(round(minutes / 60), "hour")
    else:
        words = _some(round(minutes / 60 / 24), "day")
    return f"in {words}" if length >= 0 else f"{words} ago"


def _some(count: int, unit: str) -> str:
    """Return a count with its unit."""
    return f"{count} {unit}{'' if count == 1 else 's'}"
