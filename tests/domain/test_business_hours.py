"""Time counts only while the desk is open."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.business_hours import (
    BusinessHours,
    InvalidHoursError,
    format_hours,
    parse_hours,
)

MINUTE = 60_000
WARSAW = ZoneInfo("Europe/Warsaw")
WEEK = parse_hours("mon-fri 9-17, sat 10-14:30", ["2026-12-25"], WARSAW)


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=WARSAW).timestamp() * 1_000)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-27 08:59", False),
        ("2026-11-27 09:00", True),
        ("2026-11-27 16:59", True),
        ("2026-11-27 17:00", False),
        ("2026-11-28 14:29", True),
        ("2026-11-29 12:00", False),
        ("2026-12-25 12:00", False),
    ],
)
def test_hours_hold_by_the_clock_of_their_zone(moment: str, is_open: bool) -> None:
    assert WEEK.is_open_at(at(moment)) is is_open


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-11-27 10:00", 60, "2026-11-27 11:00"),
        ("2026-11-27 16:30", 60, "2026-11-28 10:30"),
        ("2026-11-28 14:00", 60, "2026-11-30 09:30"),
        ("2026-11-29 03:00", 480, "2026-11-30 17:00"),
        ("2026-12-24 16:59", 2, "2026-12-26 10:01"),
    ],
)
def test_a_promise_runs_only_while_the_desk_is_open(start: str, minutes: int, end: str) -> None:
    assert WEEK.add_open_time(at(start), minutes) == at(end)
    assert WEEK.count_open_time(at(start), at(end)) == minutes * MINUTE


def test_a_night_with_a_clock_change_has_the_minutes_that_passed() -> None:
    night = parse_hours("sun 0-24", zone=WARSAW)
    assert night.count_open_time(at("2026-03-29 00:00"), at("2026-03-30 00:00")) == 23 * 60 * MINUTE


def test_without_hours_the_desk_is_always_open() -> None:
    always = parse_hours("")
    assert always == BusinessHours()
    assert always.is_open_at(0)
    assert always.add_open_time(5, 10) == 5 + 10 * MINUTE
    assert always.count_open_time(9, 5) == 0


def test_a_desk_that_never_opens_keeps_no_promise() -> None:
    closed = BusinessHours(parse_hours("mon 9-10").week, frozenset(), UTC)
    every_monday = frozenset(
        date.fromordinal(day)
        for day in range(739_000, 742_000)
        if date.fromordinal(day).weekday() == 0
    )
    assert BusinessHours(closed.week, every_monday, UTC).add_open_time(1_785_000_000_000, 5) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("9 to 5", '"9 to 5" is not understood'),
        ("foo 9-17", '"foo" is no day'),
        ("mon 17-9", '"mon 17-9": hours go from 0 to 24'),
        ("mon 9-25", '"mon 9-25": hours go from 0 to 24'),
        ("mon 9:70-12", '"mon 9:70-12": hours go from 0 to 24'),
        ("mon-fri 9-17, wed 12-14", '"wed 12-14": wed has these hours already'),
    ],
)
def test_wrong_hours_are_refused_with_the_part_that_is_wrong(text: str, message: str) -> None:
    with pytest.raises(InvalidHoursError) as refused:
        parse_hours(text)
    assert str(refused.value).startswith(message)


def test_a_wrong_holiday_is_refused() -> None:
    with pytest.raises(InvalidHoursError, match="is no date: write holidays like"):
        parse_hours("9-17", ["25.12."])


@pytest.mark.parametrize(
    ("typed", "formatted"),
    [
        ("Mon-Fri 9-17, Sat 10-14", "mon-fri 9-17, sat 10-14"),
        ("8:30-12, mon - wed 13-15", "mon-wed 8:30-12, mon-wed 13-15, thu-sun 8:30-12"),
        ("fri-mon 0-24", "mon 0-24, fri-sun 0-24"),
        ("", ""),
    ],
)
def test_hours_have_one_form(typed: str, formatted: str) -> None:
    hours = parse_hours(typed)
    assert format_hours(hours) == formatted
    assert parse_hours(format_hours(hours)) == hours


@given(st.integers(0, 400 * 24 * 60), st.integers(1, 5_000))
def test_adding_and_counting_agree(offset: int, minutes: int) -> None:
    start = at("2026-01-01 00:00") + offset * MINUTE
    end = WEEK.add_open_time(start, minutes)
    assert end is not None
    assert WEEK.count_open_time(start, end) == minutes * MINUTE
