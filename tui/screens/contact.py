"""Dialog that changes the name and note of a contact."""

from typing import ClassVar, NamedTuple

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static, TextArea

from tui.domain.text import one_line, to_printable

_LONGEST_NAME = 80
LONGEST_NOTE = 2_000


class ContactCard(NamedTuple):
    """Name and note that agents can write about a contact."""

    name: str
    note: str


class ContactScreen(ModalScreen[ContactCard | None]):
    """Return the changed card, or None if the dialog was cancelled."""

    DEFAULT_CSS = """
    ContactScreen .dialog { width: 64; padding: 1 2; }
    ContactScreen TextArea { height: 6; margin-top: 1; border: none; background: $boost; }
    ContactScreen .hint { margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Call off", priority=True),
        Binding("enter", "save", "Save", priority=True),
        Binding("alt+enter,ctrl+j", "break_line", "New line", priority=True),
    ]
    name_field = getters.query_one("#contact-name", Input)
    note_field = getters.query_one("#contact-note", TextArea)

    def __init__(self, number: str, card: ContactCard) -> None:
        """Create the dialog.

        Args:
            number: Phone number for the title; untrusted text.
            card: Current name and note; untrusted text.
        """
        super().__init__()
        self._number = number
        self._card = card

    def compose(self) -> ComposeResult:
        """Yield the fields for name and note."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(one_line(self._number, 40))
            dialog.border_subtitle = "Enter saves · Tab note · Esc calls off"
            yield Input(
                one_line(self._card.name, _LONGEST_NAME),
                placeholder="name",
                id="contact-name",
                max_length=_LONGEST_NAME,
                compact=True,
            )
            yield TextArea(
                to_printable(self._card.note, limit=LONGEST_NOTE),
                id="contact-note",
                tab_behavior="focus",
                compact=True,
                placeholder="a note for everybody at this desk; customers never see it",
            )
            yield Static("Alt+Enter breaks a line of the note.", classes="hint")

    def action_save(self) -> None:
        """Close the dialog with both texts."""
        note = self.note_field.text.strip()[:LONGEST_NOTE]
        self.dismiss(ContactCard(self.name_field.value.strip(), note))

    def action_break_line(self) -> None:
        """Insert a line break in the note."""
        if self.note_field.has_focus:
            self.note_field.insert("\n")
