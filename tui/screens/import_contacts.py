"""Contacts from a CSV or vCard file, read in while a bar shows how far it is."""

import asyncio
from pathlib import Path
from typing import ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.address_book import BadContacts, read_contacts, sorted_out
from tui.domain.numbers import bar
from tui.domain.text import one_line
from tui.screens.said import said
from tui.seat import Seat
from tui.store.contacts import Contact
from tui.store.store import Store

_BAR = 40


class ImportContactsScreen(ModalScreen[None]):
    """Esc closes it; what is on disk by then stays."""

    DEFAULT_CSS = """
    ImportContactsScreen .dialog { width: 70; }
    ImportContactsScreen #import-line { margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "Close")]
    field = getters.query_one("#import-path", Input)
    line = getters.query_one("#import-line", Static)

    def __init__(self, store: Store, seat: Seat) -> None:
        """What is read goes into `store`."""
        super().__init__()
        self._store = store
        self._seat = seat
        self._busy = False

    def compose(self) -> ComposeResult:
        """A field for the file, and a line."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Import contacts"
            dialog.border_subtitle = "Enter imports · Esc closes"
            yield Input(placeholder="~/customers.csv or ~/team.vcf", id="import-path", compact=True)
            yield Static(
                "A CSV file with columns for name and number, or a vCard file.\n"
                "Contacts that are here already are brought up to date.",
                id="import-line",
                classes="hint",
            )

    def say(self, words: str) -> None:
        """Show words under the field."""
        self.line.update(Content(words))

    @on(Input.Submitted)
    def _entered(self) -> None:
        """Begin, once."""
        typed = self.field.value.strip()
        if typed and not self._busy:
            self._busy = True
            self._import(Path(typed))

    @work(exit_on_error=False)
    async def _import(self, path: Path) -> None:
        """Read the file and store what is in it."""
        try:
            await self._take_in(path)
        finally:
            self._busy = False

    @said
    async def _take_in(self, path: Path) -> None:
        """Parse on a thread, store in small transactions: the desk goes on meanwhile."""
        self.say("Reading …")
        try:
            usable, skipped = await asyncio.to_thread(self._usable, path)
        except BadContacts as problem:
            self.say(one_line(str(problem), 300))
            return
        if not usable:
            self.say("No contact in it has a valid number: write + and the country code")
            return
        imported = await self._store.contacts.add(
            usable,
            region=self._seat.region,
            progress=lambda done: self._progress(done, len(usable)),
        )
        left = f" · {skipped} without a valid number left out" if skipped else ""
        self.say(
            f"{imported.contacts} contacts are in, {imported.renamed} conversations "
            f"have another name{left}"
        )

    def _usable(self, path: Path) -> tuple[list[Contact], int]:
        """The contacts that can be written to, and how many cannot."""
        try:
            found = read_contacts(path.expanduser())
        except RuntimeError:
            raise BadContacts(f"{path}: there is no such home directory") from None
        usable, skipped = sorted_out(found, self._seat.region)
        return usable, len(skipped)

    def _progress(self, done: int, total: int) -> None:
        """How many are on disk."""
        drawn = bar(done, total, _BAR, ascii=self._seat.ascii)
        self.say(f"{drawn} {done} of {total}")
