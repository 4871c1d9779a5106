"""Keys wait for each other and keep their order."""

from textual.events import Key

from tui.terminal.key_queue import KeyQueue

A, B, C, D = (Key(name, name) for name in "abcd")


def test_the_first_key_goes_at_once_and_the_others_in_their_order() -> None:
    turns = KeyQueue()
    assert turns.begin_or_queue(A)
    assert not turns.begin_or_queue(B)
    assert not turns.begin_or_queue(C)
    assert turns.take_next() is B
    assert not turns.begin_or_queue(D)
    assert [turns.take_next(), turns.take_next()] == [C, D]
    assert turns.is_busy, "the last one is still at work"
    assert turns.take_next() is None
    assert not turns.is_busy
    assert turns.begin_or_queue(A)
