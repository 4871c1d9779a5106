"""Commands of the conversation list: cursor, selection, filter, order and views.

Selected conversations are the target of the next command.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from tui.domain.conversation import Conversation, Order, State, View
from tui.domain.text import one_line
from tui.domain.views import format_view_name
from tui.handlers.common import InboxActions, command_handler, list_label_choices
from tui.handlers.general import search_conversation
from tui.handlers.texting_many import show_texts_to_many
from tui.handlers.triage import end_triage, skip_conversation
from tui.screens.base import report_store_errors
from tui.store.conversations import get_order

if TYPE_CHECKING:
    from tui.screens.pick import Choice, Picked
    from tui.store.saved_views import SavedView


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
    """Switch to the other order of the list."""
    view = inbox.threads.view
    other = Order.NEWEST if view.order is Order.WAITING else Order.WAITING
    changed = replace(view, order=other)
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
_register_view("show_mine", lambda inbox: View(assignee=inbox.app_context.agent))
_register_view("show_unassigned", lambda inbox: View(assignee=""))
# A filter stays and applies to conversations of all states.
_register_view("show_all", lambda inbox: View(state=None, text=inbox.threads.view.text))
_register_view("show_closed", lambda inbox: View(state=State.CLOSED))
_register_view("show_snoozed", lambda inbox: View(state=State.SNOOZED))
_register_view("show_drafts", lambda inbox: View(drafts_of=inbox.app_context.agent))
_register_view("show_failed", lambda inbox: View(failed=True))
_register_view("show_mentions", lambda inbox: View(mentions_of=inbox.app_context.agent))
_register_view("show_starred", lambda inbox: View(starred=True))


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
    """Show a saved view, save the current one, or remove one."""
    from tui.screens.pick import PickScreen

    saved = {
        view.name: view for view in await inbox.store.views.list_views(inbox.app_context.agent)
    }
    screen = PickScreen(
        "Views",
        [_format_view_choice(inbox, view) for view in saved.values()],
        verb="shows or saves",
        new="Save what is shown as",
        replaces=True,
        droppable=bool(saved),
        ascii=inbox.app_context.ascii,
    )
    inbox.app.push_screen(screen, partial(_apply_view_choice, inbox, saved))


def _format_view_choice(inbox: InboxActions, saved: SavedView) -> Choice:
    """Return a line of the picker: the name, what the view shows, its keys."""
    from tui.screens.pick import Choice

    shown = format_view_name(saved.view, inbox.app_context.agent)
    key = f" · g {saved.key}" if saved.key else ""
    return Choice(saved.name, saved.name, f"{shown}{key}", saved.view == inbox.threads.view)


@report_store_errors
async def _apply_view_choice(
    inbox: InboxActions, saved: dict[str, SavedView], picked: Picked | None
) -> None:
    """Save, remove or show a view, unless the dialog was cancelled."""
    if picked is None:
        return
    if picked.new:
        await _save_view(inbox, picked.value)
    elif picked.drop:
        await _drop_view(inbox, saved[picked.value])
    else:
        await inbox.show_view(saved[picked.value].view)


async def _save_view(inbox: InboxActions, name: str) -> None:
    """Save the current view under a name; undo restores an earlier view of that name."""
    store, agent = inbox.store.views, inbox.app_context.agent
    older = next((view for view in await store.list_views(agent) if view.name == name), None)
    saved = await store.save_view(name, inbox.threads.view, agent)

    async def restore_older_view() -> str:
        if older is None:
            await store.delete_view(saved.name)
            return f"Undone: the view {one_line(name, 30)} is removed again"
        await store.save_view(name, older.view, agent)
        return f"Undone: the view {one_line(name, 30)} is as it was"

    key = f" as g {saved.key}" if saved.key else ""
    inbox.show_status(
        inbox.actions.remember_undo(f"Saved view {one_line(name, 30)}{key}", restore_older_view)
    )
    inbox.record_undo()


async def _drop_view(inbox: InboxActions, saved: SavedView) -> None:
    """Remove a saved view; undo restores it."""
    store, agent = inbox.store.views, inbox.app_context.agent
    await store.delete_view(saved.name)

    async def restore_view() -> str:
        await store.save_view(saved.name, saved.view, agent, key=saved.key)
        return f"Undone: the view {one_line(saved.name, 30)} is restored"

    inbox.show_status(
        inbox.actions.remember_undo(f"Removed view {one_line(saved.name, 30)}", restore_view)
    )
    inbox.record_undo()


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
