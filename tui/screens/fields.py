"""The desk's own fields for canned replies: `{shop}`, `{hours}` and what stands for them."""

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
from tui.screens.pick import Choice, Choices
from tui.screens.said import said
from tui.seat import Seat
from tui.store.store import Store

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


class FieldsScreen(ModalScreen[None]):
    """A list of the fields with their values."""

    DEFAULT_CSS = """
    FieldsScreen .dialog { width: 76; height: 70%; padding: 0 1; }
    FieldsScreen Choices { height: 1fr; background: $surface; }
    FieldsScreen Choices > .choice--none { color: $text-muted; }
    FieldsScreen #said { height: 1; color: $text-warning; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Close"),
        Binding("down,j", "move(1)", "Next"),
        Binding("up,k", "move(-1)", "Previous"),
        Binding("a", "add", "Add"),
        Binding("enter,e", "change", "Change"),
        Binding("d", "drop", "Delete"),
        Binding("z", "undo", "Undo"),
    ]
    choices = getters.query_one(Choices)
    words = getters.query_one("#said", Static)

    def __init__(self, store: Store, seat: Seat) -> None:
        """Reads and writes the fields."""
        super().__init__()
        self._store = store
        self._seat = seat
        self._values: dict[str, str] = {}
        self._dropped: list[Field] = []

    def compose(self) -> ComposeResult:
        """The list and a line."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Own fields"
            dialog.border_subtitle = "a add · e change · d delete · z undo · Esc closes"
            yield Choices("None yet: a adds one, to be written as {name}", ascii=self._seat.ascii)
            yield Static(id="said")

    async def on_mount(self) -> None:
        """Show what there is."""
        await self._show()

    def say(self, words: str) -> None:
        """One line at the bottom."""
        self.words.update(Content(one_line(words, 72)))

    @said
    async def _show(self) -> None:
        """Read everything again."""
        self._values = await self._store.templates.values()
        await self.choices.offer(
            [Choice(name, f"{{{name}}}  {value}") for name, value in self._values.items()]
        )

    @property
    def _current(self) -> Field | None:
        """The one under the cursor."""
        row = self.choices.current
        return Field(row.value, self._values[row.value]) if row is not None else None

    async def action_move(self, rows: int) -> None:
        """Choose another one."""
        await self.choices.move(rows)

    def action_add(self) -> None:
        """Write a new one."""
        self._edit(None)

    def action_change(self) -> None:
        """Change the one under the cursor."""
        if self._current is not None:
            self._edit(self._current)

    def _edit(self, field: Field | None) -> None:
        """Ask for name and value, and keep them."""

        @said
        async def keep(screen: FieldsScreen, edited: Field | None) -> None:
            if edited is not None:
                replaces = field.name if field else ""
                await self._store.templates.save_value(edited, replaces=replaces)
                await self._show()
                self.say(f"Kept {{{edited.name}}}")

        async def done(edited: Field | None) -> None:
            await keep(self, edited)

        self.app.push_screen(FieldScreen(field), done)

    @said
    async def action_drop(self) -> None:
        """Remove the one under the cursor; z brings it back."""
        field = self._current
        if field is not None:
            await self._store.templates.drop_value(field.name)
            self._dropped.append(field)
            await self._show()
            self.say(f"Deleted {{{field.name}}} · z brings it back")

    @said
    async def action_undo(self) -> None:
        """Bring back what was removed last."""
        if not self._dropped:
            self.say("Nothing to undo")
            return
        field = self._dropped.pop()
        await self._store.templates.save_value(field)
        await self._show()
        self.say(f"{{{field.name}}} is back")
