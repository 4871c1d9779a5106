"""Whatever a paste contains and however it is cut into pieces: it stays one paste."""

from hypothesis import given
from hypothesis import strategies as st
from textual.events import Key, Paste
from textual.message import Message

from tui.terminal.keyboard import SafeKeyParser

BEGIN, END = "\x1b[200~", "\x1b[201~"


def read(*pieces: str) -> list[Message]:
    """The events of some input that comes in pieces."""
    keyboard = SafeKeyParser()
    return [event for piece in pieces for event in keyboard.feed(piece)]


def keys(events: list[Message]) -> list[str]:
    """The keys among some events."""
    return [event.key for event in events if isinstance(event, Key)]


def pastes(events: list[Message]) -> list[str]:
    """The pasted texts among some events."""
    return [event.text for event in events if isinstance(event, Paste)]


@given(st.text(st.sampled_from("\x1b[201~ab\r]52;\x07"), min_size=1), st.integers(1, 9))
def test_a_paste_is_one_paste_and_never_a_key(text: str, size: int) -> None:
    text = text.replace(END, "")
    sent = f"{BEGIN}{text}{END}x"
    events = read(*(sent[at : at + size] for at in range(0, len(sent), size)))
    assert pastes(events) == [text.replace("\x1b", "\u241b")]
    assert keys(events) == ["x"]


@given(st.integers(1, 9))
def test_what_is_typed_after_a_paste_is_typed(size: int) -> None:
    sent = f"a{BEGIN}one{END}b{BEGIN}two{END}c\x1b[A"
    events = read(*(sent[at : at + size] for at in range(0, len(sent), size)))
    assert pastes(events) == ["one", "two"]
    assert keys(events) == ["a", "b", "c", "up"]


def test_alt_enter_is_a_key_of_its_own() -> None:
    assert keys(read("a\x1b\rb\r")) == ["a", "alt+enter", "b", "enter"]


def test_the_end_of_the_input_is_passed_on() -> None:
    assert read("a", "")[:1] != []
