"""Overlay for two-key commands: shows which keys can follow, and waits for one."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from tui.desk.key_names import format_key
from tui.domain.text import one_line
from tui.widgets.key_bar import KeyBar

_LONGEST_LABEL = 24
_PADDING = 3
"""Blanks around a key and behind its label."""

KeyLabel = tuple[str, str]
LabelLoader = Callable[[], Awaitable[Mapping[str, str]]]


class ChordScreen(ModalScreen[str]):
    """Return the next key, which can arrive before anything is shown."""

    DEFAULT_CSS = """
    ChordScreen { align: left bottom; background: transparent; }
    ChordScreen Vertical { height: auto; dock: bottom; background: $panel; }
    ChordScreen KeyBar { height: 1; background: $panel; }
    """

    def __init__(self, labels: Mapping[str, str], load_more: LabelLoader) -> None:
        """Create the overlay.

        Args:
            labels: Labels by second key, known at once.
            load_more: Reads further labels from the store; they are untrusted text.
        """
        super().__init__()
        self._labels = labels
        self._load_more = load_more

    def compose(self) -> ComposeResult:
        """Yield the keys that can follow, in as many lines as they need."""
        yield Vertical(*self._create_bars(self._labels))

    async def on_mount(self) -> None:
        """Add the labels that have to be read from the store."""
        more = await self._load_more()
        if more:
            box = self.query_one(Vertical)
            await box.remove_children()
            await box.mount(*self._create_bars({**more, **self._labels}))

    def _create_bars(self, labels: Mapping[str, str]) -> list[KeyBar]:
        """Return one key bar for each line of labels."""
        pairs = [
            (format_key(key), one_line(label, _LONGEST_LABEL)) for key, label in labels.items()
        ]
        bars = []
        for line, row in enumerate(wrap_key_labels(pairs, self.app.size.width)):
            bars.append(KeyBar(id=f"chord-{line}"))
            bars[-1].show_keys(row)
        return bars

    def on_key(self, event: events.Key) -> None:
        """Close with the pressed key, whichever it is."""
        # The key must not also act on the screen below.
        event.stop()
        event.prevent_default()
        self.dismiss(event.key)


def wrap_key_labels(pairs: Sequence[KeyLabel], width: int) -> list[list[KeyLabel]]:
    """Return the pairs in lines that are not wider than the screen.

    Args:
        pairs: Keys and their labels.
        width: Width of the screen in cells.
    """
    lines: list[list[KeyLabel]] = [[]]
    used = 0
    for key, label in pairs:
        cells = cell_len(key) + cell_len(label) + _PADDING
        if used + cells > width and lines[-1]:
            lines.append([])
            used = 0
        lines[-1].append((key, label))
        used += cells
    return lines
