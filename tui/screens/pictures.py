"""The pictures and the subject that make a text an MMS."""

from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.desk.ribbon import enclosed_words
from tui.domain.message import Enclosed
from tui.domain.pictures import BadAddress, picture_addresses
from tui.domain.text import one_line, printable

_LONGEST_SUBJECT = 64


class PicturesScreen(ModalScreen[Enclosed | None]):
    """Dismissed with what goes along (nothing in it removes all), or with none."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Call off")]
    addresses = getters.query_one("#addresses", Input)
    subject = getters.query_one("#subject", Input)
    verdict = getters.query_one("#verdict", Static)

    def __init__(self, enclosed: Enclosed) -> None:
        """What goes along already."""
        super().__init__()
        self._enclosed = enclosed

    def compose(self) -> ComposeResult:
        """Addresses, subject, what they are understood as."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Pictures"
            dialog.border_subtitle = "Enter takes them · Tab subject · Esc calls off"
            media = printable(" ".join(self._enclosed.media))
            subject = printable(self._enclosed.subject)
            yield Input(media, placeholder="https://…", id="addresses", compact=True)
            yield Input(
                subject,
                placeholder="subject",
                id="subject",
                compact=True,
                max_length=_LONGEST_SUBJECT,
            )
            yield Static(id="verdict")
            yield Static(
                "The provider fetches them: they must be public. Both fields empty: a plain text.",
                classes="hint",
            )

    def on_mount(self) -> None:
        """Say what is there."""
        self._judge()

    def _understood(self) -> Enclosed:
        """What stands in the fields; raises `BadAddress`."""
        media = picture_addresses(self.addresses.value)
        subject = " ".join(printable(self.subject.value).split())
        if subject and not media:
            raise BadAddress("A subject goes with pictures only: add an address")
        return Enclosed(media, subject)

    @on(Input.Changed)
    def _judge(self) -> None:
        """Show what was understood."""
        try:
            enclosed = self._understood()
        except BadAddress as problem:
            self.verdict.add_class("problem")
            self.verdict.update(Content(one_line(str(problem), 66)))
            return
        self.verdict.remove_class("problem")
        self.verdict.update(Content(enclosed_words(enclosed) if enclosed else "No pictures"))

    @on(Input.Submitted)
    def _take(self) -> None:
        """Take them, if they can be fetched."""
        try:
            enclosed = self._understood()
        except BadAddress:
            self._judge()
            return
        self.dismiss(enclosed)
