"""Choosing a canned reply by a few letters, filled as the customer will read it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui import present
from tui.desk.ribbon import length_words
from tui.domain.sms import count
from tui.domain.templates import Template, blanks, fill
from tui.domain.text import one_line, printable
from tui.present import MUTED
from tui.screens.pick import Choice, Choices, matching
from tui.widgets.virtual_list import VirtualList

_NAME = 16
"""Cells that a name has in the list."""
_SHOWN = 600
"""Characters of a reply that the preview shows."""


class CannedScreen(ModalScreen[Template | None]):
    """Dismissed with the canned reply that was taken, or with none."""

    DEFAULT_CSS = """
    CannedScreen .dialog { width: 76; padding: 0 1; }
    CannedScreen Choices { height: 8; margin: 1 0; background: $surface; }
    CannedScreen Choices > .choice--detail { color: $text-muted; }
    CannedScreen Choices > .choice--tick { color: $text-accent; }
    CannedScreen #filled { height: auto; max-height: 7; border-top: solid $panel-lighten-2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Call off"),
        Binding("down,ctrl+n,tab", "move(1)", "Next", priority=True),
        Binding("up,ctrl+p,shift+tab", "move(-1)", "Previous", priority=True),
    ]
    field = getters.query_one("#letters", Input)
    choices = getters.query_one(Choices)
    filled = getters.query_one("#filled", Static)

    def __init__(self, templates: Sequence[Template], values: Mapping[str, str]) -> None:
        """`templates` the most used first; `values` fills them."""
        super().__init__()
        self._templates = {template.name: template for template in templates}
        self._values = values
        self._offered = choices_of(templates)

    def compose(self) -> ComposeResult:
        """A field, what matches, and the text under the cursor."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Canned replies"
            dialog.border_subtitle = "Enter takes it · Esc calls off"
            yield Input(placeholder="a few letters", id="letters", compact=True)
            yield Choices()
            yield Static(id="filled")

    async def on_mount(self) -> None:
        """Show all."""
        await self._narrow()

    @on(Input.Changed)
    async def _narrow(self) -> None:
        """Show what matches."""
        await self.choices.offer(matching(self._offered, self.field.value))
        self._preview()

    @on(VirtualList.Moved)
    def _preview(self) -> None:
        """Show the text under the cursor as it will be sent."""
        template = self._under_cursor
        if template is None:
            none = "Nothing matches" if self._templates else "There are none yet: g t adds them"
            self.filled.update(Content.styled(none, MUTED))
            return
        text = fill(template.body, self._values)
        self.filled.update(filled_text(text))

    @property
    def _under_cursor(self) -> Template | None:
        """The canned reply under the cursor."""
        row = self.choices.current
        return self._templates.get(row.value) if row is not None else None

    @on(Input.Submitted)
    def _take(self) -> None:
        """Take it."""
        if self._under_cursor is not None:
            self.dismiss(self._under_cursor)

    async def action_move(self, rows: int) -> None:
        """Choose another one."""
        await self.choices.move(rows)


def choices_of(templates: Iterable[Template]) -> list[Choice]:
    """Canned replies as the lines of a list: names under each other, beginning, parts."""
    templates = tuple(templates)
    longest = max((cell_len(template.name) for template in templates), default=0)
    return [_choice(template, min(longest, _NAME)) for template in templates]


def _choice(template: Template, room: int) -> Choice:
    """One line; the name has so much room."""
    words = f"{present.fit(template.name, room)}  {one_line(template.body, 60)}"
    parts = len(count(template.body).parts)
    return Choice(template.name, words, f"{parts} part{'s' if parts != 1 else ''}")


def filled_text(text: str) -> Content:
    """A reply with its length, and the fields that are still open marked."""
    shown = printable(text, limit=_SHOWN)
    content = Content(shown)
    for blank in blanks(shown):
        content = content.stylize("bold underline $text-error", blank.start, blank.end)
    return content + Content.styled(f"\n{length_words(count(text))}", MUTED)
