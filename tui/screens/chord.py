"""The second key of two: shows which there are, and waits for one."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

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
More = Callable[[], Awaitable[Mapping[str, str]]]


class ChordScreen(ModalScreen[str]):
    """Dismissed with the next key, which may come before anything is shown."""

    DEFAULT_CSS = """
    ChordScreen { align: left bottom; background: transparent; }
    ChordScreen Vertical { height: auto; dock: bottom; background: $panel; }
    ChordScreen KeyBar { height: 1; background: $panel; }
    """

    def __init__(self, words: Mapping[str, str], more: More) -> None:
        """`words` by second key, and `more` that have to be read first; these are outside text."""
        super().__init__()
        self._words = words
        self._more = more

    def compose(self) -> ComposeResult:
        """The keys that may follow, in as many lines as they take."""
        yield Vertical(*self._bars(self._words))

    async def on_mount(self) -> None:
        """Show the others, too."""
        more = await self._more()
        if more:
            box = self.query_one(Vertical)
            await box.remove_children()
            await box.mount(*self._bars({**more, **self._words}))

    def _bars(self, words: Mapping[str, str]) -> list[KeyBar]:
        """The lines."""
        pairs = [(shown(key), one_line(word, _LONGEST)) for key, word in words.items()]
        bars = []
        for line, row in enumerate(lines_of(pairs, self.app.size.width)):
            bars.append(KeyBar(id=f"chord-{line}"))
            bars[-1].pairs(row)
        return bars

    def on_key(self, event: events.Key) -> None:
        """Any key ends the wait."""
        event.stop()
        event.prevent_default()
        self.dismiss(event.key)


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
