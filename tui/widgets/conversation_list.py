"""Read the conversations of one view, and keep the one under the cursor where it is.

The cursor moves only by the agent. A conversation that leaves the view while the cursor is on it
stays at its place, with the reason, until the agent moves on; if it comes back, it is a row like
the others again. So a key never acts on a conversation that another agent has put there.
"""

from abc import abstractmethod
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import tzinfo

from tui.clock import Clock
from tui.desk.departures import describe_departure
from tui.desk.format import format_title
from tui.domain.change import RELOAD, Change, Subject
from tui.domain.conversation import Conversation, View
from tui.domain.record_type import record
from tui.domain.text import one_line
from tui.domain.views import is_in_view
from tui.store.conversations import (
    FIRST_POSITION,
    LAST_POSITION,
    ListPosition,
    get_position,
)
from tui.store.store import Store
from tui.widgets.markable_list import MarkableList


@record
class Departure:
    """Conversation that has left the view, and where it stood there."""

    conversation_id: int
    place: Conversation
    """Conversation as it was in the view: it stays at that position."""
    reason: str


class ConversationList(MarkableList):
    """List the conversations of one view; a subclass draws them."""

    def __init__(self, store: Store, clock: Clock, zone: tzinfo | None, agent: str) -> None:
        """Create an empty list; `show_view` fills it.

        Args:
            store: Store to read from.
            clock: Source of the current time.
            zone: Time zone of the agent; None for the system's.
            agent: Agent whose drafts are marked.
        """
        super().__init__(id="threads")
        self._store = store
        self._clock = clock
        self._zone = zone
        self._agent = agent
        self._drafted_ids: frozenset[int] = frozenset()
        self.view = View()
        self._has_view = False
        self._departure: Departure | None = None

    # Public interface -----------------------------------------------------------------------

    @property
    def departure_reason(self) -> str:
        """Return why the conversation under the cursor is no longer in the view; "" if it is."""
        row = self.current_row
        return self.find_departure_reason(row) if row is not None else ""

    @property
    def current_place(self) -> Conversation | None:
        """Return the conversation under the cursor as it stood in the view."""
        row = self.current_row
        return None if row is None else self._get_placed(row)

    def find_neighbour(self, leaving: Collection[int] = ()) -> Conversation | None:
        """Return the row below the cursor, or above it at the end of the list; None for none.

        Args:
            leaving: Ids of rows that are passed over.
        """
        below = self.rows[self.cursor + 1 :]
        above = self.rows[: self.cursor][::-1]
        return next((row for row in [*below, *above] if row.id not in leaving), None)

    async def show_view(self, view: View) -> None:
        """Show another view from its beginning; marks stay while only the filter changes.

        Args:
            view: View to show.
        """
        if replace(view, text="") != replace(self.view, text=""):
            self.clear_marks()
        self.view = view
        self._has_view = True
        await self._read_drafts()
        await self.go_to_first()

    async def apply_changes(self, changes: Iterable[Change]) -> frozenset[int]:
        """Apply changes: repaint one row where that is enough, else read the window again.

        Args:
            changes: Changes in the store.

        Returns:
            Ids of the conversations that are no longer marked, as others have changed them.
        """
        changes = tuple(changes)
        ids = {c.id for c in changes if c.subject is Subject.CONVERSATION}
        shown = {row.id: row for row in self.rows}
        has_new_drafts = any(c.subject is Subject.DRAFT for c in changes)
        if has_new_drafts:
            has_new_drafts = await self._read_drafts()
        moved = RELOAD in changes or bool(self.view.drafts_of and has_new_drafts)
        for identity in ids if not moved else ():
            fresh = await self._store.conversations.get(identity)
            if fresh is None or self._has_moved(shown.get(identity), fresh):
                moved = True
                break
            if identity in shown:
                self.replace_row(fresh)
        if not moved:
            return frozenset()
        await self.reload_rows()
        await self._read_drafts()
        return await self.prune_marks(None if RELOAD in changes else ids) - self.acted_ids

    async def prune_marks(self, among: Collection[int] | None = None) -> frozenset[int]:
        """Remove the marks of conversations that have left the view, whatever its filter.

        An action must not reach a conversation that no list shows as selected.

        Args:
            among: Ids of the conversations that may have left; None for all that are marked.

        Returns:
            Ids of the conversations whose marks it has removed.
        """
        view = replace(self.view, text="")
        checked = self.marked if among is None else self.marked & frozenset(among)
        found = [await self._store.conversations.get(identity) for identity in checked]
        kept = frozenset(c.id for c in found if c is not None and is_in_view(c, view))
        return self.remove_marks(checked - kept)

    def find_departure_reason(self, row: Conversation) -> str:
        """Return why a row is no longer in the view; "" if it is.

        Args:
            row: Row of the list.
        """
        departure = self._departure
        return departure.reason if departure and departure.conversation_id == row.id else ""

    @property
    @abstractmethod
    def is_agent_writing(self) -> bool:
        """Return whether the agent writes to the conversation under the cursor."""

    # Reading --------------------------------------------------------------------------------

    async def load_after(self, row: Conversation | None, limit: int) -> list[Conversation]:
        """Return rows of the view after a row.

        Args:
            row: Row to continue after; None for the beginning.
            limit: Largest number of rows.
        """
        position = FIRST_POSITION if row is None else self._get_row_position(row)
        return await self._store.conversations.list_after(self.view, position, limit)

    async def load_before(self, row: Conversation | None, limit: int) -> list[Conversation]:
        """Return rows of the view before a row.

        Args:
            row: Row to end before; None for the end.
            limit: Largest number of rows.
        """
        position = LAST_POSITION if row is None else self._get_row_position(row)
        return await self._store.conversations.list_before(self.view, position, limit)

    async def reload_row(self, row: Conversation) -> Conversation | None:
        """Return the conversation as it is now; None if it has left the view."""
        fresh = await self._store.conversations.get(row.id)
        if fresh is None or not await self._is_listed(fresh):
            return None
        if self.has_departed(row):
            self._departure = None
        return fresh

    async def keep_departed_row(self, row: Conversation) -> Conversation | None:
        """Return the row that stays in place of one that has left the view.

        Args:
            row: Row as the list has it.
        """
        # By its id, which leads to the conversation that it may have become part of.
        if (fresh := await self._store.conversations.get(row.id)) is None:
            return None  # it was erased
        store, now = self._store, self._clock.now()
        reason = await describe_departure(store, self.view, fresh, self._agent, now, self._zone)
        self._departure = Departure(fresh.id, self._get_placed(row), reason)
        return fresh

    def has_departed(self, row: Conversation) -> bool:
        """Return whether a row is no longer in the view."""
        return bool(self.find_departure_reason(row))

    def is_same_place(self, old: Conversation, new: Conversation) -> bool:
        """Return whether a row stands where it stood.

        Args:
            old: Row as the list has it.
            new: Row as it is now.
        """
        return self._get_row_position(old) == self._get_row_position(new)

    def get_row_key(self, row: Conversation) -> object:
        """Return the id of the conversation."""
        return row.id

    async def scroll_by_wheel(self, rows: int) -> None:
        """Move the cursor, unless that would take the agent away from a begun text."""
        row = self.current_row
        if row is not None and self.is_agent_writing:
            self.show_status(
                f"You are writing to {one_line(format_title(row), 30)}: Esc, then the list scrolls"
            )
        else:
            await super().scroll_by_wheel(rows)

    def drop_departed_row(self, index: int) -> bool:
        """Remove the row that the cursor has left if it only stayed for the cursor.

        Args:
            index: Place of the row in the window; the cursor is elsewhere.
        """
        row = self.rows[index]
        was_removed = super().drop_departed_row(index)
        if was_removed:
            self.set_marked(self.marked - {row.id})
        self._forget_departure()
        return was_removed

    def show_window(self, rows: list[Conversation], *, cursor: int, top: int, ahead: int) -> None:
        """Show other rows; what left the view goes unless the cursor is still on it.

        Args:
            rows: All rows of the window.
            cursor: Place of the cursor's row.
            top: Place of the first row on the screen.
            ahead: Number of rows before the window.
        """
        super().show_window(rows, cursor=cursor, top=top, ahead=ahead)
        self._forget_departure()

    def _forget_departure(self) -> None:
        """Forget what has left the view once the cursor is elsewhere."""
        if not self.departure_reason:
            self._departure = None

    def _get_placed(self, row: Conversation) -> Conversation:
        """Return a row as it stood in the view when it was last there."""
        departure = self._departure
        return departure.place if departure and departure.conversation_id == row.id else row

    def _get_row_position(self, row: Conversation) -> ListPosition:
        """Return the position of a row; one that has left the view keeps its last one."""
        return get_position(self._get_placed(row), self.view)

    async def _is_listed(self, conversation: Conversation) -> bool:
        """Return whether the view contains a conversation at present."""
        if not is_in_view(conversation, self.view):
            return False
        if not (self.view.drafts_of or self.view.mentions_of):
            return True
        # A conversation does not show whether it has a draft or a mention: the view is asked.
        place = get_position(conversation, self.view)
        before = ListPosition(place.sort, place.id - 1)
        found = await self._store.conversations.list_after(self.view, before, 1)
        return [row.id for row in found] == [conversation.id]

    async def _read_drafts(self) -> bool:
        """Read in which conversations this agent has a draft; return whether that has changed."""
        drafting = await self._store.drafts.list_conversations_with_drafts(self._agent)
        if drafting == self._drafted_ids:
            return False
        self._drafted_ids = drafting
        self.refresh()
        return True

    def _has_moved(self, old: Conversation | None, new: Conversation) -> bool:
        """Return whether a conversation enters, leaves or changes its place in the window."""
        belongs_here = is_in_view(new, self.view)
        if old is None:
            return belongs_here
        if not belongs_here or self.has_departed(old):
            return True
        left_mentions = bool(self.view.mentions_of) and old.state is not new.state
        return left_mentions or get_position(old, self.view) != get_position(new, self.view)
