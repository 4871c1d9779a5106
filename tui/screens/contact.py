"""Dialog about a person: name, note, numbers and own fields."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static, TextArea

from tui.desk.address_book import format_number, format_numbers, parse_parties
from tui.desk.outages import explain_failure
from tui.domain.person import Person, format_fields, parse_fields
from tui.domain.phone import InvalidNumberError
from tui.domain.templates import InvalidCannedReplyError
from tui.domain.text import one_line, to_printable
from tui.screens.base import FormScreen, compose_field
from tui.store.contacts import NumberTaken
from tui.store.errors import StoreError

_FORM_HINTS = "Tab next field · Alt+Enter new line · Enter saves · Esc cancels"
_LONGEST_NAME = 80
LONGEST_NOTE = 2_000
_LONGEST_FIELDS = 20_000


class ContactScreen(FormScreen[Person | None]):
    """Return the contact as it was typed and saved, or None if nothing was saved.

    A contact that the store refuses stays in the form, with the reason.
    """

    DEFAULT_CSS = """
    ContactScreen .dialog { width: 76; max-height: 100%; padding: 0 2; }
    ContactScreen TextArea { height: 4; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "save", "Save", priority=True),
        Binding("alt+enter,ctrl+j", "break_line", "New line", priority=True),
    ]
    name_field = getters.query_one("#contact-name", Input)
    note_field = getters.query_one("#contact-note", TextArea)
    numbers_field = getters.query_one("#contact-numbers", Input)
    own_fields = getters.query_one("#contact-fields", TextArea)
    verdict = getters.query_one("#contact-verdict", Static)

    def __init__(
        self, person: Person, region: str | None, save: Callable[[Person], Awaitable[None]]
    ) -> None:
        """Create the dialog.

        Args:
            person: Contact as it is; untrusted texts.
            region: Country (ISO) of numbers without a country code; None for none.
            save: Stores the contact as it was typed.
        """
        super().__init__()
        self._person = person
        self._save = save
        self._phone_region = region

    def compose(self) -> ComposeResult:
        """Yield the fields for name, note, numbers and own fields."""
        person = self._person
        number = format_number(person.numbers[0]) if person.numbers else "New contact"
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(one_line(number, 40))
            dialog.border_subtitle = _FORM_HINTS
            name = Input(
                one_line(person.name, _LONGEST_NAME),
                placeholder="such as Ana Kowalska",
                id="contact-name",
                max_length=_LONGEST_NAME,
                compact=True,
            )
            yield from compose_field("Name", name)
            note = TextArea(
                to_printable(person.note, limit=LONGEST_NOTE),
                id="contact-note",
                tab_behavior="focus",
                compact=True,
                placeholder="such as prefers to be called after 4 pm",
            )
            yield from compose_field("Note for all agents; customers never see it", note)
            numbers = Input(
                format_numbers(person),
                placeholder="such as +61 491 570 156, +61 491 570 157",
                id="contact-numbers",
                compact=True,
            )
            yield from compose_field("Numbers, separated by commas", numbers)
            fields = TextArea(
                to_printable(format_fields(person.fields), limit=_LONGEST_FIELDS),
                id="contact-fields",
                tab_behavior="focus",
                compact=True,
                placeholder="such as order = 4711",
            )
            yield from compose_field("Own fields: {order} in a text gives its value", fields)
            yield Static(id="contact-verdict", classes="problem")

    async def action_save(self) -> None:
        """Save the contact and close the dialog, or show what is wrong."""
        person = self._person
        try:
            fields = parse_fields(self.own_fields.text, person.fields)
            numbers = parse_parties(self.numbers_field.value, self._phone_region, person.numbers)
        except (InvalidCannedReplyError, InvalidNumberError) as problem:
            is_number = isinstance(problem, InvalidNumberError)
            self._explain(str(problem), self.numbers_field if is_number else self.own_fields)
            return
        note = self.note_field.text.strip()[:LONGEST_NOTE]
        name = self.name_field.value.strip()
        # What was shortened or made printable for the dialog is not changed by it.
        name = person.name if name == one_line(person.name, _LONGEST_NAME) else name
        note = person.note if note == to_printable(person.note, limit=LONGEST_NOTE) else note
        changed = replace(person, name=name, note=note, numbers=numbers, fields=fields)
        try:
            await self._save(changed)
        except NumberTaken as problem:
            self._explain(f"{problem}; remove it there first", self.numbers_field)
        except StoreError as problem:
            self._explain(explain_failure(problem, "Enter", "saved"))
        else:
            self.dismiss(changed)

    def _explain(self, problem: str, field: Input | TextArea | None = None) -> None:
        """Show why the contact was not saved.

        Args:
            problem: What is wrong.
            field: Field to correct; None if none is wrong.
        """
        self.verdict.update(Content(one_line(f"Not saved: {problem}", 200)))
        if field is not None:
            field.focus()

    def action_break_line(self) -> None:
        """Insert a line break in the note or the fields."""
        for field in (self.note_field, self.own_fields):
            if field.has_focus:
                field.insert("\n")
