"""Test the parser for times that agents type, at 08:00 UTC on Wednesday, 4 March 2026."""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.clock import HOUR, MINUTE
from tui.domain.date_input import InvalidMomentError, format_moment, parse_moment, read_moment

NOW = 1_772_611_200_000
WARSAW = ZoneInfo("Europe/Warsaw")


def parse_local(text: str, zone: tzinfo = UTC) -> str:
    """Return the moment on the wall clock of the zone."""
    at = parse_moment(text, NOW, zone)
    assert at is not None
    return datetime.fromtimestamp(at / 1_000, zone).strftime("%a %d %b %Y %H:%M")


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("20m", 20),
        ("20 min", 20),
        ("in 20 minutes", 20),
        ("2h", 120),
        ("1h30", 90),
        ("1h 30m", 90),
        ("1 hour and 5 minutes", 65),
        ("3d", 3 * 24 * 60),
        ("2 weeks", 14 * 24 * 60),
        ("1d 2h", 26 * 60),
    ],
)
def test_a_duration_counts_from_now(text: str, minutes: int) -> None:
    assert parse_moment(text, NOW, UTC) == NOW + minutes * MINUTE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9", "Wed 04 Mar 2026 09:00"),
        ("7", "Thu 05 Mar 2026 07:00"),
        ("8", "Thu 05 Mar 2026 08:00"),
        ("14:30", "Wed 04 Mar 2026 14:30"),
        ("14.30", "Wed 04 Mar 2026 14:30"),
        ("5pm", "Wed 04 Mar 2026 17:00"),
        ("12 am", "Thu 05 Mar 2026 00:00"),
        ("12pm", "Wed 04 Mar 2026 12:00"),
        ("noon", "Wed 04 Mar 2026 12:00"),
        ("tonight", "Wed 04 Mar 2026 20:00"),
        ("this evening", "Wed 04 Mar 2026 18:00"),
        ("tomorrow", "Thu 05 Mar 2026 09:00"),
        ("tomorrow 9", "Thu 05 Mar 2026 09:00"),
        ("Tomorrow at 14:15", "Thu 05 Mar 2026 14:15"),
        ("tomorrow afternoon", "Thu 05 Mar 2026 14:00"),
        ("fri 9", "Fri 06 Mar 2026 09:00"),
        ("Friday, 9:45", "Fri 06 Mar 2026 09:45"),
        ("mon", "Mon 09 Mar 2026 09:00"),
        ("next week", "Mon 09 Mar 2026 09:00"),
        ("wed 9", "Wed 04 Mar 2026 09:00"),
        ("wed 7", "Wed 11 Mar 2026 07:00"),
        ("9 march", "Mon 09 Mar 2026 09:00"),
        ("march 9th 14:30", "Mon 09 Mar 2026 14:30"),
        ("on the 9th of march at 8", "Mon 09 Mar 2026 08:00"),
        ("1 feb", "Mon 01 Feb 2027 09:00"),
        ("1 feb 2027 10", "Mon 01 Feb 2027 10:00"),
        ("9.3.", "Mon 09 Mar 2026 09:00"),
        ("9.3.2026 18:00", "Mon 09 Mar 2026 18:00"),
        ("2026-03-09", "Mon 09 Mar 2026 09:00"),
        ("2026-03-09T14:30", "Mon 09 Mar 2026 14:30"),
    ],
)
def test_a_day_and_a_time_of_day_are_read(text: str, expected: str) -> None:
    assert parse_local(text) == expected


@pytest.mark.parametrize("text", ["until reply", "reply", "until they reply", " Until  a REPLY "])
def test_until_reply_has_no_time(text: str) -> None:
    assert parse_moment(text, NOW, UTC) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Type when"),
        ("   ", "Type when"),
        ("soon", "Not understood"),
        ("9/3", "Not understood"),
        ("25", "no such hour"),
        ("9:75", "no such hour"),
        ("13pm", "no such hour"),
        ("today 7", "That time has passed: today 07:00, 1h ago"),
        ("2026-03-01", "That time has passed"),
        ("31 june", "no such date"),
        ("march", "Which day of March?"),
        ("0m", "That time has passed"),
        ("99999 days", "More than a year"),
        ("2031-01-01", "More than a year"),
        ("0000-01-01", "no such year"),
        ("9999-12-31 23:59", "no such year"),
    ],
)
def test_an_impossible_time_is_refused_with_one_line(text: str, reason: str) -> None:
    with pytest.raises(InvalidMomentError) as refused:
        parse_moment(text, NOW, UTC)
    assert reason in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["0m", "in 0 minutes", "0h", "today 8"])
def test_a_time_that_passes_now_is_not_called_ahead(text: str) -> None:
    for late in (0, 1_000, 59_000):
        with pytest.raises(InvalidMomentError) as refused:
            parse_moment(text, NOW + late, UTC)
        assert str(refused.value) == "That time has passed: today 08:00"


def test_a_time_of_day_is_in_the_time_zone_of_the_agent() -> None:
    assert parse_local("fri 9", WARSAW) == "Fri 06 Mar 2026 09:00"
    assert parse_moment("fri 9", NOW, WARSAW) == parse_moment("fri 8", NOW, UTC)


def test_days_keep_the_wall_clock_when_the_clocks_change() -> None:
    before = round(datetime(2026, 3, 28, 9, tzinfo=WARSAW).timestamp() * 1_000)
    at = parse_moment("1d", before, WARSAW)
    assert at == before + 23 * HOUR


def test_a_time_skipped_by_the_clock_change_is_an_hour_later() -> None:
    before = round(datetime(2026, 3, 28, 9, tzinfo=WARSAW).timestamp() * 1_000)
    at = parse_moment("sun 2:30", before, WARSAW)
    assert at is not None
    assert datetime.fromtimestamp(at / 1_000, WARSAW).strftime("%H:%M") == "03:30"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20m", "today 08:20, in 20m"),
        ("2h", "today 10:00, in 2h"),
        ("tomorrow 9", "tomorrow 09:00, in 1d 1h"),
        ("fri 9", "Fri 6 March 09:00, in 2d 1h"),
        ("1 feb 2027", "Mon 1 February 2027 09:00, in 47w 5d"),
        ("until reply", "until they reply"),
    ],
)
def test_the_parsed_time_is_shown(text: str, expected: str) -> None:
    assert format_moment(parse_moment(text, NOW, UTC), NOW, UTC) == expected


@given(
    st.one_of(
        st.text(max_size=40),
        st.text(alphabet="0123456789 :.-/hmdwtaponfrisuejulymrc,", max_size=24),
    ),
    st.sampled_from([None, UTC, WARSAW]),
)
def test_any_input_is_a_future_time_or_refused(text: str, zone: tzinfo | None) -> None:
    try:
        at = parse_moment(text, NOW, zone)
    except InvalidMomentError as refused:
        assert str(refused)
    else:
        assert at is None or at > NOW


SPRING = datetime(2026, 3, 28, 9, tzinfo=WARSAW)
"""The day before 02:00 becomes 03:00 in Warsaw."""
AUTUMN = datetime(2026, 10, 24, 9, tzinfo=WARSAW)
"""The day before 03:00 becomes 02:00 in Warsaw."""


@pytest.mark.parametrize(
    ("text", "now", "expected", "note"),
    [
        ("sun 2:30", SPRING, "Sun 03:30", "02:30 does not exist that day: 03:30"),
        ("tomorrow 2", SPRING, "Sun 03:00", "02:00 does not exist that day: 03:00"),
        ("29 march 2:59", SPRING, "Sun 03:59", "02:59 does not exist that day: 03:59"),
        ("2026-03-29T02:30", SPRING, "Sun 03:30", "02:30 does not exist that day: 03:30"),
        ("sun 3", SPRING, "Sun 03:00", ""),
        ("sun 1:59", SPRING, "Sun 01:59", ""),
        (
            "1d",
            SPRING.replace(hour=2, minute=15),
            "Sun 03:15",
            "02:15 does not exist that day: 03:15",
        ),
        ("sun 2:30", AUTUMN, "Sun 02:30", "02:30 comes twice that day: the first is taken"),
        ("25.10. 2:00", AUTUMN, "Sun 02:00", "02:00 comes twice that day: the first is taken"),
        ("sun 3", AUTUMN, "Sun 03:00", ""),
        ("tomorrow", SPRING, "Sun 09:00", "no time given: 09:00 is taken"),
        ("9 april", SPRING, "Thu 09:00", "no time given: 09:00 is taken"),
        ("2026-04-09", SPRING, "Thu 09:00", "no time given: 09:00 is taken"),
        ("next week", SPRING, "Mon 09:00", "no time given: 09:00 is taken"),
        ("tomorrow morning", SPRING, "Sun 09:00", ""),
        ("14:30", SPRING, "Sat 14:30", ""),
        ("2h", SPRING, "Sat 11:00", ""),
    ],
)
def test_what_is_assumed_is_said(text: str, now: datetime, expected: str, note: str) -> None:
    found = read_moment(text, round(now.timestamp() * 1_000), WARSAW)
    assert found.at is not None
    shown = datetime.fromtimestamp(found.at / 1_000, WARSAW)
    assert (f"{shown:%a %H:%M}", found.note) == (expected, note)


@pytest.mark.parametrize(
    ("now_fold", "now_minute", "minute", "fold", "which"),
    [(0, 15, 30, 0, "first"), (0, 45, 30, 1, "second"), (1, 15, 30, 1, "second")],
)
def test_within_the_hour_that_comes_twice_the_next_one_is_meant(
    now_fold: int, now_minute: int, minute: int, fold: int, which: str
) -> None:
    now = datetime(2026, 10, 25, 2, now_minute, tzinfo=WARSAW, fold=now_fold)
    found = read_moment(f"2:{minute}", round(now.timestamp() * 1_000), WARSAW)
    expected = datetime(2026, 10, 25, 2, minute, tzinfo=WARSAW, fold=fold)
    assert found.at == round(expected.timestamp() * 1_000)
    assert found.note == f"02:{minute} comes twice that day: the {which} is taken"


def test_after_both_the_time_of_the_next_day_is_meant() -> None:
    now = datetime(2026, 10, 25, 2, 45, tzinfo=WARSAW, fold=1)
    found = read_moment("2:30", round(now.timestamp() * 1_000), WARSAW)
    tomorrow = datetime(2026, 10, 26, 2, 30, tzinfo=WARSAW)
    assert (found.at, found.note) == (round(tomorrow.timestamp() * 1_000), "")
