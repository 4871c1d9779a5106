"""Happenings come in the order of their time."""

from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from tui.sandbox.agenda import Agenda


@given(st.lists(st.integers(min_value=0, max_value=50)))
def test_happenings_come_in_the_order_of_their_time_and_then_of_writing(dues: list[int]) -> None:
    agenda, happened = Agenda(), list[tuple[int, int]]()

    def happen(number: int, at: int) -> None:
        """Write down what happened when."""
        happened.append((at, number))

    for number, due in enumerate(dues):
        agenda.schedule_callback(due, partial(happen, number))
    assert agenda.run_due(50) == len(dues)
    assert happened == sorted((due, number) for number, due in enumerate(dues))


def test_nothing_happens_before_its_time() -> None:
    agenda, happened = Agenda(), list[int]()
    agenda.schedule_callback(10, happened.append)
    assert agenda.run_due(9) == 0
    assert agenda.get_next_due() == 10
    assert agenda.run_due(30) == 1
    assert happened == [10]
    assert agenda.get_next_due() is None


def test_what_a_happening_writes_down_for_now_happens_at_once() -> None:
    agenda, happened = Agenda(), list[int]()
    agenda.schedule_callback(10, lambda at: agenda.schedule_callback(at + 5, happened.append))
    agenda.run_due(20)
    assert happened == [15]
