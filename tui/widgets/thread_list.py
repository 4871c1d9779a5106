"""The list of conversations: two lines each, whoever has waited longest on top."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import tzinfo
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui import present
from tui.clock import MINUTE, Clock
from tui.domain.change import RELOAD, Change, Subject
from tui.domain.conversation import Conversation, Order, State, View
from tui.domain.message import Direction
from tui.domain.text import one_line
from tui.domain.views import belongs, empty_words, is_waiting, mixes_states
from tui.store.conversations import FIRST, LAST, key_of
from tui.store.store import Store
from tui.terminal.signs import spared
from tui.widgets.styled import over
from tui.widgets.virtual_list import VirtualList

MOST_MARKED = 1_000
"""How many conversations a range may span."""


class ThreadList(VirtualList[Conversation]):
    """Conversations of one view."""

    ROW_HEIGHT = 2
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "thread--title",
        "thread--unread",
        "thread--preview",
        "thread--age",
        "thread--waiting",
        "thread--mark",
        "thread--label",
        "badge--waiting",
        "badge--moving",
        "badge--good",
        "badge--bad",
        "badge--doubt",
    }

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        ascii: bool = False,
        zone: tzinfo | None = None,
        agent: str = "",
    ) -> None:
        """Shows nothing before `show`; the drafts of `agent` are marked."""
        super().__init__(id="threads")
        self._store = store
        self._clock = clock
        self._ascii = ascii
        self._zone = zone
        self._agent = agent
        self._drafting: frozenset[int] = frozenset()
        self.view = View()
        self._begun = False
        self._groups_numbers = False
        self.marked: frozenset[int] = frozenset()
        """Ids of the conversations selected for an action on all."""
        self._anchor: Conversation | None = None
        """The last one selected alone: where a range begins."""

    async def show(self, view: View) -> None:
        """Show another view from its beginning; what was selected stays while it is narrowed."""
        if replace(view, text="") != replace(self.view, text=""):
            self.unmark()
        self.view = view
        self._begun = True
        await self._mark_drafts()
        await self.start()

    async def apply(self, changes: Iterable[Change]) -> None:
        """Take in what has changed: one line where that is enough, else the window anew."""
        changes = tuple(changes)
        ids = {c.id for c in changes if c.subject is Subject.CONVERSATION}
        shown = {row.id: row for row in self.rows}
        moved = RELOAD in changes
        for identity in ids if not moved else ():
            fresh = await self._store.conversations.get(identity)
            if fresh is None or self._moves(shown.get(identity), fresh):
                moved = True
                break
            if identity in shown:
                self.replace(fresh)
        if moved:
            await self.reload()
        if moved or any(c.subject is Subject.DRAFT for c in changes):
            await self._mark_drafts()

    async def _mark_drafts(self) -> None:
        """See where this agent has begun to write."""
        drafting = await self._store.drafts.places(self._agent)
        if drafting != self._drafting:
            self._drafting = drafting
            self.refresh()

    def _moves(self, old: Conversation | None, new: Conversation) -> bool:
        """Whether a conversation enters, leaves or changes its place in the window."""
        inside = belongs(new, self.view)
        if old is None:
            return inside
        return not inside or key_of(old, self.view) != key_of(new, self.view)

    def mark(self) -> None:
        """Select the conversation under the cursor, or no longer."""
        row = self.current
        if row is not None:
            self._anchor = row
            self._select(self.marked ^ {row.id})

    async def mark_range(self) -> None:
        """Select all from the last one selected to the cursor, up to `MOST_MARKED`."""
        row, begin = self.current, self._anchor or self.current
        if row is None or begin is None:
            return
        found = await self._from_to(begin, row) or await self._from_to(row, begin)
        self._select(self.marked | {conversation.id for conversation in found})

    def unmark(self) -> bool:
        """Select nothing; whether something was."""
        was, self._anchor = bool(self.marked), None
        self._select(frozenset())
        return was

    async def keep_marks(self) -> None:
        """Select no longer what has left the view."""
        found = [await self._store.conversations.get(identity) for identity in self.marked]
        self._select(frozenset(c.id for c in found if c is not None and belongs(c, self.view)))

    def _select(self, ids: frozenset[int]) -> None:
        """Draw the marks."""
        if ids != self.marked:
            self.marked = ids
            self.refresh()

    async def _from_to(self, begin: Conversation, end: Conversation) -> list[Conversation]:
        """The conversations from one to another further down; none when it is not found there."""
        found = [begin]
        while found[-1].id != end.id:
            page = await self.load_after(found[-1], MOST_MARKED)
            ids = [row.id for row in page]
            if end.id in ids:
                return [*found, *page[: ids.index(end.id) + 1]]
            found += page
            if not page or len(found) > MOST_MARKED:
                return []
        return found

    def tick(self) -> None:
        """A minute has passed: repaint the rows whose age reads differently."""
        for place in range(self.top, min(self.top + self.visible_rows + 1, len(self.rows))):
            self.refresh_row(place)

    # What the list reads and draws -----------------------------------------------------------

    async def load_after(self, row: Conversation | None, limit: int) -> list[Conversation]:
        """Rows of the view behind this one."""
        key = FIRST if row is None else key_of(row, self.view)
        return await self._store.conversations.after(self.view, key, limit)

    async def load_before(self, row: Conversation | None, limit: int) -> list[Conversation]:
        """Rows of the view in front of this one."""
        key = LAST if row is None else key_of(row, self.view)
        return await self._store.conversations.before(self.view, key, limit)

    async def load_again(self, row: Conversation) -> Conversation | None:
        """The conversation as it is now, while it is in the view."""
        fresh = await self._store.conversations.get(row.id)
        return fresh if fresh is not None and belongs(fresh, self.view) else None

    def identity(self, row: Conversation) -> object:
        """The conversation's id."""
        return row.id

    def empty_words(self) -> str:
        """What an empty view means."""
        return empty_words(self.view) if self._begun else ""

    def look(self) -> object:
        """Ages change by the minute, marks by key, drafts by typing."""
        return self._clock.now() // MINUTE, self.marked, self._drafting, self._groups_numbers

    def group_numbers(self) -> None:
        """Group numbers as people do: what knows how is too big for the first picture."""
        self._groups_numbers = True
        self.refresh()

    def draw(self, row: Conversation, *, current: bool, width: int) -> list[Strip]:
        """Title and age; preview and badge."""
        base = self._base(current)
        return [self._title_line(row, base, width), self._preview_line(row, base, width)]

    def _base(self, current: bool) -> Style:
        """The background of a row."""
        if not current:
            return self.style_of()
        name = "list--cursor" if self.has_focus else "list--cursor-dim"
        return self.style_of(name)

    def _title_line(self, row: Conversation, base: Style, width: int) -> Strip:
        """` ● Ana Kowalska        12m `."""
        since = row.waiting_since if row.waiting_since is not None else row.last_at
        minute = self._clock.now() // MINUTE * MINUTE  # one for all rows, whenever each is painted
        age = f" {present.age(since, minute):>4} "
        flags = self._flags(row)
        room = width - 3 - len(age) - len(flags)
        name = "thread--unread" if row.unread else "thread--title"
        waits = "thread--waiting" if is_waiting(row) else "thread--age"
        return Strip(
            [
                Segment(self._mark(row), over(base, self.style_of("thread--mark"))),
                Segment(present.fit(self._title(row), room), over(base, self.style_of(name))),
                Segment(flags, over(base, self.style_of("thread--age"))),
                Segment(age, over(base, self.style_of(waits))),
            ]
        ).adjust_cell_length(width, base)

    def _preview_line(self, row: Conversation, base: Style, width: int) -> Strip:
        """`   You: Your order is ready   ✓✓ `."""
        mark, style = self._badge(row)
        labels = present.label_words(row.labels, (width - 4) // 3)
        you = "You: " if row.last_direction is Direction.OUT and not row.pinged else ""
        note = "Note: " if row.last_direction is Direction.NOTE else ""
        room = width - 4 - len(mark) - cell_len(labels)
        return Strip(
            [
                Segment("   ", base),
                Segment(
                    present.fit(you + note + self._theirs(present.preview(row)), room),
                    over(base, self.style_of("thread--preview")),
                ),
                Segment(labels, over(base, self.style_of("thread--label"))),
                Segment(mark, over(base, style)),
                Segment(" ", base),
            ]
        ).adjust_cell_length(width, base)

    def _title(self, row: Conversation) -> str:
        """Who it is."""
        title = present.title(row) if self._groups_numbers else one_line(row.title, 60)
        return self._theirs(title)

    def _theirs(self, text: str) -> str:
        """A text from outside: its signs stay where ours are plain."""
        return spared(text) if self._ascii else text

    def _mark(self, row: Conversation) -> str:
        """Three cells: selected, unread, or nothing."""
        dot = "*" if self._ascii else "●"
        left = ("x" if self._ascii else "✓") if row.id in self.marked else " "
        return f"{left}{dot if row.unread else ' '} "

    def _flags(self, row: Conversation) -> str:
        """Draft, star, owner, opt-out or the doubt of one, and where it is if not open."""
        parts = []
        if row.id in self._drafting:
            parts.append("draft" if self._ascii else "✎")
        if row.starred:
            parts.append("*" if self._ascii else "★")
        if row.opted_out:
            parts.append("STOP")
        elif row.suspected:
            parts.append("stop?")
        if row.assignee:
            parts.append(f"@{one_line(row.assignee, 8)}")
        if row.state is State.SNOOZED:
            now = self._clock.now()
            parts.append(present.until(row.snoozed_until, now, self._zone))
        elif row.state is State.CLOSED and mixes_states(self.view):
            parts.append("closed")
        return " " + " ".join(parts) if parts else ""

    def _badge(self, row: Conversation) -> tuple[str, Style]:
        """What the last message's badge says, short unless it is trouble."""
        status = row.last_status
        if row.last_direction is not Direction.OUT or status is None:
            return "", Style()
        badge = present.badge(status, ascii=self._ascii)
        words = str(badge) if status.trouble and not row.pinged else badge.shape
        return f" {words}", self.style_of(f"badge--{badge.style}")


ThreadList.COMPONENT_CLASSES |= {"list--cursor", "list--cursor-dim"}
ORDERS = tuple(Order)
