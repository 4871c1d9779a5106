"""Local time from a number, and the hours in which customers are left alone."""

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


def _at(text: str) -> int:
    """A moment in UTC as ms."""
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1_000)


@pytest.mark.parametrize(
    ("zones", "words"),
    [
        ((), ""),
        (("Europe/Warsaw",), "15:02 there"),
        (("Europe/Warsaw", "Europe/Berlin"), "15:02 there"),
        (("America/Los_Angeles", "America/New_York"), "between 06:02 and 09:02 there"),
    ],
)
def test_the_clock_reads_once_for_each_offset(zones: tuple[str, ...], words: str) -> None:
    assert format_local_times(zones, _at("2026-03-04T14:02")) == words


def test_only_numbers_tell_a_zone() -> None:
    assert find_zones("+48500600700") == ("Europe/Warsaw",)
    assert find_zones("MYSHOP") == find_zones("71234") == ()


@pytest.mark.parametrize(
    ("time", "quiet"), [("18:59", False), ("19:00", True), ("06:59", True), ("07:00", False)]
)
def test_quiet_hours_go_over_midnight(time: str, quiet: bool) -> None:
    moment = _at(f"2026-03-04T{time}")
    assert bool(find_quiet_times(("Europe/Warsaw",), moment, _NIGHT)) is quiet


def test_the_next_waking_is_eight_in_the_morning() -> None:
    assert find_next_allowed_time(("Europe/Warsaw",), _at("2026-03-04T22:10"), _NIGHT) == _at(
        "2026-03-05T07:00"
    )


def test_several_zones_wake_with_the_last_one() -> None:
    zones = ("America/New_York", "America/Los_Angeles")
    assert find_next_allowed_time(zones, _at("2026-03-04T09:00"), _NIGHT) == _at("2026-03-04T16:00")


def test_nobody_is_woken_when_somebody_always_sleeps() -> None:
    zones = ("Pacific/Auckland", "Europe/London")
    assert find_next_allowed_time(zones, _at("2026-03-04T12:00"), (18, 9)) is None


def test_the_day_the_clocks_change_is_no_trap() -> None:
    assert find_next_allowed_time(("Europe/Warsaw",), _at("2026-03-28T22:00"), _NIGHT) == _at(
        "2026-03-29T06:00"
    )


@given(
    st.lists(st.sampled_from(_ZONES), min_size=1, max_size=3),
    st.integers(min_value=0, max_value=2_000_000_000_000),
    st.tuples(st.integers(0, 23), st.integers(0, 23)),
)
def test_the_next_waking_is_never_quiet(zones: list[str], now: int, hours: tuple[int, int]) -> None:
    found = find_next_allowed_time(zones, now, hours)
    assert found is None or (found >= now and not find_quiet_times(zones, found, hours))
