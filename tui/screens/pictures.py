"""Dialog for the pictures and the subject that make a message an MMS."""

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.desk.composer_hints import format_enclosed
from tui.domain.message import InvalidPictureUrlError, MmsContent, parse_picture_urls
from tui.domain.text import one_line, to_printable
from tui.screens.base import FormScreen, compose_field

_LONGEST_SUBJECT = 64


class PicturesScreen(FormScreen[MmsContent | None]):
    """Return the pictures to send (empty removes all), or None if the dialog was cancelled."""

    DEFAULT_CSS = """
    PicturesScreen Input { margin-bottom: 1; }
    """
    addresses = getters.query_one("#addresses", Input)
    subject = getters.query_one("#subject", Input)
    verdict = getters.query_one("#verdict", Static)

    def __init__(self, enclosed: MmsContent) -> None:
        """Create the dialog.

        Args:
            enclosed: Pictures and subject that are attached already.
        """
        super().__init__()
        self._enclosed = enclosed

    def compose(self) -> ComposeResult:
        """Yield the fields for addresses and subject, and their interpretation."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Pictures"
            dialog.border_subtitle = "Tab next field · Enter saves · Esc cancels"
            media = to_printable(" ".join(self._enclosed.media))
            subject = to_printable(self._enclosed.subject)
            media_field = Input(
                media, placeholder="such as https://example.com/a.png", id="addresses", compact=True
            )
            yield from compose_field("Addresses of the pictures, with blanks between", media_field)
            subject_field = Input(
                subject,
                placeholder="such as Your quote",
                id="subject",
                compact=True,
                max_length=_LONGEST_SUBJECT,
            )
            yield from compose_field("Subject", subject_field)
            yield Static(id="verdict")
            yield Static(
                "The provider fetches them: they must be public. Both fields empty: a plain text.",
                classes="hint",
            )

    def on_mount(self) -> None:
        """Show what is attached."""
        self._show_verdict()

    def _parse_fields(self) -> MmsContent:
        """Return the content of the fields; raise `BadAddress` if it cannot be sent."""
        media = parse_picture_urls(self.addresses.value)
        subject = " ".join(to_printable(self.subject.value).split())
        if subject and not media:
            raise InvalidPictureUrlError("A subject goes with pictures only: add an address")
        return MmsContent(media, subject)

    @on(Input.Changed)
    def _show_verdict(self) -> None:
        """Show how the fields are understood, or what is wrong with them."""
        try:
            enclosed = self._parse_fields()
        except InvalidPictureUrlError as problem:
            self.verdict.add_class("problem")
            self.verdict.update(Content(one_line(str(problem), 300)))
            return
        self.verdict.remove_class("problem")
        self.verdict.update(Content(format_enclosed(enclosed) if enclosed else "No pictures"))

    @on(Input.Submitted)
    def _submit_pictures(self) -> None:
        """Close the dialog with the pictures if all addresses are valid."""
        try:
            enclosed = self._parse_fields()
        except InvalidPictureUrlError:
            self._show_verdict()
            return
        self.dismiss(enclosed)
