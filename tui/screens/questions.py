"""Questions that need an answer: whether to quit, and what happened to an uncertain message.

Each shows what its answers mean; for an uncertain message also what they mean for the customer.
"""

from enum import StrEnum
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.desk.format import MUTED_STYLE
from tui.domain.message import Message
from tui.domain.text import one_line, to_printable
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


_LONGEST_BODY = 300


class UncertainChoice(StrEnum):
    """Decision of the agent about an uncertain message."""

    WENT_OUT = "went out"
    AGAIN = "again"


class MaybeSentScreen(ModalScreen[UncertainChoice | None]):
    """Return the agent's choice, or None if the dialog was cancelled."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m,M", "dismiss('went out')", "It went out"),
        Binding("r,R", "dismiss('again')", "Send again"),
        Binding("escape,q", "dismiss(None)", "Leave it"),
    ]

    def __init__(self, message: Message) -> None:
        """Create the dialog.

        Args:
            message: Message with the status uncertain.
        """
        super().__init__()
        self._message = message

    def compose(self) -> ComposeResult:
        """Yield what happened, then each key with its effect."""
        with VerticalScroll(classes="dialog") as dialog:
            dialog.border_title = "Maybe sent"
            dialog.border_subtitle = "M or R decides · Esc leaves it open"
            yield Static(format_uncertain_question(self._message))


def format_uncertain_question(message: Message) -> Content:
    """Return the text of the dialog."""
    body = to_printable(message.body, limit=_LONGEST_BODY)
    reason = one_line(message.reason, 200) or "No answer came back after it was handed over"
    return Content("\n").join(
        [
            Content.styled(body, "bold"),
            Content.styled(f"{reason}\n", MUTED_STYLE),
            _format_choice("M", "It went out", "Counts as sent; nothing more is sent."),
            Content.styled("  Choose it when the customer or the provider has it.\n", MUTED_STYLE),
            _format_choice("R", "Send it again", "A second message leaves now."),
            Content.styled("  If the first did go out, the customer gets it twice.", MUTED_STYLE),
        ]
    )


def _format_choice(key: str, label: str, meaning: str) -> Content:
    """Return one key with its label and meaning."""
    return Content.assemble((f" {key} ", "bold $text-accent"), (f" {label}. ", "bold"), meaning)
