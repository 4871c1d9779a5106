"""Test how text is fitted into terminal cells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.desk import cells


@pytest.mark.parametrize(
    ("labels", "width", "words"),
    [
        ((), 12, ""),
        (("vip",), 12, " #vip"),
        (("late", "vip"), 12, " #late #vip"),
        (("billing", "vip"), 12, " #billing +1"),
        (("a", "b", "c", "d"), 9, " #a #b +2"),
        (("complaints",), 8, " #compl…"),
        (("complaints", "vip"), 8, " #co… +1"),
    ],
)
def test_as_many_labels_as_fit(labels: tuple[str, ...], width: int, words: str) -> None:
    assert cells.format_labels(labels, width) == words


@given(st.lists(st.text(min_size=1, max_size=30), max_size=9), st.integers(8, 40))
def test_labels_never_take_more_than_their_room(labels: list[str], width: int) -> None:
    assert cell_len(cells.format_labels(labels, width)) <= width
