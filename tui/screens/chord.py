"""The second key of two: shows which there are, and waits for one."""

from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from tui.commands import shown
from tui.domain.text import one_line
from tui.widgets.key_bar import KeyBar

_LONGEST = 24
_AROUND = 3
"""Blanks around a key and behind its word."""

Pair = tuple[str, str]


class ChordScreen(ModalScreen[str | None]):
    """Dismissed by the next key, with that key when it is one of those shown, else with none."""

    DEFAULT_CSS = """
    ChordScreen { align: left bottom; background: transparent; }
    ChordScreen Vertical { height: auto; dock: bottom; background: $panel; }
    ChordScreen KeyBar { height: 1; background: $panel; }
    """

    def __init__(self, words: Mapping[str, str]) -> None:
        """`words` by second key; some are outside text."""
        super().__init__()
        self._words = words

    def compose(self) -> ComposeResult:
        """The keys that may follow, in as many lines as they take."""
        pairs = [(shown(key), one_line(word, _LONGEST)) for key, word in self._words.items()]
        with Vertical():
            for line, row in enumerate(lines_of(pairs, self.app.size.width)):
                bar = KeyBar(id=f"chord-{line}")
                bar.pairs(list(row))
                yield bar

    def on_key(self, event: events.Key) -> None:
        """Any key ends the wait."""
        event.stop()
        event.prevent_default()
        self.dismiss(event.key if event.key in self._words else None)


def lines_of(pairs: Sequence[Pair], width: int) -> list[list[Pair]]:
    """Return the pairs in lines that are not wider than the screen."""
    lines: list[list[Pair]] = [[]]
    used = 0
    for key, word in pairs:
        needs = cell_len(key) + cell_len(word) + _AROUND
        if used + needs > width and lines[-1]:
            lines.append([])
            used = 0
        lines[-1].append((key, word))
        used += needs
    return lines
