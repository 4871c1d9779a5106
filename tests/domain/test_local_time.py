"""Test the local time of a phone number and the quiet hours."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.local_time import (
    find_next_allowed_time,
    find_quiet_times,
    find_zones,
    format_local_times,
)

_NIGHT = (20, 8)
_ZONES = ("Europe/Warsaw", "America/New_York", "America/Los_Angeles", "Asia/Kathmandu")


def _parse_utc(text: str) -> int:
    """Return a moment in UTC as ms."""
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1_000)


@pytest.mark.parametrize(
    ("zones", "expected"),
    [
        ((), ""),
        (("Europe/Warsaw",), "15:02 there"),
        (("Europe/Warsaw", "Europe/Berlin"), "15:02 there"),
        (("America/Los_Angeles", "America/New_York"), "between 06:02 and 09:02 there"),
    ],
)
def test_the_local_time_is_shown_once_per_offset(zones: tuple[str, ...], expected: str) -> None:
    assert format_local_times(zones, _parse_utc("2026-03-04T14:02")) == expected


def test_only_phone_numbers_have_a_zone() -> None:
    assert find_zones("+48500600700") == ("Europe/Warsaw",)
    assert find_zones("MYSHOP") == find_zones("71234") == ()


@pytest.mark.parametrize(
    ("time", "quiet"), [("18:59", False), ("19:00", True), ("06:59", True), ("07:00", False)]
)
def test_quiet_hours_span_midnight(time: str, quiet: bool) -> None:
    moment = _parse_utc(f"2026-03-04T{time}")
    assert bool(find_quiet_times(("Europe/Warsaw",), moment, _NIGHT)) is quiet


def test_quiet_hours_end_at_eight_in_the_morning() -> None:
    assert find_next_allowed_time(
        ("Europe/Warsaw",), _parse_utc("2026-03-04T22:10"), _NIGHT
    ) == _parse_utc("2026-03-05T07:00")


def test_quiet_hours_of_several_zones_end_with_the_last_one() -> None:
    zones = ("America/New_York", "America/Los_Angeles")
    assert find_next_allowed_time(zones, _parse_utc("2026-03-04T09:00"), _NIGHT) == _parse_utc(
        "2026-03-04T16:00"
    )


def test_quiet_hours_of_opposite_zones_never_end() -> None:
    zones = ("Pacific/Auckland", "Europe/London")
    assert find_next_allowed_time(zones, _parse_utc("2026-03-04T12:00"), (18, 9)) is None


def test_quiet_hours_respect_the_clock_change() -> None:
    assert find_next_allowed_time(
        ("Europe/Warsaw",), _parse_utc("2026-03-28T22:00"), _NIGHT
    ) == _parse_utc("2026-03-29T06:00")


@given(
    st.lists(st.sampled_from(_ZONES), min_size=1, max_size=3),
    st.integers(min_value=0, max_value=2_000_000_000_000),
    st.tuples(st.integers(0, 23), st.integers(0, 23)),
)
def test_the_end_of_quiet_hours_is_never_quiet(
    zones: list[str], now: int, hours: tuple[int, int]
) -> None:
    found = find_next_allowed_time(zones, now, hours)
    assert found is None or (found >= now and not find_quiet_times(zones, found, hours))
