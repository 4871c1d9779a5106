"""Test how bytes become keys, pastes and bursts, however they are cut into pieces."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.events import Key, Paste
from textual.message import Message

from tui.terminal.bursts import Burst, EscapedKey, split_escaped
from tui.terminal.keyboard import SafeKeyParser
from tui.terminal.streams import TerminalDecoder

BEGIN, END = "\x1b[200~", "\x1b[201~"


def parse_input(*pieces: str) -> list[Message]:
    """Return the events of some input that comes in pieces."""
    keyboard = SafeKeyParser()
    return [event for piece in pieces for event in keyboard.feed(piece)]


def list_keys(events: list[Message]) -> list[str]:
    """Return the keys among some events."""
    return [event.key for event in events if isinstance(event, Key)]


def list_pastes(events: list[Message]) -> list[str]:
    """Return the pasted texts among some events."""
    return [e.text for e in events if isinstance(e, Paste) and not isinstance(e, Burst)]


def press_all(events: list[Message]) -> list[str]:
    """Return the keys of some events, as they act where nothing with Alt is bound."""
    keys = [key for event in events if isinstance(event, Key) for key in split_escaped(event)]
    return [key.key for key in keys]


@given(st.text(st.sampled_from("\x1b[201~ab\r]52;\x07"), min_size=1), st.integers(1, 9))
def test_a_paste_is_one_paste_and_never_a_key(text: str, size: int) -> None:
    text = text.replace(END, "")
    sent = f"{BEGIN}{text}{END}x"
    events = parse_input(*(sent[at : at + size] for at in range(0, len(sent), size)))
    assert list_pastes(events) == [text.replace("\x1b", "\u241b")]
    assert list_keys(events) == ["x"]


@given(st.integers(1, 9))
def test_keys_typed_after_a_paste_are_keys(size: int) -> None:
    sent = f"a{BEGIN}one{END}b{BEGIN}two{END}c\x1b[A"
    events = parse_input(*(sent[at : at + size] for at in range(0, len(sent), size)))
    assert list_pastes(events) == ["one", "two"]
    assert list_keys(events) == ["a", "b", "c", "up"]


def test_alt_enter_is_a_key_of_its_own() -> None:
    assert list_keys(parse_input("a\x1b\rb", "\r")) == ["a", "alt+enter", "b", "enter"]


def test_the_end_of_the_input_is_passed_on() -> None:
    assert parse_input("a", "")[:1] != []


class Times:
    """A clock that the test moves."""

    now = 100.0

    def get(self) -> float:
        """Return the time in seconds."""
        return self.now


@pytest.mark.parametrize(
    ("sent", "keys"),
    [
        ("\x1bz", ["escape", "z"]),
        ("\x1bZ", ["escape", "Z"]),
        ("\x1bf", ["escape", "f"]),
        ("\x1bb", ["escape", "b"]),
        ("\x1b1", ["escape", "1"]),
        ("\x1b-", ["escape", "minus"]),
        ("\x1b:", ["escape", "colon"]),
        ("\x1bé", ["escape", "é"]),
        ("\x1bP\x1bX", ["escape", "P", "escape", "X"]),
        ("\x1bz\x1b", ["escape", "z", "escape"]),
        ("\x1b\x1b", ["escape", "escape"]),
        ("\x1b\x1b[A", ["escape", "up"]),
        ("\x1bOe", ["escape", "O", "e"]),
        ("\x1bOA\x1bOP", ["up", "f1"]),
        ("\x1b[?99xj", ["j"]),
        ("\x1b[?1;2cj", ["j"]),
        ("\x1b[M !!j", ["j"]),
        ("\x1b[[Aj", ["f1", "j"]),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 9])
def test_esc_and_a_key_stay_two_keys_and_no_sequence_is_typed(
    sent: str, keys: list[str], size: int
) -> None:
    times = Times()
    keyboard = SafeKeyParser(get_time=times.get)
    events = [e for at in range(0, len(sent), size) for e in keyboard.feed(sent[at : at + size])]
    times.now += 1
    assert press_all([*events, *keyboard.tick()]) == keys


def test_esc_alone_is_a_key_after_a_moment() -> None:
    times = Times()
    keyboard = SafeKeyParser(get_time=times.get)
    assert [*keyboard.feed("\x1b"), *keyboard.tick()] == []
    times.now += 0.2
    assert press_all([*keyboard.tick()]) == ["escape"]
    assert [*keyboard.feed("\x1b")] == []
    times.now += 0.2
    assert press_all([*keyboard.feed("z")]) == ["escape", "z"], "late, but no Alt"


def test_esc_and_many_characters_are_not_a_sequence() -> None:
    escaped, burst = parse_input("\x1bz" + "a" * 40)
    assert isinstance(escaped, EscapedKey) and isinstance(burst, Burst)
    assert burst.text == "a" * 40


def test_pieces_of_a_paste_belong_together_for_a_while() -> None:
    times = Times()
    keyboard = SafeKeyParser(get_time=times.get)
    times.now += 10
    first, *_ = keyboard.feed("alpha\rbeta\r")
    times.now += 0.3
    second, *_ = keyboard.feed("\r")
    times.now += 1
    third, *_ = keyboard.feed("\r")
    assert isinstance(first, Burst) and not first.follows_paste
    assert isinstance(second, Burst) and second.follows_paste and second.is_pasted_text
    assert isinstance(third, Key) and third.key == "enter"


def test_the_rest_of_a_burst_is_read_with_its_beginning() -> None:
    reading, writing = os.pipe()
    decoder = TerminalDecoder(reading)
    os.write(writing, b"beta\rgamma\r")
    assert decoder.decode(b"alpha\r") == "alpha\rbeta\rgamma\r"
    os.write(writing, b"later")
    assert TerminalDecoder(reading).decode(b"j") == "j", "one key is not delayed"
    os.close(writing)
    os.close(reading)
