"""Selecting conversations, so that the next command acts on all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.handlers.kind import Handler

if TYPE_CHECKING:
    from tui.screens.inbox import InboxScreen


async def mark(inbox: InboxScreen) -> None:
    """Select or unselect, and step on, so that several are a run of one key."""
    if inbox.filled_by_conversation or inbox.triaging is not None:
        inbox.say("Selecting is for the list: Esc goes there")
        return
    inbox.keys.say("")
    inbox.threads.mark()
    await inbox.threads.move(1)
    inbox.offer_keys()


async def mark_range(inbox: InboxScreen) -> None:
    """Select everything from the last one selected to here."""
    if inbox.filled_by_conversation or inbox.triaging is not None:
        inbox.say("Selecting is for the list: Esc goes there")
        return
    inbox.keys.say("")
    before = inbox.threads.marked
    await inbox.threads.mark_range()
    if inbox.threads.marked == before:
        inbox.say("x selects where the range begins, X where it ends")
    inbox.offer_keys()


HANDLERS: dict[str, Handler] = {"mark": mark, "mark_range": mark_range}
