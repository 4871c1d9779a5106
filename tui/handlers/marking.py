"""Selecting conversations, so that the next command acts on all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.handlers.kind import Handler

if TYPE_CHECKING:
    from tui.screens.inbox import InboxScreen


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
