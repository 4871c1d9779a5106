"""Test that keys are ignored after a refused reply, on a clock that the test moves."""

import pytest

from tui.commands import COMMANDS, get_first_keys
from tui.desk.key_guard import PAUSE_SECONDS, READING_SECONDS, KeyGuard, find_named_commands


def test_keys_are_ignored_until_a_pause() -> None:
    guard = KeyGuard()
    guard.start("bo is writing here", 10.0)
    assert [guard.consume_key(key, 10.0 + n * 0.3) for n, key in enumerate("The parcel")] == [
        True
    ] * 10
    assert guard.notice == "Not typed (Esc: keys act again): bo is writing here"
    last = 10.0 + 9 * 0.3
    assert not guard.is_active(last + PAUSE_SECONDS)
    assert not guard.consume_key("T", last + PAUSE_SECONDS)


def test_esc_ends_the_guard_and_is_itself_ignored() -> None:
    guard = KeyGuard()
    guard.start("no", 0.0)
    assert guard.consume_key("escape", 0.1)
    assert not guard.consume_key("T", 0.1)


def test_without_a_refusal_every_key_acts() -> None:
    assert not KeyGuard().consume_key("e", 0.0)


def start_guard(named: str = "T") -> KeyGuard:
    """Return a guard whose reason names a key."""
    guard = KeyGuard()
    guard.start("bo is writing here: T takes over", 10.0, named)
    return guard


def test_a_key_that_the_refusal_names_acts_once_it_can_have_been_read() -> None:
    guard = start_guard()
    assert not guard.consume_key("T", 10.0 + READING_SECONDS)
    assert not guard.consume_key("e", 10.1 + READING_SECONDS)


def test_a_named_key_that_was_pressed_too_early_acts_when_pressed_again() -> None:
    guard = start_guard()
    assert guard.consume_key("T", 10.1)
    assert not guard.consume_key("T", 10.6)


@pytest.mark.parametrize("text", ["Texts", "The parcel", "xT", "TT", "Tx"])
def test_a_named_key_within_a_text_is_a_part_of_it(text: str) -> None:
    guard = start_guard()
    times = [10.15 + n * 0.15 for n in range(len(text))]
    assert all(map(guard.consume_key, text, times))


def test_a_named_key_after_words_of_a_text_is_a_part_of_it() -> None:
    guard = start_guard()
    assert guard.consume_key("a", 10.1) and guard.consume_key("T", 11.0)


@pytest.mark.parametrize(
    ("reason", "named"),
    [
        ("bo is writing here: T takes over", ["take_over"]),
        ("This customer has opted out · nothing can be sent (! has more)", ["consent"]),
        ("A name · p writes a private note, c writes to a number", ["new", "note"]),
        ("Open a conversation first", []),
        ("a T takes a nap", []),
    ],
)
def test_the_keys_that_a_refusal_names_are_found(reason: str, named: list[str]) -> None:
    assert find_named_commands(reason, get_first_keys(COMMANDS)) == named
