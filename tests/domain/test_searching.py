"""What is typed into the search, understood."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.searching import Query, nothing_words, parse, spans
from tui.domain.status import Status

NOON = round(datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp() * 1_000)


def day(number: int, zone: timezone = UTC) -> int:
    return round(datetime(2026, 3, number, tzinfo=zone).timestamp() * 1_000)


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("", Query()),
        ("late parcel", Query(text="late parcel")),
        ("from:ana parcel", Query(text="parcel", came_from="ana")),
        ('from:"Ana Kowalska"', Query(came_from="Ana Kowalska")),
        ('from:"Ana', Query(came_from="Ana")),
        ('"two words"', Query(text="two words")),
        ("TO:+48500", Query(went_to="+48500")),
        ("label:#vip account:pl", Query(label="vip", account="pl")),
        ("status:Failed", Query(status=Status.FAILED)),
        ("status:maybe", Query(status=Status.UNCERTAIN)),
        ("before:2026-03-01", Query(until=day(1))),
        ("after:today", Query(since=day(2))),
        ("on:yesterday", Query(since=day(1), until=day(2))),
        ("in:thread ok", Query(text="ok", here=True)),
        ("http://example.com 12:30", Query(text="http://example.com 12:30")),
        ("from:", Query()),
    ],
)
def test_words_and_filters_are_told_apart(typed: str, query: Query) -> None:
    assert parse(typed, NOON, UTC) == query


def test_a_day_begins_where_the_agent_is() -> None:
    east = timezone(timedelta(hours=10))
    assert parse("before:2026-03-01", NOON, east).until == day(1, east)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("before:soon", "is no day"),
        ("after:2026-13-01", "is no day"),
        ("on:9999-12-31", "is no day"),
        ("status:lost", "is no status"),
        ("in:all", "in:thread"),
    ],
)
def test_a_wrong_value_is_said_and_nothing_is_searched(typed: str, words: str) -> None:
    assert words in parse(typed, NOON, UTC).problem


@given(st.text(max_size=60))
def test_nothing_that_is_typed_is_an_error(typed: str) -> None:
    parse(typed, NOON, UTC)


@given(st.text(max_size=60), st.text(max_size=10))
def test_spans_lie_in_the_text_in_order(shown: str, text: str) -> None:
    last = 0
    for begin, end in spans(shown, text):
        assert last <= begin < end <= len(shown)
        last = end


def test_words_are_set_off_without_case_and_accents() -> None:
    assert [("Łódź dzień"[b:e]) for b, e in spans("Łódź dzień", "lod dzien")] == ["Łódź", "dzień"]
    assert spans("nothing", "thing") == []
    assert spans("anything", "") == []


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("parcel", "fewer letters of a word find more"),
        ("from:ana", "one filter less finds more"),
        ("from:ana parcel", "fewer letters, or one filter less, find more"),
        ("from:ana to:bob", "from: and to: never hold together"),
    ],
)
def test_where_nothing_was_found_it_is_said_what_would_find_more(typed: str, words: str) -> None:
    assert words in nothing_words(parse(typed, NOON, UTC))
