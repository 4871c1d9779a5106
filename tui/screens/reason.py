"""One line that an agent has to give before something is recorded."""

from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.domain.text import one_line

_LONGEST_REASON = 300


class ReasonScreen(ModalScreen[str | None]):
    """Return the reason, or None if the dialog was cancelled."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Call off")]
    reason = getters.query_one(Input)
    hint = getters.query_one(".hint", Static)

    def __init__(self, heading: str, explanation: str, placeholder: str) -> None:
        """Create the dialog.

        Args:
            heading: What is about to be recorded.
            explanation: What it means.
            placeholder: Example of a reason.
        """
        super().__init__()
        self._heading = heading
        self._explanation = explanation
        self._placeholder = placeholder

    def compose(self) -> ComposeResult:
        """Yield the explanation and a field."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(one_line(self._heading, 60))
            dialog.border_subtitle = "Enter records it · Esc calls off"
            yield Static(Content(self._explanation + "\n"))
            yield Input(placeholder=self._placeholder, max_length=_LONGEST_REASON)
            yield Static("The reason is kept with your name.", classes="hint")

    @on(Input.Submitted)
    def _submit_reason(self) -> None:
        """Close the dialog with the reason, which must not be empty."""
        reason = self.reason.value.strip()
        if reason:
            self.dismiss(reason)
        else:
            self.hint.update("A reason is needed: it is what counts later.")
