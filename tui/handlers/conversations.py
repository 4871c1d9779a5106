"""Commands of the conversation list: cursor, selection, filter, order and views.

Selected conversations are the target of the next command.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from tui.desk.view_actions import ViewActions, find_next_account_view
from tui.domain.conversation import Conversation, Order, State, View
from tui.handlers.common import InboxActions, command_handler, list_label_choices
from tui.handlers.general import search_conversation
from tui.handlers.texting_many import show_texts_to_many
from tui.handlers.triage import end_triage, skip_conversation
from tui.screens.base import report_store_errors
from tui.store.conversations import get_order

if TYPE_CHECKING:
    from tui.screens.pick import Picked
    from tui.store.view_rows import SavedView


@command_handler("next")
async def move_down(inbox: InboxActions) -> None:
    """Move the cursor down; scroll down where the conversation fills the screen."""
    if inbox.is_conversation_full_screen:
        await inbox.message_view.scroll_lines(-1)
    else:
        await inbox.threads.move_by(1)


@command_handler("previous")
async def move_up(inbox: InboxActions) -> None:
    """Move the cursor up; scroll up where the conversation fills the screen."""
    if inbox.is_conversation_full_screen:
        await inbox.message_view.scroll_lines(1)
    else:
        await inbox.threads.move_by(-1)


@command_handler("first")
async def go_to_first(inbox: InboxActions) -> None:
    """Go to the top of the list."""
    await inbox.threads.go_to_first()


@command_handler("last")
async def go_to_last(inbox: InboxActions) -> None:
    """Go to the bottom of the list."""
    await inbox.threads.go_to_last()


@command_handler("open")
async def open_current(inbox: InboxActions) -> None:
    """Open the conversation under the cursor and mark it read; at the end of triage go on."""
    if inbox.triage.is_on and inbox.pane.conversation is None:
        await skip_conversation(inbox)
    elif inbox.threads.current_row is not None:
        await inbox.open_current()


@command_handler("back")
async def go_back(inbox: InboxActions) -> None:
    """Leave what is open, one step at a time."""
    if inbox.contact_panel.close_overlay() or inbox.message_view.deselect_message():
        return
    if inbox.triage.is_on:
        await end_triage(inbox)
        return
    reading = inbox.is_conversation_full_screen
    inbox.leave_conversation()
    if not reading and inbox.threads.clear_marks():
        inbox.show_key_hints()
    elif not reading and inbox.threads.view.text:
        inbox.filter.clear_filter()
    inbox.threads.focus()


@command_handler("next_waiting")
async def go_to_next_waiting(inbox: InboxActions) -> None:
    """Go to the conversation that waits longest after this one."""
    if inbox.triage.is_on:
        await skip_conversation(inbox)
        return
    here, conversations = inbox.threads.current_place, inbox.store.conversations
    await _go_to_waiting(inbox, await conversations.find_next_waiting(here))


@command_handler("previous_waiting")
async def go_to_previous_waiting(inbox: InboxActions) -> None:
    """Go to the conversation that has waited longer than this one."""
    if inbox.triage.is_on:
        inbox.show_status("Triage only goes forward: Esc ends it")
        return
    here, conversations = inbox.threads.current_place, inbox.store.conversations
    await _go_to_waiting(inbox, await conversations.find_previous_waiting(here))


async def _go_to_waiting(inbox: InboxActions, found: Conversation | None) -> None:
    """Go to a waiting conversation, or report that none is waiting."""
    if found is None:
        inbox.show_status("All clear: no one is waiting")
    else:
        await inbox.go_to_conversation(found)


@command_handler("filter")
async def filter_list(inbox: InboxActions) -> None:
    """Open the filter of names and numbers; in an open conversation, search its messages."""
    if inbox.is_reading and inbox.pane.conversation is not None:
        await search_conversation(inbox)
        return
    if inbox.triage.is_on:
        await end_triage(inbox)
    inbox.filter.open_filter()


@command_handler("order")
async def change_order(inbox: InboxActions) -> None:
    """Switch to the next order of the list; time left is one if a view is answered within it."""
    view = inbox.threads.view
    orders = [Order.WAITING, Order.NEWEST]
    if await inbox.store.answer_targets.list_targets():
        orders.append(Order.DUE)
    place = orders.index(view.order) + 1 if view.order in orders else 0
    later = [replace(view, order=order) for order in orders[place:] + orders[:place]]
    changed = next((one for one in later if get_order(one) is not get_order(view)), view)
    # Some lists have a single stored order; for these the switch would change nothing.
    if get_order(changed) is get_order(view):
        inbox.show_status("This list has only one order")
    else:
        await inbox.show_view(changed)


def _register_view(command_id: str, view: Callable[[InboxActions], View]) -> None:
    """Register a handler that shows a view of the list."""

    async def show_list(inbox: InboxActions) -> None:
        await inbox.show_view(view(inbox))

    command_handler(command_id)(show_list)


_register_view("show_open", lambda inbox: View())
_register_view("show_unassigned", lambda inbox: View(assignee=""))
# A filter stays and applies to conversations of all states.
_register_view("show_all", lambda inbox: View(state=None, text=inbox.threads.view.text))
_register_view("show_closed", lambda inbox: View(state=State.CLOSED))
_register_view("show_snoozed", lambda inbox: View(state=State.SNOOZED))
_register_view("show_drafts", lambda inbox: View(drafts_of=inbox.app_context.agent))
_register_view("show_overdue", lambda inbox: View(overdue=True))
_register_view("show_failed", lambda inbox: View(failed=True))
_register_view("show_mentions", lambda inbox: View(mentions_of=inbox.app_context.agent))
_register_view("show_starred", lambda inbox: View(starred=True))
_register_view("show_unread", lambda inbox: View(unread=True))


@command_handler("show_mine")
async def show_mine(inbox: InboxActions) -> None:
    """Show the open conversations of the agent and of the agent's teams."""
    agent = inbox.app_context.agent
    await inbox.show_view(await inbox.store.team.resolve_view(View(assignee=agent), agent))


@command_handler("show_label")
async def ask_label_to_show(inbox: InboxActions) -> None:
    """Ask for a label and show the open conversations that have it."""
    from tui.screens.pick import PickScreen

    choices = await list_label_choices(inbox, frozenset())
    if choices:
        screen = PickScreen("Show a label", choices, verb="shows")
        inbox.app.push_screen(screen, partial(_show_labelled, inbox))
    else:
        inbox.refuse_typing("No labels yet: l adds one")


@report_store_errors
async def _show_labelled(inbox: InboxActions, picked: Picked | None) -> None:
    """Show the conversations with the label, unless the dialog was cancelled."""
    if picked is not None:
        await inbox.show_view(View(label=picked.value))


@command_handler("views")
async def manage_views(inbox: InboxActions) -> None:
    """Open the list of the saved views."""
    from tui.screens.manage_views import ViewsScreen

    screen = ViewsScreen(inbox.store, inbox.app_context, inbox.actions, inbox.threads.view)
    inbox.app.push_screen(screen, partial(_show_saved, inbox))


@report_store_errors
async def _show_saved(inbox: InboxActions, saved: SavedView | None) -> None:
    """Show a saved view, unless the dialog was closed."""
    inbox.record_undo()
    if saved is not None:
        await inbox.show_view(saved.view)


@command_handler("save_view")
async def ask_view_name(inbox: InboxActions) -> None:
    """Ask for a name and save what the list shows."""
    from tui.screens.view_prompts import make_name_prompt

    screen = make_name_prompt(inbox.threads.view, inbox.app_context.agent)
    inbox.app.push_screen(screen, partial(_save_view, inbox))


@report_store_errors
async def _save_view(inbox: InboxActions, name: str | None) -> None:
    """Save the current view under a name, unless the dialog was cancelled."""
    if name is not None:
        agent, accounts = inbox.app_context.agent, inbox.app_context.accounts
        actions = ViewActions(inbox.store, agent, inbox.actions.remember_undo, accounts)
        inbox.show_status(await actions.save_view(name, inbox.threads.view))
        inbox.record_undo()


@command_handler("show_account")
async def show_next_account(inbox: InboxActions) -> None:
    """Show the list of the conversation's account and own number; then of the next account."""
    names = tuple(account.name for account in inbox.app_context.accounts)
    view = find_next_account_view(inbox.threads.view, inbox.current_conversation, names)
    if view is None:
        inbox.show_status("No accounts yet: g n adds one")
        return
    await inbox.show_view(view)
    inbox.show_status("V saves this list · g A shows the next account")


@command_handler("team")
async def manage_team(inbox: InboxActions) -> None:
    """Open the list of agents and teams."""
    from tui.screens.manage_team import TeamScreen

    def keep_undo(_: None) -> None:
        inbox.record_undo()

    inbox.app.push_screen(TeamScreen(inbox.store, inbox.app_context, inbox.actions), keep_undo)


@command_handler("bulk_texts")
async def show_bulk_texts(inbox: InboxActions) -> None:
    """Show the texts that went to many conversations, with their progress and results."""
    await show_texts_to_many(inbox)


@command_handler("mark")
async def toggle_selection(inbox: InboxActions) -> None:
    """Select or unselect the conversation and move down.

    Moving down lets repeated presses select neighbouring rows.
    """
    if inbox.is_conversation_full_screen:
        inbox.show_status("Select in the list: Esc goes there")
        return
    inbox.show_status("")
    inbox.leave_conversation()
    inbox.threads.toggle_mark()
    await inbox.threads.move_by(1)
    inbox.show_key_hints()


@command_handler("mark_range")
async def select_range(inbox: InboxActions) -> None:
    """Select everything from the last selected conversation to the cursor."""
    if inbox.is_conversation_full_screen:
        inbox.show_status("Select in the list: Esc goes there")
        return
    inbox.show_status("")
    inbox.leave_conversation()
    before = inbox.threads.marked
    await inbox.threads.mark_range()
    if inbox.threads.marked == before:
        inbox.show_status("x selects the start of the range, X its end")
    inbox.show_key_hints()
