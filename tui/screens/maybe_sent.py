"""A message that may have gone out: both choices, and what each means for the customer."""

from enum import StrEnum
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.domain.message import Message
from tui.domain.text import one_line, printable
from tui.present import MUTED

_LONGEST = 300


class Choice(StrEnum):
    """What the agent decides."""

    WENT_OUT = "went out"
    AGAIN = "again"


class MaybeSentScreen(ModalScreen[Choice | None]):
    """Dismissed with the agent's choice, or with none."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m,M", "dismiss('went out')", "It went out"),
        Binding("r,R", "dismiss('again')", "Send again"),
        Binding("escape,q", "dismiss(None)", "Leave it"),
    ]

    def __init__(self, message: Message) -> None:
        """The message is `uncertain`."""
        super().__init__()
        self._message = message

    def compose(self) -> ComposeResult:
        """What happened, then each key with what it does."""
        with VerticalScroll(classes="dialog") as dialog:
            dialog.border_title = "Maybe sent"
            dialog.border_subtitle = "M or R decides · Esc leaves it open"
            yield Static(choices(self._message))


def choices(message: Message) -> Content:
    """The text of the dialog."""
    body = printable(message.body, limit=_LONGEST)
    reason = one_line(message.reason, 200) or "No answer came back after it was handed over"
    return Content("\n").join(
        [
            Content.styled(body, "bold"),
            Content.styled(f"{reason}\n", MUTED),
            _choice("M", "It went out", "Counts as sent; nothing more is sent."),
            Content.styled("  Choose it when the customer or the provider has it.\n", MUTED),
            _choice("R", "Send it again", "A second message leaves now."),
            Content.styled("  If the first did go out, the customer gets it twice.", MUTED),
        ]
    )


def _choice(key: str, words: str, meaning: str) -> Content:
    """One key with what it means."""
    return Content.assemble((f" {key} ", "bold $text-accent"), (f" {words}. ", "bold"), meaning)
