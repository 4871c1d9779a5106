"""The desk's own fields for canned replies: `{shop}`, `{hours}` and what stands for them."""

from collections.abc import Iterable
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.domain.templates import FIELDS, BadTemplate, Field, checked_field
from tui.domain.text import one_line, printable
from tui.screens.pick import Choice
from tui.screens.shelf import Shelf

_BUILT_IN = " ".join(f"{{{name}}}" for name in FIELDS)


class FieldScreen(ModalScreen[Field | None]):
    """Dismissed with the field to keep, or with none."""

    DEFAULT_CSS = """
    FieldScreen Input { margin-bottom: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Call off")]
    name_field = getters.query_one("#field-name", Input)
    value_field = getters.query_one("#field-value", Input)
    verdict = getters.query_one("#verdict", Static)

    def __init__(self, field: Field | None) -> None:
        """`field` is changed, None adds one."""
        super().__init__()
        self._field = field or Field("", "")

    def compose(self) -> ComposeResult:
        """Name, value, what they are for."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Own field"
            dialog.border_subtitle = "Tab goes on · Enter keeps it · Esc calls off"
            yield Input(
                printable(self._field.name), placeholder="name", id="field-name", compact=True
            )
            value = printable(self._field.value)
            yield Input(value, placeholder="what stands for it", id="field-value", compact=True)
            yield Static(Content(f"Filled already: {_BUILT_IN}"), id="verdict", classes="hint")

    @on(Input.Submitted, "#field-name")
    def _go_on(self) -> None:
        """From the name to the value."""
        self.value_field.focus()

    @on(Input.Submitted, "#field-value")
    def _keep(self) -> None:
        """Keep it, or say what is wrong."""
        try:
            self.dismiss(checked_field(self.name_field.value, self.value_field.value))
        except BadTemplate as problem:
            self.verdict.set_classes("problem")
            self.verdict.update(Content(one_line(str(problem), 66)))


class FieldsScreen(Shelf[Field]):
    """A list of the fields with their values."""

    NAME = "Own fields"
    KEYS = "a add · e change · d delete · z undo · Esc closes"
    NONE = "None yet: a adds one, to be written as {name}"

    async def read(self) -> dict[str, Field]:
        """Every field by its name."""
        values = await self.store.templates.values()
        return {name: Field(name, value) for name, value in values.items()}

    def lines(self, items: Iterable[Field]) -> list[Choice]:
        """The name as it is written, and the value."""
        return [Choice(field.name, f"{{{field.name}}}  {field.value}") for field in items]

    async def keep(self, item: Field, replaces: str = "") -> None:
        """Store it."""
        await self.store.templates.save_value(item, replaces=replaces)

    async def drop(self, name: str) -> None:
        """Remove it."""
        await self.store.templates.drop_value(name)

    async def editor(self, item: Field | None) -> FieldScreen:
        """Name and value."""
        return FieldScreen(item)

    def called(self, item: Field) -> tuple[str, str]:
        """Its name, bare and as it is written."""
        return item.name, f"{{{item.name}}}"
