"""Test that a paste stays one paste, whatever it contains and however it is cut into pieces."""

from hypothesis import given
from hypothesis import strategies as st
from textual.events import Key, Paste
from textual.message import Message

from tui.terminal.keyboard import SafeKeyParser

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
    return [event.text for event in events if isinstance(event, Paste)]


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
