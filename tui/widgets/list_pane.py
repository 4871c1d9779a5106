"""The left side of the desk: what is wrong, a list of conversations, the line that narrows it."""

from collections.abc import Iterable
from dataclasses import replace

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input

from tui.domain.change import RELOAD, Change, Subject
from tui.domain.conversation import State, View
from tui.domain.views import name_of
from tui.seat import Seat
from tui.store.store import Store
from tui.widgets.borders import write_above, write_below
from tui.widgets.filter_line import FilterLine
from tui.widgets.say import Reader
from tui.widgets.thread_list import ThreadList
from tui.widgets.trouble_line import TroubleLine


class ListPane(Reader, Vertical):
    """Shows one view, with its name and how many there are over it."""

    threads = getters.query_one("#threads", ThreadList)
    filter = getters.query_one("#filter", FilterLine)

    def __init__(self, store: Store, seat: Seat) -> None:
        """Empty before `show`."""
        super().__init__(id="left")
        self._store = store
        self._seat = seat

    def compose(self) -> ComposeResult:
        """Trouble over the list over its filter."""
        seat = self._seat
        yield TroubleLine(self._store, seat)
        yield ThreadList(
            self._store, seat.clock, ascii=seat.ascii, zone=seat.zone, agent=seat.agent
        )
        yield FilterLine()

    async def show(self, view: View) -> None:
        """Show a list from its beginning; what narrows it stands under it."""
        await self._show(view)
        self.filter.show(view.text)

    async def _show(self, view: View) -> None:
        """The rows and the name of a view."""
        await self.threads.show(view)
        await self._count()

    async def apply(self, changes: Iterable[Change]) -> None:
        """Take in what has changed in the store."""
        changes = tuple(changes)
        await self.threads.apply(changes)
        self.query_one(TroubleLine).apply(changes)
        of_drafts = Subject.DRAFT if self.threads.view.drafts_of else Subject.CONVERSATION
        counted = {Subject.CONVERSATION, of_drafts}
        if any(change == RELOAD or change.subject in counted for change in changes):
            await self._count()

    async def _count(self) -> None:
        """Say which list this is, how many it holds and how it is sorted."""
        view = self.threads.view
        self.threads.total = total = await self._store.conversations.count(view)
        write_above(self, Content(name_of(view, self._seat.agent, total)))
        ordered = view.state in (State.OPEN, None)
        write_below(self, Content(view.order.value if ordered else ""))

    @on(Input.Changed, "#filter")
    async def _narrow(self, event: Input.Changed) -> None:
        """Narrow the list with every key; the whole list stands where the narrowed one stood."""
        if event.value == self.threads.view.text:
            return
        here = self.threads.current
        await self._show(replace(self.threads.view, text=event.value))
        if here is not None and not event.value:
            await self.threads.go_to(here)
        # What the list posts meanwhile ends here: Textual takes this pane for its sender.
        self.post_message(ThreadList.Moved())

    @on(Input.Submitted, "#filter")
    def _narrowed(self) -> None:
        """Back to the list, which stays narrowed."""
        self.filter.rest()
        self.threads.focus()
