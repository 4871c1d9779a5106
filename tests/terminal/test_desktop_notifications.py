"""Test the bytes of titles and notifications: no text of a customer drives the terminal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.terminal.desktop_notifications import (
    TerminalFeatures,
    clean_text,
    detect_terminal,
    format_notification,
    format_title,
)

TMUX = TerminalFeatures("9", "tmux", has_title=True)
SCREEN = TerminalFeatures("777", "screen", has_title=True)


def test_the_title_is_set_by_osc_2() -> None:
    assert format_title("(3) smsdesk") == "\x1b]2;(3) smsdesk\a"


@pytest.mark.parametrize(
    ("terminal", "expected"),
    [
        (TerminalFeatures("9"), "\x1b]9;smsdesk: Ana: Hi\a"),
        (TerminalFeatures("777"), "\x1b]777;notify;smsdesk;Ana: Hi\a"),
        (TerminalFeatures(""), ""),
        (TMUX, "\x1bPtmux;\x1b\x1b]9;smsdesk: Ana: Hi\a\x1b\\"),
        (SCREEN, "\x1bP\x1b]777;notify;smsdesk;Ana: Hi\a\x1b\\"),
    ],
)
def test_a_notification_is_written_as_the_terminal_wants_it(
    terminal: TerminalFeatures, expected: str
) -> None:
    assert format_notification("Ana: Hi", terminal) == expected


@pytest.mark.parametrize(
    ("environ", "terminal"),
    [
        ({}, TerminalFeatures()),
        ({"TERM": "dumb"}, TerminalFeatures()),
        ({"TERM": "linux"}, TerminalFeatures()),
        ({"TERM": "xterm-256color"}, TerminalFeatures("9", "", has_title=True, is_xterm_like=True)),
        ({"TERM": "foot"}, TerminalFeatures("777", "", has_title=True, is_xterm_like=True)),
        (
            {"TERM": "xterm-256color", "VTE_VERSION": "7600"},
            TerminalFeatures("777", "", has_title=True, is_xterm_like=True),
        ),
        (
            {"TERM": "tmux-256color", "TMUX": "/tmp/tmux,1,0"},
            TerminalFeatures("9", "tmux", has_title=True, is_xterm_like=True),
        ),
        ({"TERM": "screen", "STY": "1.pts"}, TerminalFeatures("9", "screen", has_title=True)),
    ],
)
def test_the_features_of_the_terminal_are_read_from_the_environment(
    environ: dict[str, str], terminal: TerminalFeatures
) -> None:
    assert detect_terminal(environ) == terminal


@pytest.mark.parametrize(
    "hostile",
    [
        "\x1b]52;c;ZXZpbA==\a",
        "\x1b\\\x1b[2J",
        "\x9d0;pwned\x9c",
        "a\nb\rc\td\0",
        "\u202eevil\u2066",
        "4;1;50",
        "\ud83d",
    ],
)
@pytest.mark.parametrize("terminal", [TerminalFeatures("9"), TerminalFeatures("777"), TMUX, SCREEN])
def test_no_text_of_a_customer_ends_or_begins_a_sequence(
    hostile: str, terminal: TerminalFeatures
) -> None:
    harmless = format_notification("x" * len(clean_text(hostile)), terminal)
    written = format_notification(hostile, terminal)
    controls = [char for char in written if not char.isprintable()]
    assert controls == [char for char in harmless if not char.isprintable()]
    assert written.count(";") == harmless.count(";")


@given(st.text(max_size=300))
def test_a_cleaned_text_is_one_short_printable_line(text: str) -> None:
    cleaned = clean_text(text)
    assert len(cleaned) <= 80
    assert all(char.isprintable() and char != ";" for char in cleaned)
    cleaned.encode()
