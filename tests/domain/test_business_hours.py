"""Time counts only while the desk is open."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.business_hours import (
    BusinessHours,
    InvalidHoursError,
    describe_hours,
    format_hours,
    parse_desk_hours,
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
        ("mon 9-9", '"mon 9-9": nothing is open then; the whole day is 0-24'),
        ("mon 24-3", '"mon 24-3": nothing is open then'),
        ("mon 9-25", '"mon 9-25": hours go from 0 to 24'),
        ("mon 9:70-12", '"mon 9:70-12": hours go from 0 to 24'),
        ("mon-fri 9-17, wed 12-14", '"wed 12-14": wed has these hours already'),
        ("mon 22-6, tue 5-9", '"tue 5-9": tue has these hours already'),
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
        ("22-6", "mon-sun 22-6"),
        ("sun 22:30-5:15, mon-fri 9-17", "mon-fri 9-17, sun 22:30-5:15"),
        ("mon-fri 20-0", "mon-fri 20-24"),
        ("fri 9-24, sat 0-9", "fri 9-24, sat 0-9"),
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


def test_a_night_ends_on_the_next_morning_unless_that_is_a_holiday() -> None:
    hours = parse_hours("mon-fri 22-6", ["2026-12-25"], WARSAW)  # a Friday
    assert hours.is_open_at(at("2026-12-23 23:00"))
    assert hours.is_open_at(at("2026-12-24 05:59"))
    assert not hours.is_open_at(at("2026-12-24 06:00"))
    assert hours.is_open_at(at("2026-12-24 23:59"))
    assert not hours.is_open_at(at("2026-12-25 00:00"))
    assert not hours.is_open_at(at("2026-12-25 22:30"))
    assert hours.is_open_at(at("2026-12-26 05:00"))
    assert hours.add_open_time(at("2026-12-24 23:00"), 90) == at("2026-12-26 00:30")


def test_with_holidays_alone_the_desk_is_open_on_all_other_days() -> None:
    hours = parse_desk_hours("always; 2026-12-25; Europe/Warsaw")
    assert not hours.is_open_at(at("2026-12-25 12:00"))
    assert hours.is_open_at(at("2026-12-26 00:00"))
    assert hours.add_open_time(at("2026-12-24 23:30"), 60) == at("2026-12-26 00:30")


def test_hours_that_the_clock_leaves_out_pass_no_time() -> None:
    # On this Sunday 2:00 is followed by 3:00.
    hours = parse_hours("sun 2:30-3, mon 9-10", zone=WARSAW)
    assert hours.add_open_time(at("2026-03-29 00:00"), 10) == at("2026-03-30 09:10")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("", "is always open"),
        ("off", "is always open"),
        ("9-17", "is open mon-sun 9-17"),
        ("9-17; Europe/Warsaw", "is open mon-sun 9-17 (Europe/Warsaw)"),
        ("9-17; UTC", "is open mon-sun 9-17 (UTC)"),
        (
            "mon-fri 9-17; 2026-12-25, 2026-12-26; Europe/Warsaw",
            "is open mon-fri 9-17 (Europe/Warsaw), closed on 2026-12-25, 2026-12-26",
        ),
        ("9-17; 2026-01-01 2026-12-25 2026-12-26", "2026-12-25 and 1 other day"),
    ],
)
def test_hours_are_described_in_a_sentence(typed: str, shown: str) -> None:
    assert describe_hours(parse_desk_hours(typed)).endswith(shown)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("9-17; Mars/Base", '"Mars/Base" is no time zone: write it like Europe/Warsaw'),
        ("9-17; 25.12.2026", '"25.12.2026" is no date: write holidays like 2026-12-25'),
        ("9-17; christmas; UTC", '"christmas" is no date'),
    ],
)
def test_what_is_no_holiday_and_no_zone_is_named(typed: str, expected: str) -> None:
    with pytest.raises(InvalidHoursError, match=re.escape(expected)):
        parse_desk_hours(typed)
