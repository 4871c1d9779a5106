"""Test the one format of lengths of time."""

import pytest

from tui.clock import DAY, HOUR, MINUTE, SECOND
from tui.desk.format import format_age
from tui.domain.text import format_span


@pytest.mark.parametrize(
    ("span", "one_unit", "two_units"),
    [
        (-5 * SECOND, "0s", "0s"),
        (0, "0s", "0s"),
        (999, "0s", "0s"),
        (40 * SECOND, "40s", "40s"),
        (12 * MINUTE, "12m", "12m"),
        (12 * MINUTE + 5 * SECOND, "12m", "12m 5s"),
        (3 * HOUR + 5 * MINUTE, "3h", "3h 5m"),
        (3 * HOUR, "3h", "3h"),
        (2 * DAY + 30 * MINUTE, "2d", "2d"),
        (13 * DAY + 4 * HOUR, "13d", "13d 4h"),
        (15 * DAY, "2w", "2w 1d"),
        (99 * 7 * DAY, "99w", "99w"),
        (104 * 7 * DAY, "2y", "2y"),
    ],
)
def test_a_length_of_time_has_one_or_two_units(span: int, one_unit: str, two_units: str) -> None:
    assert (format_span(span), format_span(span, units=2)) == (one_unit, two_units)


@pytest.mark.parametrize("minutes", [0, 1, 59, 60, 24 * 60, 20_159, 20_160, 1_007_999, 9_999_999])
def test_an_age_fits_its_column(minutes: int) -> None:
    age = format_age(0, minutes * MINUTE)
    assert len(age) <= 4
    assert age == (format_span(minutes * MINUTE) if minutes else "now")
