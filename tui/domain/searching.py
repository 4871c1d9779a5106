"""Parse the search field: words, and filters like `from:ana` or `before:2026-03-01`."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field, replace
from datetime import date, datetime, time, timedelta, tzinfo

from tui.domain.folding import fold_text
from tui.domain.matching import Words, parse_words
from tui.domain.record_type import record
from tui.domain.status import Status
from tui.domain.tokens import split_words

_SEARCH_PART = re.compile(r'([a-z]+):(?:"([^"]*)"?|(\S*))|"[^"]*"?|\S+', re.IGNORECASE)
_SECOND_MS = 1_000
FILTERS = "from: to: label: account: status: before: after: in:thread"
"""Filters that can be typed, as a hint under the field."""


@record
class SearchQuery:
    """A parsed search; every condition that is set must hold."""

    text: str = ""
    """Words of the message, or their beginnings; those in quotes follow each other."""
    came_from: str = ""
    """Part of the name or number of the customer who wrote it."""
    went_to: str = ""
    """Part of the name or number of the customer it was sent to."""
    label: str = ""
    account: str = ""
    status: Status | None = None
    since: int | None = None
    """Inclusive start, ms UTC."""
    until: int | None = None
    """Exclusive end, ms UTC."""
    here: bool = False
    """Search only in the open conversation."""
    problem: str = ""
    """What could not be parsed, as text; nothing is searched then."""
    notice: str = field(default="", compare=False)
    """What may not be meant as it was typed, as text; it is searched all the same."""

    @property
    def has_filters(self) -> bool:
        """Return whether there is any condition besides words."""
        return replace(self, text="", problem="") != SearchQuery()

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to search for."""
        return not split_words(self.text) and not self.has_filters


def describe_no_results(query: SearchQuery) -> str:
    """Return the message for a search without results, and how to find more."""
    if query.came_from and query.went_to:
        return "from: and to: cannot be combined: a message has one direction"
    if not query.has_filters:
        return "Nothing found: try fewer characters of a word"
    if not split_words(query.text):
        return "Nothing found: try without a filter"
    return "Nothing found: try fewer characters, or without a filter"


class _InvalidFilterError(Exception):
    """The value of a filter is not valid; the message says what is."""


def parse_search(typed: str, now: int, zone: tzinfo | None) -> SearchQuery:
    """Parse the typed text of a search. Never raises: see `SearchQuery.problem`.

    A filter of an unknown name is searched as words.

    Args:
        typed: Typed text.
        now: Current time, ms UTC.
        zone: Zone of the days; None for that of the system.
    """
    query, plain = SearchQuery(), []
    today = datetime.fromtimestamp(now / _SECOND_MS, zone).date()
    for name, value, whole in _split_parts(typed):
        query = replace(query, notice=query.notice or _find_doubt(name, value, whole))
        read = _FILTER_READERS.get(name)
        if read is None:
            plain.append(whole)
            continue
        if not value:
            continue
        try:
            query = read(query, value, _DayReader(today, zone))
        except _InvalidFilterError as problem:
            query = replace(query, problem=str(problem))
    return replace(query, text=" ".join(plain))


def find_empty_filter(typed: str) -> str:
    """Return the name of the first filter that has no value, or "".

    While an agent types it is only unfinished. In a script it would drop a condition silently.
    """
    parts = _split_parts(typed)
    return next((n for n, value, _ in parts if n in _FILTER_READERS and not value.strip()), "")


def _split_parts(typed: str) -> Iterator[tuple[str, str, str]]:
    """Yield the filter name (or ""), its value, and the part as typed."""
    for found in _SEARCH_PART.finditer(typed):
        name, quoted, bare = found.groups()
        if name is None:
            yield "", "", found[0]
        else:
            yield name.lower(), quoted if quoted is not None else bare, found[0]


def _find_doubt(name: str, value: str, whole: str) -> str:
    """Return what may not be meant as it was typed in one part of a search, or ""."""
    is_quoted = whole.startswith('"') or (bool(name) and whole[len(name) + 1 :].startswith('"'))
    if is_quoted and whole.count('"') == 1:
        return f"The quotation mark is not closed: {whole}"
    # A web address has a colon, too.
    if name and name not in _FILTER_READERS and value and not value.startswith("//"):
        return f'There is no filter {name}: · in quotes it is searched as words: "{whole}"'
    return ""


@record
class _DayReader:
    """Parse days relative to today."""

    today: date
    zone: tzinfo | None

    def parse_day_start(self, text: str, *, later: int = 0) -> int:
        """Return when a day begins, ms UTC; raise `_InvalidFilterError` if it is not a day.

        Args:
            text: Typed day.
            later: Days to add.
        """
        try:
            day = self._parse_day(text.lower()) + timedelta(days=later)
            return round(datetime.combine(day, time(), self.zone).timestamp() * _SECOND_MS)
        except (ValueError, OverflowError, OSError):
            raise _InvalidFilterError(
                f'"{text}" is not a day: write 2026-03-01, today or yesterday'
            ) from None

    def _parse_day(self, text: str) -> date:
        """Return the day in `text`; raise `ValueError` if there is none."""
        match text:
            case "today":
                return self.today
            case "yesterday":
                return self.today - timedelta(days=1)
        return date.fromisoformat(text)


def _read_status(query: SearchQuery, value: str, days: _DayReader) -> SearchQuery:
    """Read `status:failed`: the labels of the badges, and "maybe" for uncertain."""
    statuses = {status.value: status for status in Status} | {"maybe": Status.UNCERTAIN}
    found = statuses.get(value.lower())
    if found is None:
        raise _InvalidFilterError(f'"{value}" is not a status: {", ".join(statuses)}')
    return replace(query, status=found)


def _read_place(query: SearchQuery, value: str, days: _DayReader) -> SearchQuery:
    """Read `in:thread`."""
    if value.lower() not in ("thread", "here"):
        raise _InvalidFilterError("in: takes only in:thread, the conversation that is open")
    return replace(query, here=True)


_FILTER_READERS: dict[str, Callable[[SearchQuery, str, _DayReader], SearchQuery]] = {
    "from": lambda query, value, days: replace(query, came_from=value),
    "to": lambda query, value, days: replace(query, went_to=value),
    "label": lambda query, value, days: replace(query, label=value.removeprefix("#")),
    "account": lambda query, value, days: replace(query, account=value),
    "status": _read_status,
    "before": lambda query, value, days: replace(query, until=days.parse_day_start(value)),
    "after": lambda query, value, days: replace(query, since=days.parse_day_start(value)),
    "on": lambda query, value, days: replace(
        query, since=days.parse_day_start(value), until=days.parse_day_start(value, later=1)
    ),
    "in": _read_place,
}


def find_spans(shown: str, text: str) -> list[tuple[int, int]]:
    """Return the begin and end of what a search has found in a text, in order.

    Args:
        shown: Text on the screen.
        text: Words of the search.
    """
    phrases = {phrase for one in parse_words(text) for phrase in one.list_phrases()}
    if not phrases:
        return []
    folded, begins, ends = _fold_with_places(shown)
    words = Words(folded)
    found = {span for phrase in phrases for span in words.find(phrase)}
    return _merge_spans(sorted((begins[begin], ends[end - 1]) for begin, end in found))


def _merge_spans(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return sorted spans with those joined that overlap."""
    merged: list[tuple[int, int]] = []
    for begin, end in spans:
        if merged and begin < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


_EXTENDING = re.compile("[\uff9e\uff9f\u1160-\u11ff\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
"""Characters besides marks that change the one before them."""


def _fold_with_places(shown: str) -> tuple[str, Sequence[int], Sequence[int]]:
    """Return a folded text, and where each of its characters begins and ends in `shown`."""
    if shown.isascii():
        return fold_text(shown), range(len(shown)), range(1, len(shown) + 1)
    folded, begins, ends = list[str](), list[int](), list[int]()
    begin = 0
    while begin < len(shown):
        end = begin + 1
        while end < len(shown) and _is_extending(shown[end]):
            end += 1
        part = fold_text(shown[begin:end])
        folded.append(part)
        begins += [begin] * len(part)
        ends += [end] * len(part)
        begin = end
    return "".join(folded), begins, ends


def _is_extending(char: str) -> bool:
    """Return whether a character belongs to the one before it."""
    if char < "\u0300":
        return False
    return unicodedata.category(char) in ("Mn", "Me", "Mc", "Cf") or bool(_EXTENDING.match(char))
