"""What is typed into the search: words, and filters like `from:ana` or `before:2026-03-01`."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo

from tui.domain.fold import fold, words
from tui.domain.status import Status

_PART = re.compile(r'([a-z]+):(?:"([^"]*)"?|(\S*))|"([^"]*)"?|(\S+)', re.IGNORECASE)
_TOKEN = re.compile(r"[^\W_]+")
_MS = 1_000
FILTERS = "from: to: label: account: status: before: after: in:thread"
"""What can be asked for, as a hint under the field."""


@dataclass(frozen=True, slots=True)
class Query:
    """A search as understood; every condition that is set must hold."""

    text: str = ""
    """Words of the message, or their beginnings."""
    came_from: str = ""
    """Part of the name or number of a customer who wrote it."""
    went_to: str = ""
    """Part of the name or number of a customer it was written to."""
    label: str = ""
    account: str = ""
    status: Status | None = None
    since: int | None = None
    """Ms UTC, itself included."""
    until: int | None = None
    """Ms UTC, itself not included."""
    here: bool = False
    """Only in the open conversation."""
    problem: str = ""
    """What could not be understood, in words; then nothing is searched."""

    @property
    def filtered(self) -> bool:
        """Whether there is any condition beside words."""
        return replace(self, text="", problem="") != Query()

    @property
    def empty(self) -> bool:
        """Whether it asks for nothing."""
        return not words(self.text) and not self.filtered


def nothing_words(query: Query) -> str:
    """What to say where nothing was found, and what would find more."""
    if query.came_from and query.went_to:
        return "from: and to: never hold together: each message goes one way"
    if not query.filtered:
        return "Nothing found: fewer letters of a word find more"
    if not words(query.text):
        return "Nothing found: one filter less finds more"
    return "Nothing found: fewer letters, or one filter less, find more"


class _Wrong(Exception):
    """A filter's value means nothing; the text says what would."""


def parse(typed: str, now: int, zone: tzinfo | None) -> Query:
    """Understand what was typed at `now` (ms UTC); days are those of `zone`.

    `what:ever` of an unknown kind is searched as words. Never raises: see `Query.problem`.
    """
    query, plain = Query(), []
    today = datetime.fromtimestamp(now / _MS, zone).date()
    for name, value, whole in _parts(typed):
        read = _READERS.get(name)
        if read is None:
            plain.append(whole)
            continue
        if not value:
            continue
        try:
            query = read(query, value, _Days(today, zone))
        except _Wrong as problem:
            query = replace(query, problem=str(problem))
    return replace(query, text=" ".join(plain))


def _parts(typed: str) -> Iterator[tuple[str, str, str]]:
    """Filter name (or ""), its value, and the part as typed."""
    for found in _PART.finditer(typed):
        name, quoted, bare, phrase, word = found.groups()
        if name is None:
            yield "", "", phrase if phrase is not None else word
        else:
            yield name.lower(), quoted if quoted is not None else bare, found[0]


@dataclass(frozen=True, slots=True)
class _Days:
    """How a day is read."""

    today: date
    zone: tzinfo | None

    def begin(self, text: str, *, later: int = 0) -> int:
        """When a day begins, ms UTC; raises `_Wrong`."""
        try:
            day = self._day(text.lower()) + timedelta(days=later)
            return round(datetime.combine(day, time(), self.zone).timestamp() * _MS)
        except (ValueError, OverflowError, OSError):
            raise _Wrong(f'"{text}" is no day: write 2026-03-01, today or yesterday') from None

    def _day(self, text: str) -> date:
        """The day that is meant; raises `ValueError`."""
        match text:
            case "today":
                return self.today
            case "yesterday":
                return self.today - timedelta(days=1)
        return date.fromisoformat(text)


def _status(query: Query, value: str, days: _Days) -> Query:
    """`status:failed`; the words of the badges, "maybe" for uncertain."""
    known = {status.value: status for status in Status} | {"maybe": Status.UNCERTAIN}
    found = known.get(value.lower())
    if found is None:
        raise _Wrong(f'"{value}" is no status: {", ".join(known)}')
    return replace(query, status=found)


def _here(query: Query, value: str, days: _Days) -> Query:
    """`in:thread`."""
    if value.lower() not in ("thread", "here"):
        raise _Wrong("in: takes only in:thread, the conversation that is open")
    return replace(query, here=True)


_READERS: dict[str, Callable[[Query, str, _Days], Query]] = {
    "from": lambda query, value, days: replace(query, came_from=value),
    "to": lambda query, value, days: replace(query, went_to=value),
    "label": lambda query, value, days: replace(query, label=value.removeprefix("#")),
    "account": lambda query, value, days: replace(query, account=value),
    "status": _status,
    "before": lambda query, value, days: replace(query, until=days.begin(value)),
    "after": lambda query, value, days: replace(query, since=days.begin(value)),
    "on": lambda query, value, days: replace(
        query, since=days.begin(value), until=days.begin(value, later=1)
    ),
    "in": _here,
}


def spans(shown: str, text: str) -> list[tuple[int, int]]:
    """Where in `shown` the words of a search stand: (begin, end) of each that begins with one."""
    wanted = tuple(words(text))
    if not wanted:
        return []
    return [found.span() for found in _TOKEN.finditer(shown) if fold(found[0]).startswith(wanted)]
