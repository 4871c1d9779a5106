"""Dialogs of a merge: choose the other conversation of a customer, and confirm."""

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.desk import cells
from tui.desk.format import format_age, format_title
from tui.desk.merging import list_merge_candidates
from tui.desk.message_text import format_preview
from tui.domain.conversation import Conversation
from tui.domain.phone import format_phone_number
from tui.domain.record_type import record
from tui.domain.text import one_line
from tui.screens.base import DialogScreen
from tui.screens.pick import Choice, Choices, Picked, PickScreen
from tui.store.store import Store

_GAP = "  "
_MAX_NUMBER_CELLS = 20


@record
class ConversationChoice(Choice):
    """A conversation: its name, number, newest text (the detail) and age."""

    number: str = ""
    age: str = ""


class ConversationChoices(Choices):
    """List of conversations in columns, as wide as the longest of them needs."""

    def fit_texts(self, row: Choice, width: int) -> tuple[str, str]:
        """Return name and number, and the newest text and the age, as wide as in all rows.

        Args:
            row: Choice to draw.
            width: Cells for both.
        """
        if not isinstance(row, ConversationChoice):
            return super().fit_texts(row, width)
        longest_name, longest_number, age_width = self.get_appearance_key()
        number_width = min(_MAX_NUMBER_CELLS, longest_number)
        room = max(0, width - number_width - age_width - 3 * len(_GAP) - 1)
        name_width = min(room // 2, longest_name)
        text = cells.fit_cells(row.number, number_width) + _GAP
        if name_width:
            text = f"{cells.fit_cells(row.text, name_width)}{_GAP}{text}"
        preview_width = width - cell_len(text) - len(_GAP) - age_width - 1
        preview = cells.fit_cells(row.detail, preview_width)
        return text, f"{preview}{_GAP}{row.age:>{age_width}} "

    def get_appearance_key(self) -> tuple[int, int, int]:
        """Return the cells of the longest name, number and age, which set the columns."""
        rows = [one for one in self._all_choices if isinstance(one, ConversationChoice)]
        return (
            max((cell_len(one.text) for one in rows), default=0),
            max((cell_len(one.number) for one in rows), default=0),
            max((cell_len(one.age) for one in rows), default=0),
        )


class PickConversationScreen(PickScreen):
    """Return the id of the chosen conversation; typing looks for it in the whole inbox."""

    LIST = ConversationChoices

    def __init__(self, store: Store, conversation: Conversation, now: int, *, ascii: bool) -> None:
        """Create the dialog.

        Args:
            store: Store in which conversations are looked for.
            conversation: Conversation that the other one is merged into.
            now: Current time (ms UTC).
            ascii: Whether to draw with ASCII characters only.
        """
        title = f"Merge into {one_line(format_title(conversation), 30)}"
        super().__init__(title, (), verb="chooses", ascii=ascii)
        self._store = store
        self._conversation = conversation
        self._now = now
        self.found: dict[str, Conversation] = {}
        """Conversations of the list by their values."""

    async def filter_choices(self) -> None:
        """Show the conversations that match what is typed."""
        typed = self.field.value
        rows = await list_merge_candidates(self._store, self._conversation, typed)
        # More was typed while the store was asked: a later call shows the list.
        if typed != self.field.value:
            return
        self.found = {str(row.id): row for row in rows}
        await self.choices.show_choices([self._format_choice(row) for row in rows])

    def _format_choice(self, row: Conversation) -> Choice:
        """Return the line of a conversation."""
        return ConversationChoice(
            str(row.id),
            format_title(row) if row.name else "",
            format_preview(row),
            number=one_line(format_phone_number(row.address), 40),
            age=format_age(row.last_at, self._now),
        )

    def get_answer(self) -> Picked | None:
        """Return the conversation under the cursor, or None for an empty list."""
        answer = super().get_answer()
        return answer if answer is not None and answer.value in self.found else None


class ConfirmMergeScreen(DialogScreen[bool]):
    """Return whether to merge the conversations."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,y", "dismiss(True)", "Merge"),
        Binding("escape,n,q", "dismiss(False)", "Cancel"),
    ]

    def __init__(self, title: str, sentences: Sequence[str]) -> None:
        """Create the question.

        Args:
            title: What is merged; untrusted text.
            sentences: What the merge does; untrusted text.
        """
        super().__init__()
        self._title = title
        self._sentences = sentences

    def compose(self) -> ComposeResult:
        """Yield what the merge does."""
        with VerticalScroll(classes="dialog") as dialog:
            dialog.border_title = Content(one_line(self._title, 70))
            dialog.border_subtitle = "Enter merges · Esc cancels"
            yield Static(Content("\n".join(f"{sentence}." for sentence in self._sentences)))
