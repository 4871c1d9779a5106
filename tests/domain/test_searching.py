"""Test the parser for text typed into the search."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.searching import SearchQuery, describe_no_results, find_spans, parse_search
from tui.domain.status import Status

NOON = round(datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp() * 1_000)


def day(number: int, zone: timezone = UTC) -> int:
    return round(datetime(2026, 3, number, tzinfo=zone).timestamp() * 1_000)


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("", SearchQuery()),
        ("late parcel", SearchQuery(text="late parcel")),
        ("from:ana parcel", SearchQuery(text="parcel", came_from="ana")),
        ('from:"Ana Kowalska"', SearchQuery(came_from="Ana Kowalska")),
        ('from:"Ana', SearchQuery(came_from="Ana")),
        ('"two words"', SearchQuery(text='"two words"')),
        ("TO:+48500", SearchQuery(went_to="+48500")),
        ("label:#vip account:pl", SearchQuery(label="vip", account="pl")),
        ("status:Failed", SearchQuery(status=Status.FAILED)),
        ("status:maybe", SearchQuery(status=Status.UNCERTAIN)),
        ("before:2026-03-01", SearchQuery(until=day(1))),
        ("after:today", SearchQuery(since=day(2))),
        ("on:yesterday", SearchQuery(since=day(1), until=day(2))),
        ("in:thread ok", SearchQuery(text="ok", here=True)),
        ("http://example.com 12:30", SearchQuery(text="http://example.com 12:30")),
        ("from:", SearchQuery()),
    ],
)
def test_words_and_filters_are_distinguished(typed: str, query: SearchQuery) -> None:
    assert parse_search(typed, NOON, UTC) == query


def test_a_day_begins_in_the_time_zone_of_the_agent() -> None:
    east = timezone(timedelta(hours=10))
    assert parse_search("before:2026-03-01", NOON, east).until == day(1, east)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("before:soon", "is not a day"),
        ("after:2026-13-01", "is not a day"),
        ("on:9999-12-31", "is not a day"),
        ("status:lost", "is not a status"),
        ("in:all", "in:thread"),
    ],
)
def test_a_wrong_value_is_reported_and_nothing_is_searched(typed: str, expected: str) -> None:
    assert expected in parse_search(typed, NOON, UTC).problem


@given(st.text(max_size=60))
def test_any_input_is_parsed_without_error(typed: str) -> None:
    parse_search(typed, NOON, UTC)


@given(st.text(max_size=60), st.text(max_size=10))
def test_spans_lie_in_the_text_in_order(shown: str, text: str) -> None:
    last = 0
    for begin, end in find_spans(shown, text):
        assert last <= begin < end <= len(shown)
        last = end


def test_matches_are_highlighted_without_case_and_accents() -> None:
    assert [("Łódź dzień"[b:e]) for b, e in find_spans("Łódź dzień", "lod dzien")] == [
        "Łódź",
        "dzień",
    ]
    assert find_spans("nothing", "thing") == []
    assert find_spans("anything", "") == []


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("parcel", "try fewer characters of a word"),
        ("from:ana", "try without a filter"),
        ("from:ana parcel", "try fewer characters, or without a filter"),
        ("from:ana to:bob", "from: and to: cannot be combined"),
    ],
)
def test_an_empty_result_has_a_hint_for_a_wider_search(typed: str, expected: str) -> None:
    assert expected in describe_no_results(parse_search(typed, NOON, UTC))
