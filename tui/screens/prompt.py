"""One line that the desk asks for."""

from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.domain.text import one_line, printable


class PromptScreen(ModalScreen[str | None]):
    """Dismissed with the line, or with none when it was called off."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Call off")]
    field = getters.query_one(Input)
    hint = getters.query_one(Static)

    def __init__(self, heading: str, hint: str, placeholder: str, *, value: str = "") -> None:
        """What is asked for, what it means, an example, and what is offered."""
        super().__init__()
        self._value = value
        self._heading = heading
        self._hint = hint
        self._placeholder = placeholder

    def compose(self) -> ComposeResult:
        """A field over its explanation."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(one_line(self._heading, 60))
            dialog.border_subtitle = "Enter takes it · Esc calls off"
            yield Input(printable(self._value), placeholder=self._placeholder, compact=True)
            yield Static(Content(self._hint), classes="hint")

    @on(Input.Submitted)
    def _given(self) -> None:
        """Go on; when nothing was given, say what is expected."""
        if given := self.field.value.strip():
            self.dismiss(given)
        else:
            self.hint.update(Content(f"Type it first, for example {self._placeholder}"))
            self.hint.set_classes("problem")

    @on(Input.Changed)
    def _typed(self) -> None:
        """Say again what it means."""
        self.hint.update(Content(self._hint))
        self.hint.set_classes("hint")
