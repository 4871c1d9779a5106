"""Test statistics and plots computed from counts."""

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.statistics import (
    TrafficStatistics,
    draw_bar,
    draw_sparkline,
    find_busiest_hours,
    find_median_wait,
    measure_waits,
)

HOUR = 3_600_000


def test_consecutive_messages_are_one_question() -> None:
    turns = [(1, "in", 10), (1, "in", 20), (1, "out", 50), (1, "out", 60), (1, "in", 70)]
    assert measure_waits(turns) == [(10, 40)]


def test_a_question_is_answered_in_its_own_conversation() -> None:
    assert measure_waits([(1, "in", 10), (2, "out", 20), (2, "in", 30), (2, "out", 31)]) == [
        (30, 1)
    ]


def test_the_median_counts_only_questions_of_the_period() -> None:
    answers = [(0, 900), (10, 10), (20, 30), (30, 20)]
    assert find_median_wait(answers, 10) == 20
    assert find_median_wait(answers, 99) is None


def test_the_busiest_hours_come_first() -> None:
    came = [0] * 48
    came[9] = came[33] = 4
    came[14] = 5
    numbers = TrafficStatistics(0, tuple(came), (), (), (), ())
    assert find_busiest_hours(numbers, UTC) == [(9, 8), (14, 5)]


@given(st.lists(st.integers(0, 10_000), max_size=40), st.booleans())
def test_a_plot_has_a_character_per_value_and_a_blank_for_none(
    values: list[int], ascii: bool
) -> None:
    drawn = draw_sparkline(values, ascii=ascii)
    assert len(drawn) == len(values)
    for value, sign in zip(values, drawn, strict=True):
        assert (sign == " ") is (value == 0)
    assert drawn.isascii() or not ascii


@pytest.mark.parametrize(
    ("part", "whole", "drawn"), [(0, 0, "...."), (0, 9, "...."), (9, 9, "####"), (1, 2, "##..")]
)
def test_a_bar_is_filled_in_proportion(part: int, whole: int, drawn: str) -> None:
    assert draw_bar(part, whole, 4, ascii=True) == drawn
