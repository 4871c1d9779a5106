"""The address book: find people by name or number, write to them, add, edit and delete them."""

from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.desk.actions import ConversationActions
from tui.desk.address_book import AddressBook, format_numbers, list_person_lines, parse_party
from tui.desk.context import AppContext
from tui.desk.undo_stack import UndoAction
from tui.domain.person import Person
from tui.domain.phone import InvalidNumberError
from tui.domain.text import one_line
from tui.screens.base import DialogScreen, report_store_errors
from tui.screens.contact import ContactScreen
from tui.screens.pick import Choice, Choices
from tui.store.store import Store
from tui.widgets.virtual_list import VirtualList

_MOST_SHOWN = 100
_UNDO_SCOPE = "people"
_MOST_LINES = 6


class PeopleScreen(DialogScreen[str | None]):
    """Return the number to write to, or None if the dialog was closed."""

    DEFAULT_CSS = """
    PeopleScreen .dialog { width: 78; height: 90%; padding: 0 1; }
    PeopleScreen Choices { height: 1fr; margin-top: 1; background: $surface; }
    PeopleScreen Choices > .choice--none { color: $text-muted; }
    PeopleScreen Choices > .choice--detail { color: $text-muted; }
    PeopleScreen #person { height: auto; max-height: 8; border-top: solid $rule; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close"),
        Binding("down,ctrl+n,tab", "move(1)", "Next", priority=True),
        Binding("up,ctrl+p,shift+tab", "move(-1)", "Previous", priority=True),
        Binding("pagedown", "move(12)", "Page down", priority=True),
        Binding("pageup", "move(-12)", "Page up", priority=True),
        Binding("f2", "edit", "Edit"),
        Binding("f4", "add", "Add"),
        Binding("f8", "delete", "Delete"),
        Binding("ctrl+z", "undo", "Undo", priority=True),
    ]
    field = getters.query_one("#people-search", Input)
    choices = getters.query_one(Choices)
    detail = getters.query_one("#person", Static)

    def __init__(self, store: Store, context: AppContext, actions: ConversationActions) -> None:
        """Create the address book.

        Args:
            store: Store with the contacts.
            context: Agent and preferences.
            actions: What can be undone.
        """
        super().__init__()
        self._store = store
        self._app_context = context
        self._actions = actions
        self._book = AddressBook(store, context.agent, self._remember_undo)
        self._people: dict[str, Person] = {}
        self._shown_for: str | None = None
        self._count: int | None = None
        """Number of contacts when the dialog was opened, or last changed one."""

    def compose(self) -> ComposeResult:
        """Yield the search, the list and everything about the person under the cursor."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "People"
            dialog.border_subtitle = "Enter writes · F2 edit · F4 add · F8 delete · Esc closes"
            yield Input(placeholder="name or number", id="people-search", compact=True)
            yield Choices("No one: F4 adds a contact, g p imports a file", ascii=self._is_ascii)
            yield Static(id="person")

    async def on_mount(self) -> None:
        """Show the first people."""
        await self._show_people()

    @on(Input.Changed)
    async def _search(self) -> None:
        """Search with every key."""
        await self._show_people()

    @report_store_errors
    async def _show_people(self, current: str | None = None) -> None:
        """Show the people that match.

        Args:
            current: Number of the person to go to, or "" to stay on the line; None for the first.
        """
        typed = self.field.value
        people = await self._store.contacts.find_people(typed, _MOST_SHOWN)
        if typed != self.field.value:
            return
        self._people = {str(person.id): person for person in people}
        self._shown_for = typed
        lines = [Choice(key, _format_name(p), format_numbers(p)) for key, p in self._people.items()]
        if current is None:
            await self.choices.show_choices(lines)
        else:
            await self.choices.replace_choices(lines)
        wanted = next((str(p.id) for p in people if current in p.numbers), None)
        for line in lines:
            if line.value == wanted:
                await self.choices.go_to_row(line)
        # Counting reads all of them: not with every key.
        if self._count is None or current is not None:
            self._count = await self._store.contacts.count_people()
        more = f" · first {_MOST_SHOWN}" if len(people) == _MOST_SHOWN else ""
        title = f"People · {self._count:,}{more}"
        self.query_one(".dialog").border_title = title.replace(",", " ")
        self._show_person()

    @on(VirtualList.Moved)
    def _show_person(self) -> None:
        """Show everything about the person under the cursor."""
        person = self._current
        lines = list_person_lines(person)[:_MOST_LINES] if person else []
        self.detail.update(Content("\n".join(one_line(line, 74) for line in lines)))

    @property
    def _current(self) -> Person | None:
        """Return the person under the cursor; None while the list is of an older text."""
        row = self.choices.current_row
        if row is None or self._shown_for != self.field.value:
            return None
        return self._people.get(row.value)

    @property
    def _is_ascii(self) -> bool:
        """Return whether to draw with ASCII characters only."""
        return self._app_context.ascii

    async def action_move(self, rows: int) -> None:
        """Move the cursor.

        Args:
            rows: Number of rows; negative moves up.
        """
        await self.choices.move_by(rows)

    @on(Input.Submitted)
    async def _write(self) -> None:
        """Close the dialog with the number of the person; ask which, if there are several."""
        person = self._current
        if person is None:
            return
        if len(person.numbers) == 1:
            self.dismiss(person.numbers[0])
            return
        from tui.screens.pick import Picked, PickScreen

        def take_number(picked: Picked | None) -> None:
            if picked is not None:
                self.dismiss(picked.value)

        numbers = format_numbers(person).split(", ")
        lines = [Choice(p, text) for p, text in zip(person.numbers, numbers, strict=True)]
        title = f"Write to {_format_name(person)}"
        screen = PickScreen(title, lines, verb="writes there", ascii=self._is_ascii)
        self.app.push_screen(screen, take_number)

    def action_add(self) -> None:
        """Add a contact, with what was typed as its name or number."""
        typed = self.field.value.strip()
        try:
            party = parse_party(typed, self._app_context.preferences.default_region)
            self._edit(Person(0, "", "", (party,)), None)
        except InvalidNumberError:
            name = typed if any(char.isalpha() for char in typed) else ""
            self._edit(Person(0, name), None)

    def action_edit(self) -> None:
        """Edit the person under the cursor."""
        if (person := self._current) is not None:
            self._edit(person, person)

    def _edit(self, person: Person, before: Person | None) -> None:
        """Open the form, and store what it returns."""
        region = self._app_context.preferences.default_region

        async def save_changed(changed: Person) -> None:
            if changed == before:
                return
            answer = await self._book.save(changed, before)
            await self._show_people(changed.numbers[0])
            self.show_answer(answer)

        self.app.push_screen(ContactScreen(person, region, save_changed))

    @report_store_errors
    async def action_delete(self) -> None:
        """Delete the person under the cursor; undo brings it back."""
        if (person := self._current) is not None:
            self.show_answer(await self._book.delete(person))
            await self._show_people(person.numbers[0])

    @report_store_errors
    async def action_undo(self) -> None:
        """Undo the last change of the address book."""
        self.show_answer(await self._actions.undo_last(_UNDO_SCOPE))
        await self._show_people("")

    def show_status(self, text: str) -> None:
        """Show a text in place of the key hints.

        Args:
            text: One line.
        """
        self.show_answer(text)

    def _remember_undo(self, message: str, undo: UndoAction) -> str:
        """Remember how to undo a change, and name the key of this dialog."""
        self._actions.remember_undo(message, undo, _UNDO_SCOPE)
        return f"{message} · Ctrl+Z undoes"


def _format_name(person: Person) -> str:
    """Return the name of a person as the list shows it."""
    return one_line(person.name, 60) or "(no name)"
