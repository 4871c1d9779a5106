"""Question before quitting while something is unsent."""

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.domain.text import one_line
from tui.widgets.key_bar import KeyBar

_CONFIRM_KEYS = frozenset({"enter", "ctrl+c"})


class LeaveScreen(ModalScreen[bool]):
    """Return whether to quit; other keys are ignored."""

    DEFAULT_CSS = """
    LeaveScreen { align: left bottom; background: transparent; }
    LeaveScreen Vertical { height: auto; dock: bottom; background: $panel; }
    LeaveScreen KeyBar { height: 1; background: $panel; }
    LeaveScreen Static { padding: 0 1; color: $text-warning; }
    """

    def __init__(self, text: str, keys: tuple[str, ...]) -> None:
        """Create the question.

        Args:
            text: What is unsent.
            keys: Keys of the quit command; pressed again, they confirm.
        """
        super().__init__()
        self._text = text
        self._confirm_keys = _CONFIRM_KEYS | {*keys, "q"}

    def compose(self) -> ComposeResult:
        """Yield what is unsent and the two answers."""
        with Vertical():
            yield Static(Content(one_line(self._text, 200)))
            yield (key_bar := KeyBar(id="ways"))
        key_bar.show_keys([("q Enter", "Leave"), ("Esc", "Stay")])

    def on_key(self, event: events.Key) -> None:
        """Quit or stay."""
        # No other key may act on the screen below while the question is open.
        event.stop()
        event.prevent_default()
        if event.key in self._confirm_keys:
            self.dismiss(True)
        elif event.key == "escape":
            self.dismiss(False)
