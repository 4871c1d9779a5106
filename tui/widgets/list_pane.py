"""Show the left side of the desk: a list of conversations, problems, and the filter."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.commands import get_first_keys
from tui.desk.account_text import describe_missing_accounts
from tui.desk.address_book import format_hit
from tui.desk.context import AppContext
from tui.desk.found_people import format_hit_detail, format_person_hit, search_fields
from tui.domain.change import RELOAD, Change, Subject
from tui.domain.conversation import State, View
from tui.domain.text import to_printable
from tui.domain.view_text import InvalidViewError, has_filter_words, parse_view
from tui.domain.views import format_view_name
from tui.store.store import Store
from tui.terminal.private_api import set_border_subtitle, set_border_title
from tui.widgets.status_messages import StoreReader
from tui.widgets.thread_list import ThreadList
from tui.widgets.trouble_line import TroubleLine
from tui.widgets.view_strip import ViewStrip

_SHORTEST_NAME, _MOST_PEOPLE = 2, 3


class FilterLine(Input):
    """Visible while the agent types into it, and as long as the list is filtered.

    It can be focused only while it is open: where a list is hidden while it has the focus,
    Textual would focus the filter, and the next key would be typed here instead of being a
    command.
    """

    def __init__(self) -> None:
        """Create a hidden field."""
        super().__init__(
            placeholder="name, number, is:unread, label:vip", id="filter", compact=True
        )
        self.display = self.can_focus = False

    def open_filter(self) -> None:
        """Show the field and focus it."""
        self.display = self.can_focus = True
        self.focus()

    def on_click(self) -> None:
        """Open the field with a click."""
        self.open_filter()

    def show_filter(self, text: str) -> None:
        """Show the filter that the list already has.

        Args:
            text: Text of the filter; empty for none.
        """
        self.value = text
        self.release_focus()

    def clear_filter(self) -> None:
        """Remove the filter and hide the field."""
        self.value = ""
        self.release_focus()

    def release_focus(self) -> None:
        """Accept no more keys; the list stays filtered."""
        self.can_focus = False
        self.display = bool(self.value)


class _InboxList(ThreadList):
    """List of conversations that says how to add an account as long as there is none."""

    def __init__(self, store: Store, context: AppContext) -> None:
        """Create an empty list."""
        super().__init__(
            store, context.clock, ascii=context.ascii, zone=context.zone, agent=context.agent
        )
        self._app_context = context

    def describe_empty(self) -> str:
        """Return how to add an account, or the meaning of an empty view."""
        meaning = super().describe_empty()
        return (describe_missing_accounts(self._app_context) or meaning) if meaning else ""


class PeopleLines(Static):
    """Show people that match the filter and that the list lacks; hidden without a filter.

    They never wrote, or are found by an own field.
    """

    DEFAULT_CSS = """
    PeopleLines { height: auto; max-height: 5; display: none; padding: 0 1; color: $text-muted; }
    """

    def __init__(self, store: Store, context: AppContext) -> None:
        """Create an empty widget.

        Args:
            store: Store with the contacts.
            context: Keys of the commands.
        """
        super().__init__(id="people-lines")
        self._store, self._clock = store, context.clock
        self._new_key = get_first_keys(context.commands)["new"]
        self._shown_for = ""

    def is_shown_for(self, text: str) -> bool:
        """Return whether people are shown for exactly this filter."""
        return bool(self.display and text and self._shown_for == text)

    async def show_people(self, text: str, listed: Collection[int]) -> None:
        """Show the people that match a filter and that the list does not show for it.

        Args:
            text: Text of the filter; empty for none.
            listed: Ids of the conversations of the list; if there are none, Enter writes.
        """
        self._shown_for, found = "", []
        if len(text.strip()) >= _SHORTEST_NAME:
            new = await self._store.contacts.find_numbers(text, _MOST_PEOPLE + 1, only_new=True)
            found = [f"{format_hit(one)} · never wrote" for one in new]
            if len(found) <= _MOST_PEOPLE:
                hits = await search_fields(self._store, text, _MOST_PEOPLE + 1)
                known = {one.person for one in new}
                found += [
                    f"{format_person_hit(hit)} · {format_hit_detail(hit, self._clock.now())}"
                    for hit in hits
                    if hit.person.id not in known and hit.conversation_id not in listed
                ]
        lines = found[:_MOST_PEOPLE]
        if lines:
            more = "and more · " if len(found) > _MOST_PEOPLE else ""
            lines.append(f"{more}{self._new_key if listed else 'Enter'} writes")
        self.update(Content("\n".join(lines)))
        self.display, self._shown_for = bool(lines), text


class ListPane(StoreReader, Vertical):
    """Show one view, with its name and the number of its conversations above it."""

    thread_list = getters.query_one("#threads", ThreadList)
    filter_line = getters.query_one("#filter", FilterLine)

    def __init__(self, store: Store, context: AppContext) -> None:
        """Create an empty pane; `show_view` fills it.

        Args:
            store: Store to read from.
            context: Settings and helpers shared by the screens.
        """
        super().__init__(id="left")
        self._store = store
        self._app_context = context

    def compose(self) -> ComposeResult:
        """Yield the list, the line of problems and the filter."""
        context = self._app_context
        yield _InboxList(self._store, context)
        # Below the list, whose rows must not move when a problem appears.
        yield PeopleLines(self._store, context)
        yield TroubleLine(self._store, context)
        yield FilterLine()

    async def show_view(self, view: View) -> None:
        """Show a view from its beginning, with its filter below.

        Args:
            view: View to show; the text of a saved one may contain anything.
        """
        view = replace(view, text=to_printable(view.text))
        await self._load_view(view)
        self.filter_line.show_filter(view.text)

    async def _load_view(self, view: View) -> None:
        """Load the rows and the name of a view."""
        await self.thread_list.show_view(view)
        for strip in self.screen.query(ViewStrip):
            strip.mark_shown(view)
        await self._update_title()
        listed = {row.id for row in self.thread_list.rows}
        await self.query_one(PeopleLines).show_people(view.text, listed)

    async def apply_changes(self, changes: Iterable[Change]) -> frozenset[int]:
        """Apply changes in the store.

        Args:
            changes: Changes in the store.

        Returns:
            Ids of the conversations that are no longer marked, as others have changed them.
        """
        changes = tuple(changes)
        lost = await self.thread_list.apply_changes(changes)
        self.query_one(TroubleLine).apply_changes(changes)
        of_drafts = Subject.DRAFT if self.thread_list.view.drafts_of else Subject.CONVERSATION
        counted = {Subject.CONVERSATION, of_drafts}
        if any(change == RELOAD or change.subject in counted for change in changes):
            await self._update_title()
        return lost

    async def _update_title(self) -> None:
        """Show the name of the list, the number of its conversations and its order."""
        view = self.thread_list.view
        self.thread_list.total = total = await self._store.conversations.count_conversations(view)
        set_border_title(self, Content(format_view_name(view, self._app_context.agent, total)))
        ordered = view.state in (State.OPEN, None)
        set_border_subtitle(self, Content(view.order.value if ordered else ""))

    @on(Input.Changed, "#filter")
    async def _apply_filter(self, event: Input.Changed) -> None:
        """Filter the list with every key; without a filter the cursor stays on its row.

        Words such as `label:vip` are not looked for in names; Enter shows what they describe.
        """
        old = self.thread_list.view.text
        text = "" if has_filter_words(event.value) else event.value
        if old in (event.value, text):
            return
        current = self.thread_list.current_row
        await self._load_view(replace(self.thread_list.view, text=text))
        if current is not None and not text:
            await self.thread_list.go_to_row(current)
        # Messages that the list posts meanwhile end here: Textual takes this pane for the sender.
        self.post_message(ThreadList.Moved())

    def has_only_people(self, text: str) -> bool:
        """Return whether a filter is met only by people who never wrote."""
        return not self.thread_list.rows and self.query_one(PeopleLines).is_shown_for(text)

    @on(Input.Submitted, "#filter")
    async def _leave_filter(self, event: Input.Submitted) -> None:
        """Go back to the list, which stays filtered; write to people if it shows only them.

        A filter with words such as `label:vip` shows its own list. One that is wrong stays, with
        the reason; a misspelled word is a name as long as names contain it.
        """
        if self.has_only_people(event.value):
            await self.run_action("screen.run('new')")
            return
        if event.value != self.thread_list.view.text or not self.thread_list.rows:
            try:
                parse_view(event.value, self._app_context.agent)
            except InvalidViewError as problem:
                self.show_status(str(problem))
                return
            if has_filter_words(event.value):
                # As an action, so that it is done before the next key has its turn.
                await self.run_action(f"screen.show_typed_view({event.value!r})")
                return
        self.filter_line.release_focus()
        self.thread_list.focus()
