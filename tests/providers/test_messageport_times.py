"""Test the local times of an account: ordinary times, the repeated hour, the skipped hour."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.providers.messageport.push import find_zone, parse_local_time

SYDNEY = find_zone("Australia/Sydney")
LATER = int(datetime(2030, 1, 1, tzinfo=UTC).timestamp()) * 1000


def parse_utc(text: str) -> int:
    """Return an ISO time in UTC as milliseconds."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000


@pytest.mark.parametrize(
    ("zone", "local", "expected"),
    [
        ("Australia/Sydney", "2026-03-04 10:11:12", "2026-03-03 23:11:12"),
        ("Australia/Sydney", "2026-07-04 10:11:12", "2026-07-04 00:11:12"),
        ("Australia/Brisbane", "2026-03-04 10:11:12", "2026-03-04 00:11:12"),
        ("Pacific/Auckland", "2026-03-04 10:11:12", "2026-03-03 21:11:12"),
        ("UTC", "2026-03-04 10:11:12", "2026-03-04 10:11:12"),
        ("GMT+10:00", "2026-03-04 10:11:12", "2026-03-04 00:11:12"),
        ("+1030", "2026-03-04 10:11:12", "2026-03-03 23:41:12"),
        ("UTC-3", "2026-03-04 10:11:12", "2026-03-04 13:11:12"),
    ],
)
def test_a_local_time_is_converted(zone: str, local: str, expected: str) -> None:
    found = find_zone(zone)
    assert found is not None
    assert parse_local_time(local, found, LATER) == parse_utc(expected)


def test_a_repeated_hour_is_the_latest_pass_before_now() -> None:
    assert SYDNEY is not None
    first, second = parse_utc("2026-04-04 15:30:00"), parse_utc("2026-04-04 16:30:00")
    local = "2026-04-05 02:30:00"
    assert parse_local_time(local, SYDNEY, first + 3_000) == first
    assert parse_local_time(local, SYDNEY, second + 3_000) == second
    assert parse_local_time(local, SYDNEY, second - 60_000) == second, (
        "a desk clock that is a minute behind"
    )
    assert parse_local_time(local, SYDNEY, LATER) == second


def test_a_skipped_hour_uses_the_offset_before_it() -> None:
    assert SYDNEY is not None
    assert parse_local_time("2026-10-04 02:30:00", SYDNEY, LATER) == parse_utc(
        "2026-10-03 16:30:00"
    )
    assert parse_local_time("2026-10-04 02:30:00", SYDNEY, 0) == parse_utc("2026-10-03 16:30:00")
    assert parse_local_time("2026-10-04 03:30:00", SYDNEY, LATER) == parse_utc(
        "2026-10-03 16:30:00"
    )


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2026-02-30 10:00:00", "2026-03-04", "2026-03-04 25:00:00", "0001-01-01 "],
)
def test_a_text_that_is_no_time_is_none(text: str) -> None:
    assert SYDNEY is not None
    assert parse_local_time(text, SYDNEY, LATER) is None


@pytest.mark.parametrize(
    "name",
    [
        "",
        "EST",
        "AEST",
        "Australia",
        "Australia/",
        "Australia/Nowhere",
        "../../etc/passwd",
        "/etc/localtime",
        "a/\0",
        "a/\ud800",
        "a/" + "x" * 5000,
        "+99:00",
        "+10:99",
    ],
)
def test_an_unknown_zone_is_none(name: str) -> None:
    assert find_zone(name) is None


@given(st.text())
def test_any_text_is_a_zone_or_none(name: str) -> None:
    zone = find_zone(name)
    assert zone is None or parse_local_time("2026-03-04 10:11:12", zone, LATER) is not None


@given(
    st.datetimes(min_value=datetime(1, 1, 1), max_value=datetime(9999, 12, 31)),
    st.sampled_from(["Australia/Sydney", "Pacific/Auckland", "America/New_York", "+14:00", "-12"]),
)
def test_every_date_is_a_moment_or_none(local: datetime, name: str) -> None:
    zone = find_zone(name)
    assert zone is not None
    at = parse_local_time(local.strftime("%Y-%m-%d %H:%M:%S"), zone, LATER)
    if at is not None:
        assert abs(at / 1000 - local.replace(tzinfo=UTC).timestamp()) <= 26 * 3600
