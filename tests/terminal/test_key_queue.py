"""Test that keys are handled one after the other, and that no key waits for a lost one."""

from textual.events import Key

from tui.terminal.key_queue import KeyQueue

A, B, C, D = (Key(name, name) for name in "abcd")


def test_the_first_key_starts_at_once_and_the_others_follow_in_order() -> None:
    queue = KeyQueue()
    assert queue.begin_or_queue(A)
    assert not queue.begin_or_queue(B)
    assert not queue.begin_or_queue(C)
    assert queue.take_next() is B
    assert not queue.begin_or_queue(D)
    assert [queue.take_next(), queue.take_next()] == [C, D]
    assert queue.is_busy, "the last one is still at work"
    assert queue.take_next() is None
    assert not queue.is_busy
    assert queue.begin_or_queue(A)
