"""Commands of the conversation: triage, its messages, copying."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from tui.desk.thread_actions import ThreadActions
from tui.domain.conversation import Conversation, View
from tui.domain.text import printable
from tui.handlers.acting import acted, take_up
from tui.handlers.kind import Handler

if TYPE_CHECKING:
    from tui.screens.inbox import InboxScreen

Act = Callable[[ThreadActions, Sequence[Conversation]], Awaitable[str]]


def _acting(act: Act) -> Handler:
    """A handler that does something with the selected conversations and says so."""

    async def handle(inbox: InboxScreen) -> None:
        rows = await inbox.targets()
        if rows:
            await acted(inbox, await act(inbox.actions, rows))

    return handle


async def reply(inbox: InboxScreen) -> None:
    """Open the conversation with the cursor in the composer."""
    if inbox.here is not None:
        await inbox.open_current()
        await take_up(inbox)


async def close_next(inbox: InboxScreen) -> None:
    """Close, and go to who waits longest; in another list than the open ones, to its next one."""
    triaging, view = inbox.triaging is not None, inbox.threads.view
    await HANDLERS["close"](inbox)
    if triaging:
        return
    if view != View(order=view.order):
        await inbox.threads.reload()
        if inbox.threads.current is not None:
            await inbox.open_current()
        return
    found = await inbox.store.conversations.next_waiting(None)
    if found is not None:
        await inbox.go_to(found)


async def next_message(inbox: InboxScreen) -> None:
    """Select the message below."""
    inbox.pane.view.select(1)


async def previous_message(inbox: InboxScreen) -> None:
    """Select the message above."""
    inbox.pane.view.select(-1)


async def page_up(inbox: InboxScreen) -> None:
    """Earlier messages."""
    await inbox.pane.view.page(1)


async def page_down(inbox: InboxScreen) -> None:
    """Later messages."""
    await inbox.pane.view.page(-1)


async def timeline(inbox: InboxScreen) -> None:
    """Everything told about the selected message."""
    from tui.screens.timeline import TimelineScreen

    message = inbox.pane.view.selection
    if message is None:
        inbox.say("Select a message first: K goes up, J goes down")
        return
    entries = await inbox.store.messages.timeline(message.id)
    inbox.app.push_screen(TimelineScreen(message, entries, inbox.seat))


async def copy_text(inbox: InboxScreen) -> None:
    """The selected message, else the newest one, to the clipboard."""
    view = inbox.pane.view
    chosen = [m for m in view.messages if m.id == view.selected] or view.messages[-1:]
    if chosen:
        inbox.app.copy_to_clipboard(printable(chosen[0].body))
        inbox.say("Copied the text")


async def copy_number(inbox: InboxScreen) -> None:
    """The customer's number to the clipboard."""
    if inbox.pane.conversation is not None:
        inbox.app.copy_to_clipboard(printable(inbox.pane.conversation.address))
        inbox.say("Copied the number")


HANDLERS: dict[str, Handler] = {
    "reply": reply,
    "close": _acting(ThreadActions.close),
    "close_next": close_next,
    "reopen": _acting(ThreadActions.reopen),
    "assign_me": _acting(ThreadActions.assign_me),
    "star": _acting(ThreadActions.star),
    "unread": _acting(ThreadActions.toggle_unread),
    "next_message": next_message,
    "previous_message": previous_message,
    "page_up": page_up,
    "page_down": page_down,
    "timeline": timeline,
    "copy_text": copy_text,
    "copy_number": copy_number,
}
