"""Test times in Warsaw, including the two nights of the clock change."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.clock import HOUR, MINUTE
from tui.providers.serwersms.times import (
    format_local_time,
    move_before_repeat,
    parse_time,
    to_local_time,
)

WARSAW = ZoneInfo("Europe/Warsaw")
SPRING = 1_774_746_000_000
"""29 March 2026, 01:00 UTC: 02:00 becomes 03:00."""
AUTUMN = 1_792_890_000_000
"""25 October 2026, 01:00 UTC: 03:00 becomes 02:00."""


def test_winter_is_one_hour_and_summer_two_hours_ahead_of_utc() -> None:
    assert parse_time("2026-03-29 01:59:59", WARSAW) == SPRING - 1000
    assert parse_time("2026-03-29 03:00:00", WARSAW) == SPRING


def test_a_time_inside_the_spring_gap_falls_after_the_change() -> None:
    assert parse_time("2026-03-29 02:30:00", WARSAW) == SPRING + 30 * MINUTE
    assert parse_time("2026-03-29 03:30:00", WARSAW) == SPRING + 30 * MINUTE


def test_a_time_inside_the_repeated_hour_is_its_first_pass() -> None:
    assert parse_time("2026-10-25 02:30:00", WARSAW) == AUTUMN - 30 * MINUTE
    assert parse_time("2026-10-25 03:00:00", WARSAW) == AUTUMN + HOUR


def test_both_passes_of_the_repeated_hour_are_written_alike() -> None:
    passes = {format_local_time(to_local_time(AUTUMN + shift, WARSAW)) for shift in (-HOUR, 0)}
    assert passes == {"2026-10-25 02:00:00"}


def test_no_wall_time_is_ever_written_inside_the_gap() -> None:
    assert format_local_time(to_local_time(SPRING - 1, WARSAW)) == "2026-03-29 01:59:59"
    assert format_local_time(to_local_time(SPRING, WARSAW)) == "2026-03-29 03:00:00"


@pytest.mark.parametrize(
    ("wall", "asked"),
    [
        ("2026-10-25 01:59:59", "2026-10-25 01:59:59"),
        ("2026-10-25 02:00:00", "2026-10-25 01:00:00"),
        ("2026-10-25 02:59:59", "2026-10-25 01:59:59"),
        ("2026-10-25 03:00:00", "2026-10-25 03:00:00"),
        ("2026-03-29 02:30:00", "2026-03-29 02:30:00"),
    ],
)
def test_a_query_inside_the_repeated_hour_starts_before_it(wall: str, asked: str) -> None:
    start = move_before_repeat(datetime.fromisoformat(wall), WARSAW)
    assert format_local_time(start) == asked


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "0000-00-00 00:00:00",
        "2026-02-30 10:00:00",
        "2026-03-04 24:00:00",
        "2026-03-04",
        "٢٠٢٦-03-04 10:00:00",
        "2026-03-04 10:00:00+01:00",
    ],
)
def test_an_invalid_date_is_no_time(text: str) -> None:
    assert parse_time(text, WARSAW) is None


@pytest.mark.parametrize("text", ["2026-03-29 03:00", " 2026-03-29T03:00:00 "])
def test_a_date_without_seconds_or_with_a_t_is_read(text: str) -> None:
    assert parse_time(text, WARSAW) == SPRING


@pytest.mark.parametrize("text", ["0001-01-01 00:00:00", "9999-12-31 23:59:59"])
def test_the_ends_of_the_calendar_are_parsed(text: str) -> None:
    assert isinstance(parse_time(text, WARSAW), int)


@pytest.mark.parametrize("at", [10**18, -(10**18)])
def test_a_time_outside_the_calendar_is_a_value_error(at: int) -> None:
    with pytest.raises(ValueError, match="out of"):
        to_local_time(at, WARSAW)


@given(at=st.integers(0, 4_000_000_000))
def test_a_formatted_time_is_parsed_again_except_in_the_second_pass(at: int) -> None:
    read = parse_time(format_local_time(to_local_time(at * 1000, WARSAW)), WARSAW)
    assert read in (at * 1000, at * 1000 - HOUR)


@given(text=st.text())
def test_any_text_is_a_time_or_none(text: str) -> None:
    assert isinstance(parse_time(text, WARSAW), int | None)
