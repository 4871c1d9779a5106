"""Test that scheduled actions run in the order of their time."""

from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from tui.sandbox.agenda import Agenda


@given(st.lists(st.integers(min_value=0, max_value=50)))
def test_actions_run_in_the_order_of_their_time_and_then_of_scheduling(dues: list[int]) -> None:
    agenda, happened = Agenda(), list[tuple[int, int]]()

    def record_action(number: int, at: int) -> None:
        """Record the number and the time of an action."""
        happened.append((at, number))

    for number, due in enumerate(dues):
        agenda.schedule_callback(due, partial(record_action, number))
    assert agenda.run_due(50) == len(dues)
    assert happened == sorted((due, number) for number, due in enumerate(dues))


def test_no_action_runs_before_its_time() -> None:
    agenda, happened = Agenda(), list[int]()
    agenda.schedule_callback(10, happened.append)
    assert agenda.run_due(9) == 0
    assert agenda.get_next_due() == 10
    assert agenda.run_due(30) == 1
    assert happened == [10]
    assert agenda.get_next_due() is None


def test_an_action_scheduled_for_now_by_an_action_runs_at_once() -> None:
    agenda, happened = Agenda(), list[int]()
    agenda.schedule_callback(10, lambda at: agenda.schedule_callback(at + 5, happened.append))
    agenda.run_due(20)
    assert happened == [15]
