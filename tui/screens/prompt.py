"""Dialogs that ask for one line of text, among them the reason for a consent change."""

from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.domain.text import one_line, to_printable


class PromptScreen(ModalScreen[str | None]):
    """Return the typed line, or None if the dialog was cancelled."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Call off")]
    field = getters.query_one(Input)
    hint = getters.query_one(Static)

    def __init__(self, heading: str, hint: str, placeholder: str, *, value: str = "") -> None:
        """Create the dialog.

        Args:
            heading: What is asked for.
            hint: What the line is used for.
            placeholder: Example.
            value: Text that the field begins with.
        """
        super().__init__()
        self._value = value
        self._heading = heading
        self._hint = hint
        self._placeholder = placeholder

    def compose(self) -> ComposeResult:
        """Yield a field and its explanation."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(one_line(self._heading, 60))
            dialog.border_subtitle = "Enter takes it · Esc calls off"
            yield Input(to_printable(self._value), placeholder=self._placeholder, compact=True)
            yield Static(Content(self._hint), classes="hint")

    @on(Input.Submitted)
    def _submit_line(self) -> None:
        """Close the dialog with the line; for an empty line, show what is expected."""
        if line := self.field.value.strip():
            self.dismiss(line)
        else:
            self.hint.update(Content(f"Type it first, for example {self._placeholder}"))
            self.hint.set_classes("problem")

    @on(Input.Changed)
    def _restore_hint(self) -> None:
        """Show the explanation again."""
        self.hint.update(Content(self._hint))
        self.hint.set_classes("hint")


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
