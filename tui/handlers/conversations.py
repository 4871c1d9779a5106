"""Commands of the conversation list: cursor, selection, filter, order and views.

Selected conversations are the target of the next command.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.domain.conversation import Conversation, Order, State, View
from tui.handlers import customer, general, triage
from tui.handlers.common import Handler
from tui.store.conversations import get_order

if TYPE_CHECKING:
    from tui.screens.inbox import InboxScreen


async def move_down(inbox: InboxScreen) -> None:
    """Move the cursor down; scroll down where the conversation fills the screen."""
    if inbox.is_conversation_full_screen:
        await inbox.pane.message_view.scroll_lines(-1)
    else:
        await inbox.threads.move_by(1)


async def move_up(inbox: InboxScreen) -> None:
    """Move the cursor up; scroll up where the conversation fills the screen."""
    if inbox.is_conversation_full_screen:
        await inbox.pane.message_view.scroll_lines(1)
    else:
        await inbox.threads.move_by(-1)


async def go_to_first(inbox: InboxScreen) -> None:
    """Go to the top of the list."""
    await inbox.threads.go_to_first()


async def go_to_last(inbox: InboxScreen) -> None:
    """Go to the bottom of the list."""
    await inbox.threads.go_to_last()


async def open_current(inbox: InboxScreen) -> None:
    """Open the conversation under the cursor and mark it read."""
    if inbox.threads.current_row is not None:
        await inbox.open_current()


async def go_back(inbox: InboxScreen) -> None:
    """Leave what is open, one step at a time."""
    if customer.close_contact_panel(inbox) or inbox.pane.message_view.deselect_message():
        return
    if inbox.triage_round is not None:
        await triage.end_triage(inbox)
        return
    reading = inbox.is_conversation_full_screen
    inbox.remove_class("-reading")
    if not reading and inbox.threads.clear_marks():
        inbox.show_key_hints()
    elif not reading and inbox.threads.view.text:
        inbox.filter.clear_filter()
    inbox.threads.focus()


async def go_to_next_waiting(inbox: InboxScreen) -> None:
    """Go to the conversation that waits longest after this one."""
    if inbox.triage_round is not None:
        await triage.skip_conversation(inbox)
        return
    here = inbox.threads.current_row
    await _go_to_waiting(inbox, await inbox.store.conversations.find_next_waiting(here))


async def go_to_previous_waiting(inbox: InboxScreen) -> None:
    """Go to the conversation that has waited longer than this one."""
    if inbox.triage_round is not None:
        inbox.show_status("Triage goes one way: Esc ends it")
        return
    here = inbox.threads.current_row
    await _go_to_waiting(inbox, await inbox.store.conversations.find_previous_waiting(here))


async def _go_to_waiting(inbox: InboxScreen, found: Conversation | None) -> None:
    """Go to a waiting conversation, or report that none is waiting."""
    if found is None:
        inbox.show_status("Nobody is waiting: all clear")
    else:
        await inbox.go_to_conversation(found)


async def filter_list(inbox: InboxScreen) -> None:
    """Open the filter of names and numbers; in an open conversation, search its messages."""
    if inbox.has_class("-reading") and inbox.pane.conversation is not None:
        await general.search_conversation(inbox)
        return
    if inbox.triage_round is not None:
        await triage.end_triage(inbox)
    inbox.filter.open_filter()


async def change_order(inbox: InboxScreen) -> None:
    """Switch to the other order of the list."""
    view = inbox.threads.view
    other = Order.NEWEST if view.order is Order.WAITING else Order.WAITING
    changed = replace(view, order=other)
    # Some lists have a single stored order; for these the switch would change nothing.
    if get_order(changed) is get_order(view):
        inbox.show_status("This list has one order; all, open, snoozed and closed ones have two")
    else:
        await inbox.show_view(changed)


def _make_view_handler(view: Callable[[InboxScreen], View]) -> Handler:
    """Return a handler that shows a view of the list."""

    async def show_list(inbox: InboxScreen) -> None:
        await inbox.show_view(view(inbox))

    return show_list


async def show_all(inbox: InboxScreen) -> None:
    """Show conversations of all states; a filter stays and applies to all of them."""
    await inbox.show_view(View(state=None, text=inbox.threads.view.text))


HANDLERS: dict[str, Handler] = {
    "next": move_down,
    "previous": move_up,
    "first": go_to_first,
    "last": go_to_last,
    "open": open_current,
    "back": go_back,
    "next_waiting": go_to_next_waiting,
    "previous_waiting": go_to_previous_waiting,
    "filter": filter_list,
    "order": change_order,
    "show_open": _make_view_handler(lambda inbox: View()),
    "show_mine": _make_view_handler(lambda inbox: View(assignee=inbox.app_context.agent)),
    "show_unassigned": _make_view_handler(lambda inbox: View(assignee="")),
    "show_all": show_all,
    "show_closed": _make_view_handler(lambda inbox: View(state=State.CLOSED)),
    "show_snoozed": _make_view_handler(lambda inbox: View(state=State.SNOOZED)),
    "show_drafts": _make_view_handler(lambda inbox: View(drafts_of=inbox.app_context.agent)),
    "show_failed": _make_view_handler(lambda inbox: View(failed=True)),
    "show_starred": _make_view_handler(lambda inbox: View(starred=True)),
}


async def toggle_selection(inbox: InboxScreen) -> None:
    """Select or unselect the conversation and move down.

    Moving down lets repeated presses select neighbouring rows.
    """
    if inbox.is_conversation_full_screen or inbox.triage_round is not None:
        inbox.show_status("Selecting is for the list: Esc goes there")
        return
    inbox.keys.show_status("")
    inbox.threads.toggle_mark()
    await inbox.threads.move_by(1)
    inbox.show_key_hints()


async def select_range(inbox: InboxScreen) -> None:
    """Select everything from the last selected conversation to the cursor."""
    if inbox.is_conversation_full_screen or inbox.triage_round is not None:
        inbox.show_status("Selecting is for the list: Esc goes there")
        return
    inbox.keys.show_status("")
    before = inbox.threads.marked
    await inbox.threads.mark_range()
    if inbox.threads.marked == before:
        inbox.show_status("x selects where the range begins, X where it ends")
    inbox.show_key_hints()


SELECTION_HANDLERS: dict[str, Handler] = {"mark": toggle_selection, "mark_range": select_range}
