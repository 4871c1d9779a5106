"""Make the escape sequences for the terminal alert, the title and desktop notifications.

The sequences are exact bytes, made by plain functions. The text in them comes from outside: only
printable characters are let through, on one line, at most 80 of them, and none that would end or
split a sequence.
"""

from collections.abc import Mapping
from typing import Literal

from tui.domain.record_type import record
from tui.domain.text import one_line
from tui.terminal.modes import has_other_driver

BEL = "\a"
SAVE_TITLE = "\x1b[22;2t"
"""Make the terminal remember its title (xterm window operations)."""
RESTORE_TITLE = "\x1b[23;2t"
"""Restore the title that the terminal remembered."""
_MAX_TEXT_CHARS = 80
_STRING_TERMINATOR = "\x1b\\"
_APP_NAME = "smsdesk"


_XTERM_LIKE = (
    *("xterm", "tmux", "alacritty", "foot", "kitty", "wezterm", "ghostty", "konsole", "vte"),
    *("st-", "rxvt", "mintty", "contour", "iterm"),
)
"""What `TERM` begins with where erased cells get the colour that is set, and regions scroll."""


@record
class TerminalFeatures:
    """Features of this terminal, as far as its environment shows them."""

    notification_code: Literal["", "9", "777"] = ""
    """Number of the OSC sequence for notifications; empty if the terminal shows none."""
    multiplexer: Literal["", "tmux", "screen"] = ""
    """Multiplexer between the program and the terminal."""
    has_title: bool = False
    """Whether the terminal has a title that can be set."""
    is_xterm_like: bool = False
    """Whether it erases and scrolls as xterm does."""


def detect_terminal(environ: Mapping[str, str]) -> TerminalFeatures:
    """Return the features of the terminal with this environment.

    Unknown terminals ignore the sequences they do not understand.

    Args:
        environ: Environment variables.
    """
    term = environ.get("TERM", "")
    if has_other_driver(environ):
        return TerminalFeatures()  # TERM is that of the server
    if term in ("", "dumb", "linux"):
        return TerminalFeatures()
    multiplexer: Literal["", "tmux", "screen"] = ""
    if environ.get("TMUX"):
        multiplexer = "tmux"
    elif environ.get("STY"):
        multiplexer = "screen"
    uses_osc_777 = bool(environ.get("VTE_VERSION")) or term.startswith(("rxvt", "foot"))
    return TerminalFeatures(
        "777" if uses_osc_777 else "9",
        multiplexer,
        has_title=True,
        is_xterm_like=term.startswith(_XTERM_LIKE),
    )


def clean_text(text: str) -> str:
    """Return outside text made safe inside a sequence: printable, one line, no `;`.

    Args:
        text: Text from a customer or a provider.
    """
    line = one_line(text, _MAX_TEXT_CHARS).replace(";", ",")
    return "".join(char for char in line if char.isprintable())[:_MAX_TEXT_CHARS]


def format_title(text: str) -> str:
    """Return the sequence that sets the window's title (OSC 2).

    Args:
        text: The new title; it is made safe here.
    """
    return f"\x1b]2;{clean_text(text)}{BEL}"


def format_notification(text: str, terminal: TerminalFeatures) -> str:
    """Return the sequence that shows a notification; empty if the terminal has none.

    Args:
        text: Text of the notification; it is made safe here.
        terminal: Features of the terminal.
    """
    # Both forms begin with our name, because OSC 9 followed by a number means something else to
    # some terminals.
    match terminal.notification_code:
        case "9":
            sequence = f"\x1b]9;{_APP_NAME}: {clean_text(text)}{BEL}"
        case "777":
            sequence = f"\x1b]777;notify;{_APP_NAME};{clean_text(text)}{BEL}"
        case _:
            return ""
    return wrap_for_multiplexer(sequence, terminal)


def wrap_for_multiplexer(sequence: str, terminal: TerminalFeatures) -> str:
    """Return a sequence wrapped so that the multiplexer passes it on to the terminal outside.

    Args:
        sequence: Sequence for the terminal.
        terminal: Features of the terminal.
    """
    match terminal.multiplexer:
        case "tmux":
            doubled = sequence.replace("\x1b", "\x1b\x1b")
            return f"\x1bPtmux;{doubled}{_STRING_TERMINATOR}"
        case "screen":
            return f"\x1bP{sequence}{_STRING_TERMINATOR}"
        case _:
            return sequence
