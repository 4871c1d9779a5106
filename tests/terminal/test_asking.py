"""Exact bytes for the terminal, and nothing of a customer's text that could drive it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.clock import MINUTE
from tui.settings.desk import Desk, Notifications
from tui.terminal.asking import Manners, Terminal, clean, notification, terminal_of, title
from tui.wiring import manners_of

TMUX = Terminal("9", "tmux", titled=True)
SCREEN = Terminal("777", "screen", titled=True)


def test_the_title_is_set_by_osc_2() -> None:
    assert title("(3) smsdesk") == "\x1b]2;(3) smsdesk\a"


@pytest.mark.parametrize(
    ("terminal", "expected"),
    [
        (Terminal("9"), "\x1b]9;smsdesk: Ana: Hi\a"),
        (Terminal("777"), "\x1b]777;notify;smsdesk;Ana: Hi\a"),
        (Terminal(""), ""),
        (TMUX, "\x1bPtmux;\x1b\x1b]9;smsdesk: Ana: Hi\a\x1b\\"),
        (SCREEN, "\x1bP\x1b]777;notify;smsdesk;Ana: Hi\a\x1b\\"),
    ],
)
def test_a_notification_is_written_as_the_terminal_wants_it(
    terminal: Terminal, expected: str
) -> None:
    assert notification("Ana: Hi", terminal) == expected


@pytest.mark.parametrize(
    ("environ", "terminal"),
    [
        ({}, Terminal()),
        ({"TERM": "dumb"}, Terminal()),
        ({"TERM": "linux"}, Terminal()),
        ({"TERM": "xterm-256color"}, Terminal("9", "", titled=True)),
        ({"TERM": "foot"}, Terminal("777", "", titled=True)),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7600"}, Terminal("777", "", titled=True)),
        ({"TERM": "tmux-256color", "TMUX": "/tmp/tmux,1,0"}, Terminal("9", "tmux", titled=True)),
        ({"TERM": "screen", "STY": "1.pts"}, Terminal("9", "screen", titled=True)),
    ],
)
def test_the_environment_says_what_the_terminal_understands(
    environ: dict[str, str], terminal: Terminal
) -> None:
    assert terminal_of(environ) == terminal


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
@pytest.mark.parametrize("terminal", [Terminal("9"), Terminal("777"), TMUX, SCREEN])
def test_no_customer_ends_or_begins_a_sequence(hostile: str, terminal: Terminal) -> None:
    harmless = notification("x" * len(clean(hostile)), terminal)
    written = notification(hostile, terminal)
    controls = [char for char in written if not char.isprintable()]
    assert controls == [char for char in harmless if not char.isprintable()]
    assert written.count(";") == harmless.count(";")


@given(st.text(max_size=300))
def test_what_is_cleaned_is_one_short_printable_line(words: str) -> None:
    cleaned = clean(words)
    assert len(cleaned) <= 80
    assert all(char.isprintable() and char != ";" for char in cleaned)
    cleaned.encode()


def test_the_settings_become_manners() -> None:
    desk = Desk(
        notifications=Notifications(bell=False, desktop=True, every_seconds=2.5),
        silent_after_minutes=30,
    )
    assert manners_of(desk, {"TERM": "xterm"}) == Manners(
        Terminal("9", "", titled=True),
        bell=False,
        desktop=True,
        every_ms=2_500,
        silent_after_ms=30 * MINUTE,
    )
