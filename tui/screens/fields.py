"""Own fields of the desk for canned replies: `{shop}`, `{hours}` and their values."""

from collections.abc import Iterable

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.desk.rule_names import describe_incomplete
from tui.domain.change import Subject
from tui.domain.templates import (
    BUILT_IN_FIELDS,
    CustomField,
    InvalidCannedReplyError,
    validate_field,
)
from tui.domain.text import one_line, to_printable
from tui.screens.base import FormScreen, compose_field
from tui.screens.editable_list import EditableList
from tui.screens.pick import Choice
from tui.store.saved_replies import SHARED_REPLIES

_BUILT_IN = " ".join(f"{{{name}}}" for name in BUILT_IN_FIELDS)


class FieldScreen(FormScreen[CustomField | None]):
    """Return the edited field, or None if the dialog was cancelled."""

    DEFAULT_CSS = """
    FieldScreen Input { margin-bottom: 1; }
    """
    name_field = getters.query_one("#field-name", Input)
    value_field = getters.query_one("#field-value", Input)
    verdict = getters.query_one("#verdict", Static)

    def __init__(self, field: CustomField | None) -> None:
        """Create the dialog.

        Args:
            field: Field to change; None adds one.
        """
        super().__init__()
        self._field = field or CustomField("", "")

    def compose(self) -> ComposeResult:
        """Yield the fields for name and value, and a hint."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Own field"
            dialog.border_subtitle = "Tab next field · Enter saves · Esc cancels"
            name, value = to_printable(self._field.name), to_printable(self._field.value)
            name_field = Input(name, placeholder="such as shop", id="field-name", compact=True)
            yield from compose_field("Name, to be written as {name}", name_field)
            value_field = Input(
                value, placeholder="such as 12 Smith St", id="field-value", compact=True
            )
            yield from compose_field("Text that takes its place", value_field)
            yield Static(Content(f"Filled already: {_BUILT_IN}"), id="verdict", classes="hint")

    @on(Input.Submitted)
    async def _submit_field(self) -> None:
        """Store the field and close the dialog, or show what is wrong where it can be put right."""
        try:
            field = validate_field(self.name_field.value, self.value_field.value)
        except InvalidCannedReplyError as problem:
            self.verdict.set_classes("problem")
            self.verdict.update(Content(one_line(f"Not saved: {problem}", 300)))
            named_well = validates_name(self.name_field.value)
            (self.value_field if named_well else self.name_field).focus()
        else:
            await self.submit(field)


def validates_name(name: str) -> bool:
    """Return whether a name is valid, whatever the text of the field."""
    try:
        validate_field(name, "text")
    except InvalidCannedReplyError:
        return False
    return True


class FieldsScreen(EditableList[CustomField]):
    """List of the own fields with their values."""

    NAME = "Own fields"
    KEY_HINTS = "a add · e edit · d delete · z undo · Esc closes"
    EMPTY_TEXT = "None yet: a adds one, to be written as {name}"
    WATCHED = Subject.CANNED_REPLY
    ONLY_LEADS_CHANGE = SHARED_REPLIES

    async def read_items(self) -> dict[str, CustomField]:
        """Return every field by its name."""
        values = await self.store.templates.get_fields()
        return {name: CustomField(name, value) for name, value in values.items()}

    def format_lines(self, items: Iterable[CustomField]) -> list[Choice]:
        """Return one line for each field: the name in braces, and the value."""
        return [Choice(field.name, f"{{{field.name}}}  {field.value}") for field in items]

    async def save_item(self, item: CustomField, replaces: str = "") -> None:
        """Store the field.

        Args:
            item: Field to store.
            replaces: Former name of the field; empty for a new one.
        """
        await self.store.templates.save_field(item, self.app_context.agent, replaces=replaces)

    async def drop_item(self, name: str) -> None:
        """Remove the field."""
        await self.store.templates.delete_field(name, self.app_context.agent)

    def list_parts(self, item: CustomField) -> dict[str, str]:
        """Return name and value."""
        return {"Name": item.name, "Value": item.value}

    async def create_editor(self, item: CustomField | None) -> FieldScreen:
        """Return the dialog for name and value."""
        return FieldScreen(item)

    async def describe_effects(self) -> str:
        """Return which rules lack something now."""
        return await describe_incomplete(self.store)

    def describe_item(self, item: CustomField) -> tuple[str, str]:
        """Return the name, bare and in braces."""
        return item.name, f"{{{item.name}}}"
