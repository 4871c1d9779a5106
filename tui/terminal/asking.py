"""What a terminal is asked beside the picture: its bell, its title, a notification on the desktop.

Exact bytes, made by plain functions. Words in them are outside text: only printable signs get in,
on one line, at most 80 of them, and none that ends or divides a sequence.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tui.domain.text import one_line

BELL = "\a"
KEEP_TITLE = "\x1b[22;2t"
"""The terminal remembers its title (xterm window operations)."""
RESTORE_TITLE = "\x1b[23;2t"
_LONGEST = 80
_STRING_END = "\x1b\\"
_NAME = "smsdesk"


@dataclass(frozen=True, slots=True)
class Terminal:
    """What this terminal understands, as far as its environment says."""

    notifies: Literal["", "9", "777"] = ""
    """The number of the notification sequence; empty: it shows none."""
    inside: Literal["", "tmux", "screen"] = ""
    """The multiplexer that stands between."""
    titled: bool = False


@dataclass(frozen=True, slots=True)
class Manners:
    """How an agent wants to be told while looking elsewhere."""

    terminal: Terminal = field(default_factory=Terminal)
    bell: bool = False
    desktop: bool = False
    every_ms: int = 10_000
    """At most one bell or notification in this time."""
    silent_after_ms: int = 0
    """After how long without news an account raises an alarm; 0: never."""


def terminal_of(environ: Mapping[str, str]) -> Terminal:
    """What the terminal with this environment understands; unknown ones swallow what is asked."""
    term = environ.get("TERM", "")
    if term in ("", "dumb", "linux"):
        return Terminal()
    inside: Literal["", "tmux", "screen"] = ""
    if environ.get("TMUX"):
        inside = "tmux"
    elif environ.get("STY"):
        inside = "screen"
    urxvt_way = bool(environ.get("VTE_VERSION")) or term.startswith(("rxvt", "foot"))
    return Terminal("777" if urxvt_way else "9", inside, titled=True)


def clean(words: str) -> str:
    """Outside text for the inside of a sequence: printable, one line, no `;`."""
    line = one_line(words, _LONGEST).replace(";", ",")
    return "".join(char for char in line if char.isprintable())[:_LONGEST]


def title(words: str) -> str:
    """The sequence that sets the window's title (OSC 2)."""
    return f"\x1b]2;{clean(words)}{BELL}"


def notification(words: str, terminal: Terminal) -> str:
    """The sequence that shows a notification; empty where the terminal has none.

    Both forms begin with our name, as OSC 9 followed by a number means something else to some.
    """
    match terminal.notifies:
        case "9":
            sequence = f"\x1b]9;{_NAME}: {clean(words)}{BELL}"
        case "777":
            sequence = f"\x1b]777;notify;{_NAME};{clean(words)}{BELL}"
        case _:
            return ""
    return through(sequence, terminal)


def through(sequence: str, terminal: Terminal) -> str:
    """A sequence wrapped so that the multiplexer hands it on to the terminal outside."""
    match terminal.inside:
        case "tmux":
            doubled = sequence.replace("\x1b", "\x1b\x1b")
            return f"\x1bPtmux;{doubled}{_STRING_END}"
        case "screen":
            return f"\x1bP{sequence}{_STRING_END}"
        case _:
            return sequence
