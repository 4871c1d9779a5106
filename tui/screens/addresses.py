"""Page with the addresses to enter at the providers' panels; each can be copied."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.desk.format import MUTED_STYLE
from tui.desk.panel_addresses import PanelAddress, list_address_lines
from tui.domain.text import one_line, to_printable
from tui.screens.base import DialogScreen


class AddressesScreen(DialogScreen[None]):
    """One paragraph for each address; y copies the selected one, b the template of its body."""

    DEFAULT_CSS = """
    AddressesScreen .dialog { width: 96; }
    AddressesScreen .address { height: auto; padding: 0 1; margin-bottom: 1; }
    AddressesScreen .-selected { background: $primary-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Close"),
        Binding("down,j,tab", "select(1)", "Next"),
        Binding("up,k,shift+tab", "select(-1)", "Previous"),
        Binding("y", "copy('address')", "Copy the address"),
        Binding("b", "copy('body')", "Copy the template"),
    ]

    def __init__(self, entries: Sequence[PanelAddress]) -> None:
        """Create the page.

        Args:
            entries: Addresses of all accounts.
        """
        super().__init__()
        self._entries = entries
        self._selected = 0

    def compose(self) -> ComposeResult:
        """Yield one paragraph for each address."""
        with VerticalScroll(classes="dialog", can_focus=False) as page:
            page.border_title = "Addresses for the providers"
            page.border_subtitle = "↑ ↓ selects · y copies the address · b the body · Esc closes"
            if not self._entries:
                yield Static(Content("No account receives pushes: all of them are polled."))
            for entry in self._entries:
                yield Static(format_address(entry), classes="address")

    def on_mount(self) -> None:
        """Select the first address."""
        self.action_select(0)

    def action_select(self, step: int) -> None:
        """Select another address.

        Args:
            step: 1 for the next one, -1 for the previous one.
        """
        paragraphs = list(self.query(".address"))
        if paragraphs:
            self._selected = (self._selected + step) % len(paragraphs)
            for place, paragraph in enumerate(paragraphs):
                paragraph.set_class(place == self._selected, "-selected")
            paragraphs[self._selected].scroll_visible(animate=False)

    def action_copy(self, part: str) -> None:
        """Copy a part of the selected address to the clipboard.

        Args:
            part: "address" or "body".
        """
        if not self._entries:
            return
        entry = self._entries[self._selected]
        text = entry.address if part == "address" else entry.body
        if text:
            self.app.copy_to_clipboard(to_printable(text))
            self.show_answer(f"Copied the {part} for {one_line(entry.account, 40)}")
        else:
            self.show_answer("This one has no template: the provider sends its own fields")


def format_address(entry: PanelAddress) -> Content:
    """Return one address with everything that is to be entered, none of it cut.

    Args:
        entry: Address of one account.
    """
    whole = {entry.address, entry.body if entry.is_template else ""}
    lines = [Content.styled(to_printable(entry.title), "bold")]
    for line in list_address_lines(entry):
        text = to_printable(line)
        lines.append(Content(text) if line in whole else Content.styled(text, MUTED_STYLE))
    return Content("\n").join(lines)
