"""The question before leaving a desk with something unsent."""

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.domain.text import one_line
from tui.widgets.key_bar import KeyBar

_YES = frozenset({"enter", "ctrl+c"})


class LeaveScreen(ModalScreen[bool]):
    """Dismissed with whether to leave; no other key does anything."""

    DEFAULT_CSS = """
    LeaveScreen { align: left bottom; background: transparent; }
    LeaveScreen Vertical { height: auto; dock: bottom; background: $panel; }
    LeaveScreen KeyBar { height: 1; background: $panel; }
    LeaveScreen Static { padding: 0 1; color: $text-warning; }
    """

    def __init__(self, words: str, keys: tuple[str, ...]) -> None:
        """`words` name what is unsent; `keys` asked to leave, and pressed again they do."""
        super().__init__()
        self._words = words
        self._yes = _YES | {*keys, "q"}

    def compose(self) -> ComposeResult:
        """What is unsent, over the two ways on."""
        with Vertical():
            yield Static(Content(one_line(self._words, 200)))
            yield (ways := KeyBar(id="ways"))
        ways.pairs([("q Enter", "Leave"), ("Esc", "Stay")])

    def on_key(self, event: events.Key) -> None:
        """Leave or stay."""
        event.stop()
        event.prevent_default()
        if event.key in self._yes:
            self.dismiss(True)
        elif event.key == "escape":
            self.dismiss(False)
