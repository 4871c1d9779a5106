"""Dialog to pick a canned reply by typing part of its name, with a filled preview."""

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.desk import cells
from tui.desk.composer_hints import format_length
from tui.desk.format import MUTED_STYLE
from tui.domain.sms import count_parts
from tui.domain.templates import CannedReply, fill_fields, find_open_fields
from tui.domain.text import format_count, one_line, to_printable
from tui.screens.base import DialogScreen
from tui.screens.pick import Choice, Choices, filter_matching
from tui.widgets.virtual_list import VirtualList

_NAME_CELLS = 16
"""Cells for a name in the list."""
_PREVIEW_CHARACTERS = 600
"""Characters of a reply that the preview shows."""


class PickCannedReplyScreen(DialogScreen[CannedReply | None]):
    """Return the picked canned reply, or None if the dialog was cancelled."""

    DEFAULT_CSS = """
    PickCannedReplyScreen .dialog { width: 76; padding: 0 1; }
    PickCannedReplyScreen Choices { height: 8; margin: 1 0; background: $surface; }
    PickCannedReplyScreen Choices > .choice--detail { color: $text-muted; }
    PickCannedReplyScreen Choices > .choice--tick { color: $text-accent; }
    PickCannedReplyScreen #filled {
        height: auto; max-height: 7; border-top: solid $rule;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel"),
        Binding("down,ctrl+n,tab", "move(1)", "Next", priority=True),
        Binding("up,ctrl+p,shift+tab", "move(-1)", "Previous", priority=True),
    ]
    field = getters.query_one("#filter-text", Input)
    choices = getters.query_one(Choices)
    preview = getters.query_one("#filled", Static)

    def __init__(
        self,
        templates: Sequence[CannedReply],
        values: Mapping[str, str],
        *,
        title: str = "Canned replies",
        verb: str = "puts it into the text",
    ) -> None:
        """Create the dialog.

        Args:
            templates: Canned replies in their order.
            values: Values of the fields, for the preview.
            title: Heading.
            verb: What Enter does, for the hint.
        """
        super().__init__()
        self._heading = title
        self._verb = verb
        self._templates = {template.name: template for template in templates}
        self._values = values
        self._all_choices = list_reply_choices(templates)

    def compose(self) -> ComposeResult:
        """Yield a filter field, the matching replies and the preview."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = self._heading
            dialog.border_subtitle = f"Enter {self._verb} · Esc cancels"
            yield Input(placeholder="type to filter", id="filter-text", compact=True)
            yield Choices()
            yield Static(id="filled")

    async def on_mount(self) -> None:
        """Show all canned replies."""
        await self._filter_choices()

    @on(Input.Changed)
    async def _filter_choices(self) -> None:
        """Show the replies that match the typed text."""
        await self.choices.show_choices(filter_matching(self._all_choices, self.field.value))
        self._update_preview()

    @on(VirtualList.Moved)
    def _update_preview(self) -> None:
        """Show the reply under the cursor as it will be sent."""
        template = self._current_reply
        if template is None:
            empty_text = (
                "Nothing matches" if self._templates else "There are none yet: g t adds them"
            )
            self.preview.update(Content.styled(empty_text, MUTED_STYLE))
            return
        text = fill_fields(template.body, self._values)
        self.preview.update(format_reply_preview(text, template.actions))

    @property
    def _current_reply(self) -> CannedReply | None:
        """Return the canned reply under the cursor."""
        row = self.choices.current_row
        return self._templates.get(row.value) if row is not None else None

    @on(Input.Submitted)
    def _submit_reply(self) -> None:
        """Close the dialog with the reply under the cursor."""
        if self._current_reply is not None:
            self.dismiss(self._current_reply)

    async def action_move(self, rows: int) -> None:
        """Move the cursor.

        Args:
            rows: Number of rows; negative moves up.
        """
        await self.choices.move_by(rows)


def list_reply_choices(templates: Iterable[CannedReply]) -> list[Choice]:
    """Return canned replies as lines of a list: name, beginning, number of segments.

    Args:
        templates: Canned replies in the order of the list; their names are aligned.
    """
    templates = tuple(templates)
    longest = max((cell_len(template.name) for template in templates), default=0)
    return [_format_choice(template, min(longest, _NAME_CELLS)) for template in templates]


def _format_choice(template: CannedReply, name_cells: int) -> Choice:
    """Return one line; the name is padded to `name_cells`."""
    text = f"{cells.fit_cells(template.name, name_cells)}  {one_line(template.summary, 60)}"
    count = len(template.actions.split("\n")) if template.actions else 0
    details = [
        format_count(len(count_parts(template.body).parts), "part") if template.body else "",
        format_count(count, "action") if count else "",
        "yours" if template.owner else "",
    ]
    return Choice(template.name, text, " · ".join(filter(None, details)))


def format_reply_preview(text: str, actions: str = "") -> Content:
    """Return the reply with its length, and with fields that are still open highlighted.

    Args:
        text: Filled text of the reply.
        actions: Actions that follow it, one on each line.
    """
    shown = to_printable(text, limit=_PREVIEW_CHARACTERS)
    content = Content(shown)
    for blank in find_open_fields(shown):
        content = content.stylize("bold underline $text-error", blank.start, blank.end)
    length = format_length(count_parts(text)) if text else ""
    then = f"then {one_line(actions.replace(chr(10), '; '), 160)}" if actions else ""
    below = " · ".join(filter(None, (length, then)))
    return content + Content.styled(f"\n{below}", MUTED_STYLE)
