"""Dialog with a list to pick from by typing part of a name; new names can be typed too."""

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.fuzzy import Matcher
from textual.geometry import Size
from textual.strip import Strip
from textual.widgets import Input

from tui.desk import cells
from tui.desk.badges import TICK_MARK
from tui.domain.record_type import record
from tui.domain.text import one_line
from tui.screens.base import DialogScreen
from tui.widgets.styled import overlay_style
from tui.widgets.virtual_list import VirtualList

_LONGEST_NAME = 40


@record
class Choice:
    """One line of the list."""

    value: str
    """Identifies the line in the answer; names and labels are untrusted text."""
    text: str
    detail: str = ""
    on: bool = False
    """Whether the line is ticked."""
    new: bool = False
    """Whether the name was typed and does not exist yet."""


@record
class Picked:
    """Answer of the dialog."""

    value: str
    new: bool = False
    drop: bool = False
    """Whether the value is to be removed rather than used."""
    toggled: tuple[str, ...] = ()
    """Values that were ticked or unticked as well, where several can be."""


def filter_matching(choices: Sequence[Choice], typed: str) -> list[Choice]:
    """Return the choices that match the typed text, the best first; all for an empty text.

    Args:
        choices: Choices in their own order.
        typed: Text of the filter field.
    """
    query = typed.strip()
    if not query:
        return list(choices)
    matcher, begin = Matcher(query), query.casefold()
    scores = {choice: matcher.match(choice.text) for choice in choices}

    def get_sort_key(choice: Choice) -> tuple[bool, float]:
        return not choice.value.casefold().startswith(begin), -scores[choice]

    return sorted((choice for choice in choices if scores[choice] > 0), key=get_sort_key)


class Choices(VirtualList[Choice]):
    """List of the choices that match."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "list--cursor",
        "choice--detail",
        "choice--none",
        "choice--tick",
    }
    can_focus = False

    def __init__(self, empty_text: str = "Nothing matches", *, ascii: bool = False) -> None:
        """Create an empty list.

        Args:
            empty_text: Shown when the list has no lines.
            ascii: Whether ticks are drawn with ASCII characters only.
        """
        super().__init__(id="choices")
        self._empty_text = empty_text
        self._tick = TICK_MARK.draw(ascii=ascii)
        self._all_choices: list[Choice] = []

    async def show_choices(self, choices: list[Choice]) -> None:
        """Show these choices from the first one.

        Args:
            choices: All lines of the list.
        """
        self._all_choices = choices
        await self.go_to_first()

    async def replace_choices(self, choices: list[Choice]) -> None:
        """Show other choices; the cursor stays on its choice, or on its line if that is gone.

        Args:
            choices: All lines of the list.
        """
        async with self._window_lock:
            old, line = self.current_row, self.cursor
            self._all_choices = choices
            keys = [self.get_row_key(choice) for choice in choices]
            if old is not None and self.get_row_key(old) in keys:
                line = keys.index(self.get_row_key(old))
            top = max(0, self.top + line - self.cursor)
            self.show_window(list(choices), cursor=line, top=top, ahead=0)

    def draw_line(self, y: int, size: Size) -> Strip:
        """Draw one line; on the first line of an empty list, draw the empty text."""
        if self.rows or y:
            return super().draw_line(y, size)
        style = self.find_style("choice--none")
        return Strip([Segment(cells.fit_cells(f"   {self._empty_text}", size.width), style)])

    async def load_after(self, row: Choice | None, limit: int) -> list[Choice]:
        """Return all choices at once: the list is short.

        Args:
            row: None asks for the beginning; after any row there is nothing more.
            limit: Not used.
        """
        return list(self._all_choices) if row is None else []

    async def load_before(self, row: Choice | None, limit: int) -> list[Choice]:
        """Return all choices at once: the list is short.

        Args:
            row: None asks for the end; before any row there is nothing more.
            limit: Not used.
        """
        return list(self._all_choices) if row is None else []

    async def reload_row(self, row: Choice) -> Choice | None:
        """Return the row itself: nothing changes while the list is shown."""
        return row

    def get_row_key(self, row: Choice) -> object:
        """Return what identifies the line."""
        return row.value, row.new

    def draw_row(self, row: Choice, *, current: bool, width: int) -> list[Strip]:
        """Draw the tick, the text, and the detail at the right, as `fit_texts` has them.

        Args:
            row: Choice to draw.
            current: Whether the cursor is on it.
            width: Cells of the line.
        """
        base = self.find_style("list--cursor") if current else self.find_style()
        text, detail = self.fit_texts(row, max(0, width - 3))
        tick = overlay_style(base, Style(color=self.find_style("choice--tick").color))
        dim = overlay_style(base, Style(color=self.find_style("choice--detail").color))
        mark = f" {self._tick if row.on else ' '} "
        parts = [Segment(mark, tick), Segment(text, base), Segment(detail, dim)]
        return [Strip(parts).adjust_cell_length(width, base)]

    def fit_texts(self, row: Choice, width: int) -> tuple[str, str]:
        """Return the text and the detail of a line, cut and filled; a short text leaves it more.

        Args:
            row: Choice to draw.
            width: Cells for both.
        """
        shown, text = one_line(row.detail, 80), one_line(row.text, 80)
        most = max((width + 3) // 2, width - cell_len(text) - 1)
        detail = cells.fit_cells(shown, min(cell_len(shown) + 1, most))
        room = max(0, width - cell_len(detail))
        # The last cell stays empty, or a text that is cut would touch the detail.
        return cells.fit_cells(cells.fit_cells(text, room - 1), room), detail


class PickScreen(DialogScreen[Picked | None]):
    """Return what was picked, or None if the dialog was cancelled."""

    DEFAULT_CSS = """
    PickScreen .dialog { padding: 0 1; }
    PickScreen Choices { height: 10; margin-top: 1; background: $surface; }
    PickScreen Choices > .choice--none { color: $text-muted; }
    PickScreen Choices > .choice--detail { color: $text-muted; }
    PickScreen Choices > .choice--tick { color: $text-accent; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel"),
        Binding("down,ctrl+n,tab", "move(1)", "Next", priority=True),
        Binding("up,ctrl+p,shift+tab", "move(-1)", "Previous", priority=True),
        Binding("f8", "drop", "Remove", priority=True),
    ]
    FIELD: ClassVar[type[Input]] = Input
    LIST: ClassVar[type[Choices]] = Choices
    EMPTY_TEXT: ClassVar[str] = "Nothing matches: Backspace shows more"
    field = getters.query_one("#pick", Input)
    choices = getters.query_one(Choices)
    dialog = getters.query_one(".dialog", Vertical)

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice],
        *,
        verb: str,
        new: str = "",
        replaces: bool = False,
        droppable: bool = False,
        ascii: bool = False,
    ) -> None:
        """Create the dialog.

        Args:
            title: Heading; untrusted text.
            choices: All lines of the list.
            verb: What Enter does, for the hint.
            new: What happens to a typed name, for its line; empty forbids new names.
            replaces: Whether a typed name that already exists can be used as new too.
            droppable: Whether F8 removes the line under the cursor.
            ascii: Whether to draw with ASCII characters only.
        """
        super().__init__()
        self._title = title
        self._choices = choices
        self._verb = verb
        self._new = new
        self._replaces = replaces
        self._is_droppable = droppable
        self._ascii = ascii

    def compose(self) -> ComposeResult:
        """Yield a filter field and the list."""
        remove_hint = " · F8 removes" if self._is_droppable else ""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(one_line(self._title, 50))
            dialog.border_subtitle = f"Enter {self._verb}{remove_hint} · Esc closes"
            placeholder = "type to filter or add" if self._new else "type to filter"
            yield self.FIELD(placeholder=placeholder, id="pick", compact=True)
            empty_text = "Nothing yet: type a name" if self._new else self.EMPTY_TEXT
            yield self.LIST(empty_text, ascii=self._ascii)

    async def on_mount(self) -> None:
        """Show all choices."""
        await self.filter_choices()

    @on(Input.Changed)
    async def _filter_as_typed(self) -> None:
        """Filter the list with every key."""
        await self.filter_choices()

    async def filter_choices(self) -> None:
        """Show the choices that match, and the typed name if it can be new."""
        typed = " ".join(self.field.value.split())[:_LONGEST_NAME]
        found = filter_matching(self._choices, typed)
        exists = any(typed.casefold() == choice.value.casefold() for choice in self._choices)
        if typed and self._new and (self._replaces or not exists):
            found.append(Choice(typed, f"{self._new} {one_line(typed, _LONGEST_NAME)}", new=True))
        await self.choices.show_choices(found)

    @on(Input.Submitted)
    def _submit_answer(self) -> None:
        """Close the dialog with the answer."""
        answer = self.get_answer()
        if answer is not None:
            self.dismiss(answer)

    def get_answer(self) -> Picked | None:
        """Return what is under the cursor, or None for an empty list."""
        row = self.choices.current_row
        return Picked(row.value, new=row.new) if row is not None else None

    async def action_move(self, rows: int) -> None:
        """Move the cursor.

        Args:
            rows: Number of rows; negative moves up.
        """
        await self.choices.move_by(rows)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether an action is possible: F8 only where a line can be removed."""
        return action != "drop" or self._is_droppable

    def action_drop(self) -> None:
        """Close the dialog with the request to remove the line under the cursor."""
        row = self.choices.current_row
        if row is not None and not row.new:
            self.dismiss(Picked(row.value, drop=True))
