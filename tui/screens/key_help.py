"""Show which keys there are: all of them on the help page, or those that can follow a prefix."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.commands import Command, Scope
from tui.desk.format import MUTED_STYLE
from tui.desk.key_names import format_key
from tui.domain.text import one_line
from tui.screens.base import DialogScreen
from tui.widgets.key_bar import KeyBar

_LONGEST_LABEL = 24
_PADDING = 3
"""Blanks around a key and behind its label."""

KeyLabel = tuple[str, str]
LabelLoader = Callable[[], Awaitable[Mapping[str, str]]]


class ChordScreen(DialogScreen[str]):
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


class HelpScreen(DialogScreen[None]):
    """Scrollable page; Esc or ? closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1", "dismiss", "Close"),
    ]

    def __init__(self, commands: Sequence[Command]) -> None:
        """Create the page.

        Args:
            commands: Registry with the keys that the user has configured.
        """
        super().__init__()
        self._commands = commands

    def compose(self) -> ComposeResult:
        """Yield one table."""
        with VerticalScroll(classes="dialog") as page:
            page.border_title = "Keys"
            page.border_subtitle = "Esc closes"
            yield Static(format_help(self._commands))


def format_help(commands: Sequence[Command]) -> Content:
    """Return every command with its keys, label and one sentence, grouped by scope.

    Args:
        commands: Registry with the keys that the user has configured.
    """
    parts = []
    for scope in Scope:
        parts.append(Content.styled(f"{scope.value}\n", "bold $text-accent"))
        for command in (c for c in commands if c.scope is scope):
            keys = "  ".join(format_key(key) for key in command.keys)
            line = Content.assemble(
                (f"{keys:<18}", "bold"),
                f"{command.title:<22}",
                (f" {command.description}\n", MUTED_STYLE),
            )
            parts.append(line)
        parts.append(Content("\n"))
    return Content("").join(parts)
