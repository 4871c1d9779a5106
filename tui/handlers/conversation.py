"""Commands of the open conversation: reply, triage actions, its messages, copying."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from tui.desk.actions import ConversationActions
from tui.domain.conversation import Conversation, View
from tui.domain.text import to_printable
from tui.handlers.common import Handler, begin_reply, finish_action

if TYPE_CHECKING:
    from tui.screens.inbox import InboxScreen

ConversationAction = Callable[[ConversationActions, Sequence[Conversation]], Awaitable[str]]


def _make_action_handler(action: ConversationAction) -> Handler:
    """Return a handler that runs an action on the target conversations and shows its result."""

    async def run_action(inbox: InboxScreen) -> None:
        rows = await inbox.load_targets()
        if rows:
            await finish_action(inbox, await action(inbox.actions, rows))

    return run_action


async def open_reply(inbox: InboxScreen) -> None:
    """Open the conversation with the cursor in the composer."""
    if inbox.current_conversation is not None:
        await inbox.open_current()
        await begin_reply(inbox)


async def close_and_go_next(inbox: InboxScreen) -> None:
    """Close the conversation and go to the next one.

    In the list of open conversations the next one is the one that waits longest, in any
    other
    list the row that follows.
    """
    triaging, view = inbox.triage_round is not None, inbox.threads.view
    await HANDLERS["close"](inbox)
    if triaging:
        return
    if view != View(order=view.order):
        await inbox.threads.reload_rows()
        if inbox.threads.current_row is not None:
            await inbox.open_current()
        return
    waiting = await inbox.store.conversations.find_next_waiting(None)
    if waiting is not None:
        await inbox.go_to_conversation(waiting)


async def select_next_message(inbox: InboxScreen) -> None:
    """Select the message below."""
    inbox.pane.message_view.select_message(1)


async def select_previous_message(inbox: InboxScreen) -> None:
    """Select the message above."""
    inbox.pane.message_view.select_message(-1)


async def show_earlier_messages(inbox: InboxScreen) -> None:
    """Scroll one page up, to earlier messages."""
    await inbox.pane.message_view.scroll_pages(1)


async def show_later_messages(inbox: InboxScreen) -> None:
    """Scroll one page down, to later messages."""
    await inbox.pane.message_view.scroll_pages(-1)


async def show_timeline(inbox: InboxScreen) -> None:
    """Show every receipt and event of the selected message."""
    from tui.screens.timeline import TimelineScreen

    message = inbox.pane.message_view.target_message
    if message is None:
        inbox.show_status("Select a message first: K goes up, J goes down")
        return
    entries = await inbox.store.messages.list_events(message.id)
    inbox.app.push_screen(TimelineScreen(message, entries, inbox.app_context))


async def copy_message_text(inbox: InboxScreen) -> None:
    """Copy the selected message, else the newest one, to the clipboard."""
    view = inbox.pane.message_view
    chosen = [m for m in view.messages if m.id == view.selected_id] or view.messages[-1:]
    if chosen:
        inbox.app.copy_to_clipboard(to_printable(chosen[0].body))
        inbox.show_status("Copied the text")


async def copy_phone_number(inbox: InboxScreen) -> None:
    """Copy the customer's number to the clipboard."""
    if inbox.pane.conversation is not None:
        inbox.app.copy_to_clipboard(to_printable(inbox.pane.conversation.address))
        inbox.show_status("Copied the number")


HANDLERS: dict[str, Handler] = {
    "reply": open_reply,
    "close": _make_action_handler(ConversationActions.close_conversations),
    "close_next": close_and_go_next,
    "reopen": _make_action_handler(ConversationActions.reopen_conversations),
    "assign_me": _make_action_handler(ConversationActions.toggle_assigned_to_me),
    "star": _make_action_handler(ConversationActions.toggle_star),
    "unread": _make_action_handler(ConversationActions.toggle_unread),
    "next_message": select_next_message,
    "previous_message": select_previous_message,
    "page_up": show_earlier_messages,
    "page_down": show_later_messages,
    "timeline": show_timeline,
    "copy_text": copy_message_text,
    "copy_number": copy_phone_number,
}
