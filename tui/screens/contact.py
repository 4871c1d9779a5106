"""A contact's name and note, to be changed."""

from typing import ClassVar, NamedTuple

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static, TextArea

from tui.domain.text import one_line, printable

_LONGEST_NAME = 80
LONGEST_NOTE = 2_000


class Card(NamedTuple):
    """What an agent may write about a contact."""

    name: str
    note: str


class ContactScreen(ModalScreen[Card | None]):
    """Dismissed with the new card, or with none when it was called off."""

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

    def __init__(self, number: str, card: Card) -> None:
        """The card as it is; both its texts and the number are outside text."""
        super().__init__()
        self._number = number
        self._card = card

    def compose(self) -> ComposeResult:
        """Two fields."""
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
                printable(self._card.note, limit=LONGEST_NOTE),
                id="contact-note",
                tab_behavior="focus",
                compact=True,
                placeholder="a note for everybody at this desk; customers never see it",
            )
            yield Static("Alt+Enter breaks a line of the note.", classes="hint")

    def action_save(self) -> None:
        """Take both texts."""
        note = self.note_field.text.strip()[:LONGEST_NOTE]
        self.dismiss(Card(self.name_field.value.strip(), note))

    def action_break_line(self) -> None:
        """Go on below, in the note."""
        if self.note_field.has_focus:
            self.note_field.insert("\n")
