"""Dialog that imports contacts from a CSV or vCard file, with a progress bar."""

import asyncio
from pathlib import Path
from typing import ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.desk.contact_files import ContactFileError, read_contacts, split_reachable
from tui.desk.context import AppContext
from tui.domain.statistics import draw_bar
from tui.domain.text import format_count, one_line
from tui.screens.base import DialogScreen, report_store_errors
from tui.store.contacts import Contact
from tui.store.store import Store

_BAR_CELLS = 40


class ImportContactsScreen(DialogScreen[None]):
    """Import dialog; Esc closes it, and contacts stored by then remain."""

    DEFAULT_CSS = """
    ImportContactsScreen .dialog { width: 70; }
    ImportContactsScreen #import-line { margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "Close")]
    field = getters.query_one("#import-path", Input)
    status_line = getters.query_one("#import-line", Static)

    def __init__(self, store: Store, app_context: AppContext) -> None:
        """Create the dialog.

        Args:
            store: Store that receives the contacts.
            app_context: Preferences of this agent, among them the default region.
        """
        super().__init__()
        self._store = store
        self._app_context = app_context
        self._is_busy = False

    def compose(self) -> ComposeResult:
        """Yield a field for the path, and a status line."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Import contacts"
            dialog.border_subtitle = "Enter imports · Esc closes"
            yield Input(placeholder="~/customers.csv or ~/team.vcf", id="import-path", compact=True)
            yield Static(
                "A CSV file with columns for name and number, or a vCard file.\n"
                "Existing contacts are updated.",
                id="import-line",
                classes="hint",
            )

    def show_status(self, text: str) -> None:
        """Show a text under the field.

        Args:
            text: One line.
        """
        self.status_line.update(Content(text))

    @on(Input.Submitted)
    def _start_import(self) -> None:
        """Start the import unless one is running."""
        typed = self.field.value.strip()
        if typed and not self._is_busy:
            self._is_busy = True
            self._run_import(Path(typed))

    @work(exit_on_error=False)
    async def _run_import(self, path: Path) -> None:
        """Import the file and accept the next one afterwards, even after an error."""
        try:
            await self._import_file(path)
        finally:
            self._is_busy = False

    @report_store_errors
    async def _import_file(self, path: Path) -> None:
        """Parse the file, store its contacts in small transactions and show the result."""
        self.show_status("Reading …")
        try:
            # Parsing runs on a thread, so that the inbox stays usable meanwhile.
            usable, skipped = await asyncio.to_thread(self._read_usable_contacts, path)
        except ContactFileError as problem:
            self.show_status(one_line(str(problem), 300))
            return
        if not usable:
            self.show_status("No contact in it has a valid number: write + and the country code")
            return
        imported = await self._store.contacts.import_contacts(
            usable,
            region=self._app_context.preferences.default_region,
            progress=lambda done: self._show_progress(done, len(usable)),
        )
        skipped_text = f", {format_count(skipped, 'row')} skipped (no valid number)"
        self.show_status(f"{imported.summary}{skipped_text if skipped else ''}")

    def _read_usable_contacts(self, path: Path) -> tuple[list[Contact], int]:
        """Return the contacts with a valid number, and the number of skipped ones."""
        try:
            contacts = read_contacts(path.expanduser())
        except RuntimeError:
            raise ContactFileError(f"{path}: there is no such home directory") from None
        usable, skipped = split_reachable(contacts, self._app_context.preferences.default_region)
        return usable, len(skipped)

    def _show_progress(self, done: int, total: int) -> None:
        """Show how many contacts are stored."""
        drawn = draw_bar(done, total, _BAR_CELLS, ascii=self._app_context.ascii)
        self.show_status(f"{drawn} {done} of {total}")
