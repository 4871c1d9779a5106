"""Dialogs that import contacts from a CSV or vCard file, and ask which column is what."""

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.desk import cells
from tui.desk.contact_files import (
    ColumnChoice,
    ColumnPreview,
    ContactFileError,
    ReadContacts,
    UnclearColumnsError,
    list_columns,
    read_contacts,
)
from tui.desk.context import AppContext
from tui.domain.statistics import draw_bar
from tui.domain.text import format_count, one_line
from tui.screens.base import DialogScreen, report_store_errors
from tui.store.store import Store

_BAR_CELLS = 40
_MAX_DETAILS = 500
"""Lines about what was not taken that the dialog shows; the command line shows all."""
_ROLES = ("", "number", "name", "note")


class ChooseColumnsScreen(DialogScreen[ColumnChoice | None]):
    """Return which columns hold numbers, names and notes, or None if it was cancelled."""

    DEFAULT_CSS = """
    ChooseColumnsScreen .dialog { width: 76; max-height: 90%; padding: 0 1; }
    ChooseColumnsScreen OptionList {
        height: auto; max-height: 12; margin-top: 1; padding: 0; border: none;
        background: $surface;
        &:focus { border: none; background-tint: $surface 0%; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel"),
        Binding("right,space", "change_role(1)", "Change"),
        Binding("left", "change_role(-1)", "Change back"),
    ]
    options = getters.query_one(OptionList)
    verdict = getters.query_one("#column-line", Static)

    def __init__(self, problem: str, columns: Sequence[ColumnPreview]) -> None:
        """Create the dialog.

        Args:
            problem: What is unclear; untrusted text.
            columns: Columns of the file in their order.
        """
        super().__init__()
        self._problem = problem
        self._columns = columns
        self._roles = [column.role for column in columns]
        self._shown = [i for i, c in enumerate(columns) if c.heading or c.samples]

    def compose(self) -> ComposeResult:
        """Yield what is unclear, a line for each column, and a hint."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Which column is what?"
            dialog.border_subtitle = "← → change · Enter imports · Esc cancels"
            yield Static(Content(one_line(self._problem, 220)), classes="hint")
            yield OptionList(*(Option(self._format_column(i)) for i in self._shown))
            yield Static(id="column-line", classes="hint")

    def on_mount(self) -> None:
        """Begin at the first column."""
        self.options.highlighted = 0
        self.options.focus()
        self._show_verdict()

    def action_change_role(self, change: int) -> None:
        """Make the column under the cursor something else.

        Args:
            change: 1 for the next meaning, -1 for the previous one.
        """
        line = self.options.highlighted
        if line is None:
            return
        index = self._shown[line]
        role = _ROLES.index(self._roles[index])
        self._roles[index] = _ROLES[(role + change) % len(_ROLES)]
        self.options.replace_option_prompt_at_index(line, self._format_column(index))
        self._show_verdict()

    @on(OptionList.OptionSelected)
    def _submit_choice(self) -> None:
        """Close the dialog with the choice, unless no column has the numbers."""
        numbers, names, notes = (self._list_positions(role) for role in _ROLES[1:])
        if numbers:
            self.dismiss(ColumnChoice(numbers, names, notes))
        else:
            self.verdict.set_classes("problem")

    def _show_verdict(self) -> None:
        """Say what is still missing."""
        texts = {"number": "Choose the column with the number", "name": "No column for the name"}
        missing = [text for role, text in texts.items() if role not in self._roles]
        self.verdict.set_classes("hint")
        self.verdict.update(Content(missing[0] if missing else ""))

    def _list_positions(self, role: str) -> tuple[int, ...]:
        """Return the positions, from 1, of the columns with a role."""
        return tuple(i for i, given in enumerate(self._roles, 1) if given == role)

    def _format_column(self, index: int) -> Content:
        """Return the role, the heading and the first texts of a column on one line."""
        column = self._columns[index]
        role = self._roles[index]
        heading = one_line(column.heading or f"column {index + 1}", 40)
        samples = " · ".join(one_line(sample, 40) for sample in column.samples)
        line = f" {cells.fit_cells(heading, 22)} {cells.fit_cells(samples, 38)}"
        return Content.assemble(
            (cells.fit_cells(role or "field", 7), "bold" if role else "dim"), line
        )


_EXAMPLE = "such as ~/customers.csv or ~/team.vcf"


class ImportContactsScreen(DialogScreen[None]):
    """Import dialog; Esc closes it, and contacts stored by then remain."""

    DEFAULT_CSS = """
    ImportContactsScreen .dialog { width: 76; }
    ImportContactsScreen #import-line { margin-top: 1; }
    ImportContactsScreen VerticalScroll { height: auto; max-height: 10; display: none; }
    ImportContactsScreen VerticalScroll.filled { display: block; margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Close"),
        Binding("f2", "choose_columns", "Choose columns"),
        Binding("down", "scroll_details(1)", "Down"),
        Binding("up", "scroll_details(-1)", "Up"),
        Binding("pagedown", "scroll_details(9)", "Page down"),
        Binding("pageup", "scroll_details(-9)", "Page up"),
    ]
    field = getters.query_one("#import-path", Input)
    status_line = getters.query_one("#import-line", Static)
    details = getters.query_one("#import-details", Static)
    scroll = getters.query_one(VerticalScroll)

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
        """Yield a field for the path, a status line, and a list of what was not taken."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Import contacts"
            dialog.border_subtitle = "Enter imports · F2 chooses columns · Esc closes"
            yield Input(placeholder=_EXAMPLE, id="import-path", compact=True)
            yield Static(
                "A CSV file with columns for name and number, or a vCard file.\n"
                "Other columns become own fields. Existing contacts are updated.",
                id="import-line",
                classes="hint",
            )
            with VerticalScroll(can_focus=False):
                yield Static(id="import-details", classes="hint")

    def show_status(self, text: str) -> None:
        """Show a text under the field.

        Args:
            text: One line.
        """
        self.status_line.update(Content(text))

    @on(Input.Submitted)
    def _start_import(self) -> None:
        """Start the import unless one is running."""
        self._start(must_ask=False)

    def action_choose_columns(self) -> None:
        """Start the import with the question which column is what."""
        self._start(must_ask=True)

    def action_scroll_details(self, lines: int) -> None:
        """Scroll the list of what was not taken.

        Args:
            lines: Lines to scroll; negative scrolls up.
        """
        self.scroll.scroll_relative(y=lines, animate=False)

    def _start(self, *, must_ask: bool) -> None:
        """Start the import unless one is running."""
        typed = self.field.value.strip()
        if not typed and not self._is_busy:
            self.show_status(f"Type the path of a file, {_EXAMPLE}")
        if typed and not self._is_busy:
            self._is_busy = True
            self._run_import(Path(typed), must_ask=must_ask)

    @work(exit_on_error=False)
    async def _run_import(self, path: Path, *, must_ask: bool) -> None:
        """Import the file and accept the next one afterwards, even after an error."""
        try:
            await self._import_file(path, must_ask=must_ask)
        finally:
            self._is_busy = False

    @report_store_errors
    async def _import_file(self, path: Path, *, must_ask: bool) -> None:
        """Read the file, store its contacts in small transactions and show the result."""
        self.show_status("Reading …")
        self._show_details(())
        try:
            read = await self._read_file(path, must_ask=must_ask)
        except ContactFileError as problem:
            self.show_status(one_line(str(problem), 300))
            return
        if read is None:
            self.show_status("Nothing was imported")
            return
        self._show_details(read.details)
        if not read.contacts:
            advice = "write numbers with + and the country code, or set default_region"
            self.show_status(
                one_line(f"No contact has a valid number{read.summary}: {advice}", 300)
            )
            return
        imported = await self._store.contacts.import_contacts(
            read.contacts,
            region=self._app_context.preferences.default_region,
            progress=lambda done: self._show_progress("", done, len(read.contacts)),
        )
        self.show_status(one_line(f"{imported.summary}{read.summary}", 300))

    async def _read_file(self, path: Path, *, must_ask: bool) -> ReadContacts | None:
        """Return what was read; ask which column is what if it is unclear.

        Returns:
            None if the agent cancelled the question.
        """
        try:
            path = path.expanduser()
        except RuntimeError:
            raise ContactFileError(f"{path}: there is no such home directory") from None
        region = self._app_context.preferences.default_region
        # Reading runs on a thread, so that the inbox stays usable meanwhile.
        try:
            columns = await asyncio.to_thread(list_columns, path, region) if must_ask else ()
            if not columns:
                return await self._read_on_thread(path, None)
            question = ""
        except UnclearColumnsError as problem:
            columns, question = problem.columns, str(problem)
        choice = await self.app.push_screen_wait(ChooseColumnsScreen(question, columns))
        return await self._read_on_thread(path, choice) if choice is not None else None

    async def _read_on_thread(self, path: Path, choice: ColumnChoice | None) -> ReadContacts:
        """Read the file on a thread and show how far it is."""
        show = partial(self.call_later, self._show_progress, "Reading ")
        region = self._app_context.preferences.default_region
        return await asyncio.to_thread(
            read_contacts, path, region=region, choice=choice, progress=show
        )

    def _show_details(self, lines: Sequence[str]) -> None:
        """Show what was not taken, line by line."""
        shown = [one_line(line, 200) for line in lines[:_MAX_DETAILS]]
        if len(lines) > _MAX_DETAILS:
            more = format_count(len(lines) - _MAX_DETAILS, "more line")
            shown.append(f"… and {more}: smsdesk import contacts FILE --dry-run shows all")
        self.details.update(Content("\n".join(shown)))
        self.scroll.set_class(bool(shown), "filled")

    def _show_progress(self, doing: str, done: int, total: int) -> None:
        """Show how many rows or contacts are done."""
        drawn = draw_bar(done, total, _BAR_CELLS, ascii=self._app_context.ascii)
        self.show_status(f"{doing}{drawn} {done} of {total}")
