"""Keys wait for each other, keep their order, and never wait for one that is lost."""

from textual.events import Key
from textual.screen import Screen

from tui.terminal.key_queue import KeyQueue

A, B, C, D = (Key(name, name) for name in "abcd")


def test_the_first_key_goes_at_once_and_the_others_in_their_order() -> None:
    turns = KeyQueue()
    assert turns.begin_or_queue(A, None, 0.0)
    assert not turns.begin_or_queue(B, None, 0.0)
    assert not turns.begin_or_queue(C, None, 0.1)
    assert turns.take_next(None, 0.2) is B
    assert not turns.begin_or_queue(D, None, 0.2)
    assert [turns.take_next(None, 0.3), turns.take_next(None, 0.4), turns.take_next(None, 0.5)] == [
        C,
        D,
        None,
    ]
    assert turns.begin_or_queue(A, None, 0.6)


def test_a_key_whose_work_was_never_told_done_holds_nobody_up_for_long() -> None:
    turns = KeyQueue()
    assert turns.begin_or_queue(A, None, 0.0)
    assert not turns.is_idle(None, 0.5)
    assert turns.begin_or_queue(B, None, 2.0)
    assert not turns.begin_or_queue(C, None, 2.1)
    assert turns.is_idle(None, 9.0)
    assert not turns.begin_or_queue(D, None, 9.0)
    assert turns.take_next(None, 9.0) is C
    assert not turns.is_idle(None, 9.1)
    assert turns.take_next(None, 9.2) is D


def test_a_key_that_has_led_to_another_screen_has_done_its_work() -> None:
    turns = KeyQueue()
    first, second = Screen[object](), Screen[object]()
    assert turns.begin_or_queue(A, first, 0.0)
    assert not turns.begin_or_queue(B, first, 0.0)
    assert turns.is_idle(second, 0.0)
    assert turns.take_next(second, 0.0) is B
    assert not turns.is_idle(second, 0.0)


def test_each_key_at_work_has_a_number_by_which_it_is_told_done() -> None:
    turns = KeyQueue()
    numbers = []
    for key in (A, B, C):
        turns.begin_or_queue(key, None, 0.0)
        numbers.append(turns.turn)
    assert numbers == [1, 1, 1]
    turns.take_next(None, 0.1)
    assert turns.turn == 2
    turns.take_next(None, 0.2)
    turns.take_next(None, 0.3)
    assert turns.turn == 3
